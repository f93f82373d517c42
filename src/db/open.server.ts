import pg from 'pg'
import { checkServer } from './client.server.ts'
import { appRole, findRunning, startEmbedded } from './embedded.server.ts'
import { migrate } from './migrate.ts'
import { StartError } from './start-error.ts'

export type OpenDatabase = {
  /** As the program connects. */
  url: string
  /** As the owner of the tables connects; the same as `url` where there is only one role. */
  ownerUrl: string
  /** Where the data lies, for people. */
  place: string
  notes: string[]
  /** Ends an embedded server that this call started; leaves every other running. */
  close(): Promise<void>
}

type Sources = { dataFolder: string; databaseUrl: string | null; migrationDatabaseUrl: string | null }

/**
 * The database of DATABASE_URL, else the embedded one, started if need be. `share`: a tool may use the embedded server of a
 * program that runs; the program itself may not, since two of them would disagree about clock and worker.
 */
export async function openDatabase(sources: Sources, options: { share?: boolean } = {}): Promise<OpenDatabase> {
  if (sources.databaseUrl) return await openExternal(sources.databaseUrl, sources.migrationDatabaseUrl)
  const running = options.share ? await findRunning(sources.dataFolder) : null
  if (running) {
    return { url: running('app'), ownerUrl: running('owner'), place: sources.dataFolder, notes: [], close: async () => undefined }
  }
  const server = await startEmbedded(sources.dataFolder)
  return {
    url: server.urlOf('app'),
    ownerUrl: server.urlOf('owner'),
    place: server.clusterFolder,
    notes: server.notes,
    close: server.stop,
  }
}

/** Brings the schema up to date and sets the rights of the program's role. */
export async function migrateOpen(database: OpenDatabase): Promise<{ applied: string[] }> {
  return await migrate(database.ownerUrl, await programRole(database))
}

/** The role as which the program connects. */
export async function programRole(database: OpenDatabase): Promise<string> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    const result = await client.query<{ role: string }>('select current_user as role')
    return result.rows[0]?.role ?? appRole
  } finally {
    await client.end()
  }
}

async function openExternal(url: string, migrationUrl: string | null): Promise<OpenDatabase> {
  const name = migrationUrl ? 'DATABASE_URL and MIGRATION_DATABASE_URL' : 'DATABASE_URL'
  for (const address of new Set([url, migrationUrl ?? url])) {
    const pool = new pg.Pool({ connectionString: parseable(address), max: 1, connectionTimeoutMillis: 5000 })
    pool.on('error', () => undefined)
    try {
      await checkServer(pool, address === url ? 'DATABASE_URL' : 'MIGRATION_DATABASE_URL')
    } finally {
      await pool.end()
    }
  }
  const place = `${new URL(url).hostname || 'the socket'} (${name})`
  return { url, ownerUrl: migrationUrl ?? url, place, notes: [], close: async () => undefined }
}

function parseable(url: string): string {
  if (URL.canParse(url)) return url
  throw new StartError('DATABASE_URL is not an address. Write it like postgres://user:password@host:5432/database.')
}
