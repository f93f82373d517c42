import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** What a page of the dashboard may load: all its chunks, the shared ones too, compressed as they are sent. */
export const DASHBOARD_BYTES = 200_000
/** What a backer's page may carry of its own. */
export const BACKER_BYTES = 2_000

interface Manifest {
  entry: { module: string; imports: string[] }
  routes: Record<string, { id: string; parentId?: string; module: string; imports?: string[] }>
}

export interface MeasuredRoute {
  id: string
  bytes: number
  /** the chunks it loads, the largest first */
  chunks: { name: string; bytes: number }[]
  /** chunks that hold statements of the database: code of the server that an import brought along */
  with_sql: string[]
}

/** Words of our statements; no page says them. */
const SQL = /\b(?:from|update|into|join) (?:orders|backers|campaigns|events|ledger_entries|payment_attempts)\b/

/**
 * Every route of the built program that has scripts, with what it loads in the browser: the entry, its layouts and itself, and all that these
 * import, at once or later. `folder`: the built client.
 */
export function measureRoutes(folder: string): MeasuredRoute[] {
  const { entry, routes } = readManifest(folder)
  const sizes = new Map<string, number>()
  const sizeOf = (path: string) => {
    const size = sizes.get(path) ?? gzipSync(readFileSync(join(folder, path)), { level: 9 }).length
    sizes.set(path, size)
    return size
  }
  return Object.values(routes)
    .filter(({ id }) => !isForBackers(routes, id))
    .map(({ id }) => {
      const own = lineOf(routes, id).flatMap((each) => [each.module, ...(each.imports ?? [])])
      const chunks = [...withImports(folder, [entry.module, ...entry.imports, ...own])]
        .map((name) => ({ name, bytes: sizeOf(name) }))
        .sort((a, b) => b.bytes - a.bytes)
      const with_sql = chunks.flatMap(({ name }) => (SQL.test(readFileSync(join(folder, name), 'utf8')) ? [name] : []))
      return { id, chunks, with_sql, bytes: chunks.reduce((sum, { bytes }) => sum + bytes, 0) }
    })
    .sort((a, b) => b.bytes - a.bytes)
}

function readManifest(folder: string): Manifest {
  const assets = join(folder, 'assets')
  const name = existsSync(assets) && readdirSync(assets).find((each) => /^manifest-.*\.js$/.test(each))
  if (!name) throw new Error('There is no built client to measure: run npm run build first.')
  const text = readFileSync(join(assets, name), 'utf8')
  return JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) as Manifest
}

/** The route and the layouts around it. */
function lineOf(routes: Manifest['routes'], id: string): Manifest['routes'][string][] {
  const route = routes[id]
  if (!route) return []
  return [...(route.parentId ? lineOf(routes, route.parentId) : []), route]
}

/** Their pages leave all scripts out; test/e2e/every-page.test.ts measures what they carry. */
function isForBackers(routes: Manifest['routes'], id: string): boolean {
  return lineOf(routes, id).some((each) => each.id === 'routes/backer/layout')
}

/** The chunks and all that they import, read from the chunks themselves. */
function withImports(folder: string, names: string[]): Set<string> {
  const found = new Set<string>()
  const waiting = [...names]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue
    found.add(name)
    const text = readFileSync(join(folder, name), 'utf8')
    for (const [, file] of text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["'`]\.\/([\w.-]+\.js)["'`]/g))
      waiting.push(`/assets/${file}`)
  }
  return found
}

/** The scripts of a backer's page, in bytes: what stands in it and what it loads. */
export function scriptBytes(scripts: readonly string[]): number {
  return scripts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0)
}
