// npm leaves packages for other platforms out of the lock file when its registry does not carry them, and `npm ci` then
// refuses the lock. A stub (version, optional, os, cpu) for each of them makes `npm ci` accept it everywhere.
// Run by hand after changing dependencies: `node tools/lock-stubs.ts`. The house checks refuse a lock that lacks one.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

type LockEntry = {
  version?: string
  optional?: boolean
  dev?: boolean
  os?: string[]
  cpu?: string[]
  optionalDependencies?: Record<string, string>
}
type Lock = { packages: Record<string, LockEntry> }
type MissingStub = { parent: string; name: string; version: string }

/** Every optional dependency named in the lock that has no entry of its own. */
export function findMissingStubs(lock: Lock): MissingStub[] {
  const missing: MissingStub[] = []
  for (const [parent, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!isInstalledFor(lock, parent, name)) missing.push({ parent, name, version })
    }
  }
  return missing
}

/** The lock with a stub for each missing optional dependency; entries are kept in npm's own order. */
export function addStubs(lock: Lock): Lock {
  const packages = { ...lock.packages }
  for (const { parent, name, version } of findMissingStubs(lock)) {
    const stub: LockEntry = { version, optional: true, ...platformOf(name) }
    if (lock.packages[parent]?.dev) stub.dev = true
    packages[`node_modules/${name}`] = stub
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'))
  return { ...lock, packages: Object.fromEntries(sorted) }
}

function isInstalledFor(lock: Lock, parent: string, name: string): boolean {
  for (let folder = parent; ; ) {
    if (lock.packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]) return true
    if (!folder) return false
    const cut = folder.lastIndexOf('/node_modules/')
    folder = cut < 0 ? '' : folder.slice(0, cut)
  }
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const processors = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'wasm32', 'loong64']

function platformOf(name: string): { os?: string[]; cpu?: string[] } {
  const parts = (name.split('/').at(-1) ?? name).split('-')
  const os = systems.find((system) => parts.includes(system))
  const cpu = processors.find((processor) => parts.includes(processor))
  return { ...(os ? { os: [os] } : {}), ...(cpu ? { cpu: [cpu] } : {}) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = new URL('../package-lock.json', import.meta.url)
  const lock = JSON.parse(readFileSync(path, 'utf8')) as Lock
  const count = findMissingStubs(lock).length
  if (count > 0) writeFileSync(path, `${JSON.stringify(addStubs(lock), null, 2)}\n`)
  process.stdout.write(`${count} stubs added to package-lock.json\n`)
}
