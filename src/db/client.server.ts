import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { StartError } from './start-error.ts'
import type { Database } from './types.ts'

const int8 = 20
const numeric = 1700
const date = 1082
const timestampWithoutZone = 1114
const oldestVersion = 15

// int8 is money in minor units or a counter, numeric is what sum() makes of them: both become numbers, once, here.
// A date and a timestamp without zone stay text: turning them into a Date would read them in the machine's zone.
pg.types.setTypeParser(int8, parseInteger)
pg.types.setTypeParser(numeric, Number)
pg.types.setTypeParser(date, (text) => text)
pg.types.setTypeParser(timestampWithoutZone, (text) => text)

function parseInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`Integer from the database is too large for a number: ${text}`)
  return value
}

export type Client = { db: Kysely<Database>; pool: pg.Pool; end(): Promise<void> }

type ClientOptions = { max?: number; statementTimeoutMs?: number; onError?: (error: Error) => void }

/** A pool (a connection within 10 s, a statement within 10 s unless told otherwise) and Kysely on top of it. `end` closes both. */
export function connect(url: string, options: ClientOptions = {}): Client {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    // Counts the wait for a free connection too, which a burst of requests may well need.
    connectionTimeoutMillis: 10_000,
    statement_timeout: options.statementTimeoutMs ?? 10_000,
    application_name: 'afterfund',
  })
  // An idle connection that breaks (server restart) raises here; without a listener it would end the process.
  pool.on('error', (error) => options.onError?.(error))
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  // Kysely.destroy() leaves the pool open when no query ever ran, so the pool is what gets closed.
  return { db, pool, end: () => pool.end() }
}

/** Refuses a database that does not answer or is older than PostgreSQL 15, with one sentence that never holds the password. */
export async function checkServer(pool: pg.Pool, name: string): Promise<void> {
  let version: number
  try {
    const result = await pool.query<{ server_version_num: string }>('show server_version_num')
    version = Math.floor(Number(result.rows[0]?.server_version_num) / 10_000)
  } catch (error) {
    throw new StartError(
      `The database of ${name} does not answer (${reasonOf(error)}). Check that it runs and that address, user and password are right.`,
      { cause: error },
    )
  }
  if (version < oldestVersion) {
    throw new StartError(
      `The database of ${name} is PostgreSQL ${version}; Afterfund needs ${oldestVersion} or newer. Upgrade it, or leave DATABASE_URL out to use the built-in one.`,
    )
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
