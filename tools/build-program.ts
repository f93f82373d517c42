import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../src/db/project-root.ts'

const sources = ['src', 'public', 'package.json', 'vite.config.ts', 'react-router.config.ts']
const stamp = join(projectRoot, 'build', 'built')

/** Where the built program starts. */
export const bundle: string = join(projectRoot, 'build', 'server', 'index.js')

/** Builds the program; ends this process when it cannot be built. */
export function buildProgram(): void {
  const started = new Date()
  const tool = join(projectRoot, 'node_modules', '@react-router', 'dev', 'bin.cjs')
  const result = spawnSync(process.execPath, [tool, 'build'], {
    cwd: projectRoot,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  })
  if (result.status !== 0) {
    process.stderr.write(
      `${result.stdout}${result.stderr}\nThe build failed. After an update run npm install, then start again.\n`,
    )
    process.exit(1)
  }
  writeFileSync(stamp, `${started.toISOString()}\n`)
}

/** Whether there is no build, or a source is newer than it. */
export function isBuildStale(): boolean {
  if (!existsSync(bundle) || !existsSync(stamp)) return true
  // The time written into it, when the build began: an edit during the build counts as newer.
  const built = Date.parse(readFileSync(stamp, 'utf8').trim())
  return sources.some((source) => newestIn(join(projectRoot, source)) > built)
}

function newestIn(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) return 0
  if (!stats.isDirectory()) return stats.mtimeMs
  // The folder's own time tells of files that were removed.
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))))
}
