import { findMissingStubs } from '../lock-stubs.ts'
import { type Finding, findMatches, type SourceFile } from './source-files.ts'

const lockPath = 'package-lock.json'

/** The lock has an entry for every optional package, and neither it nor package.json names a registry or a range. */
export function checkLock(files: SourceFile[]): Finding[] {
  const lock = files.find(({ path }) => path === lockPath)
  const manifest = files.find(({ path }) => path === 'package.json')
  if (!lock || !manifest)
    return [{ path: lockPath, line: 1, message: 'package.json and package-lock.json belong into the repository' }]
  const stubs = findMissingStubs(JSON.parse(lock.text)).map(({ name }) => ({
    path: lockPath,
    line: 1,
    message: `${name} has no entry, so npm ci refuses the lock: run node tools/lock-stubs.ts`,
  }))
  const resolved = findMatches(
    lock,
    /"resolved": "https?:/g,
    () => 'The lock names a registry: omit-lockfile-registry-resolved in .npmrc keeps it out',
  )
  return [...stubs, ...resolved, ...rangesOf(manifest)]
}

function rangesOf(manifest: SourceFile): Finding[] {
  const parsed = JSON.parse(manifest.text) as Record<string, Record<string, string> | undefined>
  return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.entries(parsed[kind] ?? {})
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => ({ path: manifest.path, line: 1, message: `${name} ${version}: exact versions only` })),
  )
}
