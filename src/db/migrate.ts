import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import pg from 'pg'
import { grantRights } from './grants.ts'
import { projectRoot } from './project-root.ts'
import { StartError } from './start-error.ts'

/** The numbered migrations in src/db/migrations, in order. */
export function listMigrations(): string[] {
  return readdirSync(migrationsFolder())
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort()
}

/**
 * Brings the database behind `ownerUrl` to the newest schema, all pending files in one transaction, then gives `appRole`
 * exactly the rights the program has. Where the owner itself is the program's role there is nothing to give. `target` stops
 * at an older schema, for the restore of an older backup.
 */
export async function migrate(ownerUrl: string, appRole: string, target?: string): Promise<{ applied: string[] }> {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 2, connectionTimeoutMillis: 5000 })
  pool.on('error', () => undefined)
  try {
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
    const migrator = new Migrator({ db, provider: { getMigrations: async () => readMigrations() } })
    const { error, results } = target ? await migrator.migrateTo(target) : await migrator.migrateToLatest()
    if (error) throw migrationError(error)
    await grantRights(db, appRole)
    return { applied: (results ?? []).map((result) => result.migrationName) }
  } finally {
    await pool.end()
  }
}

/** Names of migrations that this program has and the database has not; empty when all are in. */
export async function findPendingMigrations(pool: pg.Pool): Promise<string[]> {
  const applied = await readAppliedMigrations(pool)
  return listMigrations().filter((name) => !applied.includes(name))
}

/** Names of the migrations that the database has taken, in order; empty for a database that has none yet. */
export async function readAppliedMigrations(pool: pg.Pool): Promise<string[]> {
  const found = await pool.query<{ there: boolean }>(`select to_regclass('public.kysely_migration') is not null as there`)
  if (!found.rows[0]?.there) return []
  const result = await pool.query<{ name: string }>('select name from public.kysely_migration order by name')
  return result.rows.map((row) => row.name)
}

function readMigrations(): Record<string, Migration> {
  return Object.fromEntries(
    listMigrations().map((name) => {
      const text = readFileSync(join(migrationsFolder(), `${name}.sql`), 'utf8')
      const up = async (db: Kysely<unknown>) => void (await sql.raw(text).execute(db))
      return [name, { up }]
    }),
  )
}

function migrationsFolder(): string {
  return join(projectRoot, 'src', 'db', 'migrations')
}

function migrationError(error: unknown): StartError {
  const message = error instanceof Error ? error.message : String(error)
  const newer = /corrupted migrations/.test(message)
  return new StartError(
    newer
      ? `The database was migrated by a newer version of Afterfund (${message}). Start that version, or use another database.`
      : `The database could not be migrated, nothing was changed: ${message}`,
    { cause: error },
  )
}
