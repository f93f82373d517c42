import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import pg from 'pg'
import {
  type Binaries,
  canReach,
  findServerUser,
  makeServerFolder,
  prepareBinaries,
  type ServerUser,
  sharedStateFolder,
} from './embedded-binaries.ts'
import { findHolder, lockFolder, makeSocketFolder, socketFolderOf } from './embedded-lock.ts'
import { type Cluster, startServer, stopOrphan, stopServer } from './embedded-process.ts'
import { StartError } from './start-error.ts'

/*
 * The real PostgreSQL, started and stopped by this program: reached over a Unix socket in a private folder only, never over
 * the network. Three roles: `afterfund_admin` makes roles and databases, `afterfund_owner` owns the tables and migrates,
 * `afterfund_app` is what the program runs as and cannot change ledger or events.
 * This file runs as it is (tools) and in the bundle: nothing in it may need the build.
 */

export const ownerRole = 'afterfund_owner'
export const appRole = 'afterfund_app'
export const adminRole = 'afterfund_admin'
const mainDatabase = 'afterfund'

export type EmbeddedServer = {
  /** Where the tables lie: below the data folder, or below /var/lib where PostgreSQL's user cannot enter it. */
  clusterFolder: string
  logFile: string
  isNew: boolean
  notes: string[]
  urlOf(role: 'admin' | 'owner' | 'app', database?: string): string
  stop(): Promise<void>
}

type Options = {
  /** False only for tests: trades safety against power cuts for speed. */
  durable?: boolean
  maxConnections?: number
}

/** Starts (and on first use makes) the database in `dataFolder`. One program at a time; what a killed one left is cleaned up. */
export async function startEmbedded(dataFolder: string, options: Options = {}): Promise<EmbeddedServer> {
  makeServerFolder(dataFolder, null, 0o755)
  const user = serverUserFor(dataFolder)
  const real = realpathSync(dataFolder)
  const lock = await lockFolder(real)
  try {
    const notes: string[] = []
    const home = chooseHome(real, user, notes)
    makeServerFolder(home, user, 0o700)
    // The folder of links must be readable by root too, and by nobody else who could plant a library.
    const binaries = prepareBinaries(join(home, 'lib'), user)
    if (!binaries.native.includes('node_modules'))
      notes.push(`PostgreSQL runs as user ${user?.name} from a copy in ${binaries.native}`)
    const cluster = describeCluster(home, binaries, user, makeServerSocketFolder(real, user), options)
    if (await stopOrphan(cluster.folder)) notes.push('Stopped the PostgreSQL that a killed Afterfund had left running')
    const isNew = makeCluster(cluster, options)
    const child = await startServer(cluster)
    const urlOf = urlsAt(cluster.socketFolder)
    await makeRolesAndDatabase(urlOf('admin', 'postgres'))
    const stop = async () => {
      if (child.pid) await stopServer(child.pid)
      rmSync(cluster.socketFolder, { recursive: true, force: true })
      lock.release()
    }
    return { clusterFolder: cluster.folder, logFile: cluster.logFile, isNew, notes, urlOf, stop }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Addresses of the server that another program runs for this data folder; null when none does. */
export async function findRunning(dataFolder: string): Promise<EmbeddedServer['urlOf'] | null> {
  if (!existsSync(dataFolder)) return null
  const real = realpathSync(dataFolder)
  return (await findHolder(real)) ? urlsAt(socketFolderOf(real)) : null
}

function urlsAt(socketFolder: string): EmbeddedServer['urlOf'] {
  return (role, database = mainDatabase) =>
    `postgres://afterfund_${role}@localhost/${database}?host=${encodeURIComponent(socketFolder)}`
}

// A folder that root did not make keeps its owner: PostgreSQL runs as whoever owns the data already.
function serverUserFor(dataFolder: string): ServerUser | null {
  const user = findServerUser()
  if (!user) return null
  const existing = statSync(join(dataFolder, 'postgres', 'data'), { throwIfNoEntry: false })
  if (!existing || existing.uid === 0 || existing.uid === user.uid) return user
  return { uid: existing.uid, gid: existing.gid, name: String(existing.uid) }
}

function chooseHome(dataFolder: string, user: ServerUser | null, notes: string[]): string {
  const home = join(dataFolder, 'postgres')
  if (!user || canReach(home, user)) return home
  const name = createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)
  const elsewhere = join(sharedStateFolder, `data-${name}`)
  makeServerFolder(sharedStateFolder, null, 0o755)
  notes.push(`User ${user.name}, as which PostgreSQL runs, cannot enter ${dataFolder}; its tables are in ${elsewhere}`)
  return elsewhere
}

function makeServerSocketFolder(dataFolder: string, user: ServerUser | null): string {
  const folder = makeSocketFolder(dataFolder, user)
  makeServerFolder(folder, user, 0o700)
  return folder
}

function describeCluster(
  home: string,
  binaries: Binaries,
  user: ServerUser | null,
  socketFolder: string,
  options: Options,
): Cluster {
  const fast = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
  return {
    binaries,
    user,
    folder: join(home, 'data'),
    socketFolder,
    logFile: join(home, 'postgres.log'),
    settings: {
      max_connections: String(options.maxConnections ?? 60),
      timezone: 'UTC',
      log_timezone: 'UTC',
      log_checkpoints: 'off',
      // Solid state and a machine of its own: a row by its index costs little more than the next one, and nothing is worth compiling.
      random_page_cost: '1.1',
      jit: 'off',
      work_mem: '16MB',
      // A step over 220,000 orders reads its rows twice, and writes 1 GB of log: both should fit, so that neither is fetched nor flushed midway.
      shared_buffers: '256MB',
      max_wal_size: '3GB',
      checkpoint_timeout: '15min',
      ...(options.durable === false ? fast : {}),
    },
  }
}

/** True when the cluster was made now. A cluster appears under its name only when it is whole. */
function makeCluster(cluster: Cluster, options: Options): boolean {
  if (existsSync(join(cluster.folder, 'PG_VERSION'))) return false
  if (existsSync(cluster.folder)) {
    throw new StartError(
      `${cluster.folder} exists but holds no PostgreSQL data. Move it away, or set DATA_DIR to another folder.`,
    )
  }
  const fresh = `${cluster.folder}.new`
  rmSync(fresh, { recursive: true, force: true })
  // The letters of all scripts, which search needs (pg_trgm asks LC_CTYPE); where the machine has no such locale, those of ASCII alone.
  let result = runInitdb(cluster, fresh, '--lc-ctype=C.UTF-8', options)
  if (result.status !== 0 && /locale/.test(result.stderr ?? '')) result = runInitdb(cluster, fresh, '--lc-ctype=C', options)
  if (result.status !== 0) {
    const reason = (result.error?.message ?? result.stderr).trim().split('\n').at(-1)
    throw new StartError(
      `The database could not be made in ${basename(fresh)} below ${cluster.folder}: ${reason}. Free some space or set DATA_DIR to another folder; DATABASE_URL takes a PostgreSQL of your own.`,
    )
  }
  renameSync(fresh, cluster.folder)
  return true
}

function runInitdb({ binaries, user }: Cluster, folder: string, letters: string, options: Options) {
  const choices = [
    '--encoding=UTF8',
    '--locale=C',
    letters,
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
  ]
  return spawnSync(
    join(binaries.native, 'bin', 'initdb'),
    [
      '-D',
      folder,
      '-U',
      adminRole,
      '--auth=trust',
      '--no-instructions',
      ...choices,
      ...(options.durable === false ? ['--no-sync'] : []),
    ],
    { cwd: '/', env: binaries.env, encoding: 'utf8', ...(user ? { uid: user.uid, gid: user.gid } : {}) },
  )
}

async function makeRolesAndDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    for (const role of [ownerRole, appRole]) {
      const found = await client.query('select 1 from pg_roles where rolname = $1', [role])
      if (found.rowCount === 0) await client.query(`create role ${role} login`)
    }
    const found = await client.query('select 1 from pg_database where datname = $1', [mainDatabase])
    if (found.rowCount === 0) await client.query(`create database ${mainDatabase} owner ${ownerRole}`)
  } finally {
    await client.end()
  }
}
