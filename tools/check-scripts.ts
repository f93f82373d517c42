// The JavaScript that each page of the dashboard loads, against its budget. Run after the build.
import { join } from 'node:path'
import { projectRoot } from '../src/db/project-root.ts'
import { DASHBOARD_BYTES, measureRoutes } from './measure-scripts.ts'

const routes = measureRoutes(join(projectRoot, 'build', 'client'))
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
const tooLarge = routes.filter(({ bytes }) => bytes > DASHBOARD_BYTES)
for (const { id, bytes, chunks } of tooLarge) {
  process.stdout.write(`${id} loads ${kilobytes(bytes)} of JavaScript; ${kilobytes(DASHBOARD_BYTES)} are allowed. The largest:\n`)
  for (const chunk of chunks.slice(0, 5)) process.stdout.write(`    ${kilobytes(chunk.bytes)} ${chunk.name}\n`)
}
const withSql = routes.filter(({ with_sql }) => with_sql.length > 0)
for (const { id, with_sql } of withSql)
  process.stdout.write(`${id} carries code of the server into the browser: ${with_sql.join(', ')}\n`)
const [largest] = routes
if (largest)
  process.stdout.write(
    `${routes.length} routes of the dashboard; the largest is ${largest.id} with ${kilobytes(largest.bytes)}\n`,
  )
if (tooLarge.length + withSql.length > 0) process.exitCode = 1
