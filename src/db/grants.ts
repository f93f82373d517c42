import { type Kysely, sql } from 'kysely'
import pg from 'pg'

/** Tables that the program may read and append to, and never change: the ledger and the events (promises.md, rule 9). */
export const appendOnlyTables: readonly string[] = ['ledger_entries', 'events']

/** The schema in which the job queue keeps its own tables, which belong to the program's role. */
export const queueSchema = 'pgboss'

const migrationTables = ['kysely_migration', 'kysely_migration_lock']

/**
 * Run by the owner after each migration: gives the program's role what it may do and takes from it what it may not.
 * Rights are never taken from the owner, since PostgreSQL checks foreign keys as the owner.
 */
export async function grantRights(db: Kysely<unknown>, appRole: string): Promise<void> {
  // One transaction, one program at a time: at no moment may the program's role do more than it should.
  await db.transaction().execute(async (tx) => {
    await sql`lock table kysely_migration_lock in share row exclusive mode`.execute(tx)
    await grantWithin(tx, appRole)
  })
}

async function grantWithin(tx: Kysely<unknown>, appRole: string): Promise<void> {
  const owner = await sql<{ name: string }>`select current_user as name`.execute(tx)
  const run = (text: string) => sql.raw(text).execute(tx)
  await run(`create schema if not exists ${queueSchema}`)
  await dropForeignQueue(tx, appRole)
  if (owner.rows[0]?.name === appRole) return
  const role = pg.escapeIdentifier(appRole)
  await run(`grant usage on schema public to ${role}`)
  await run(`grant usage, create on schema ${queueSchema} to ${role}`)
  await run(`grant select, insert, update, delete on all tables in schema public to ${role}`)
  await run(`grant usage, select on all sequences in schema public to ${role}`)
  await run(`revoke update, delete, truncate on ${appendOnlyTables.join(', ')} from ${role}`)
  await run(`revoke insert, update, delete on ${migrationTables.join(', ')} from ${role}`)
}

/**
 * A queue that was made while the program had another role is of no use to this one. It holds nothing but announcements of
 * work that stands in our own tables, so it is made anew.
 */
async function dropForeignQueue(db: Kysely<unknown>, appRole: string): Promise<void> {
  const foreign = await sql`select 1 from pg_class where relnamespace = ${queueSchema}::regnamespace
    and pg_get_userbyid(relowner) <> ${appRole} limit 1`.execute(db)
  if (foreign.rows.length === 0) return
  await sql.raw(`drop schema ${queueSchema} cascade`).execute(db)
  await sql.raw(`create schema ${queueSchema}`).execute(db)
}

/** Whether the connected role is kept from changing ledger and events. False is said on the health page. */
export async function isAppendOnlyEnforced(pool: pg.Pool): Promise<boolean> {
  const rights = appendOnlyTables.flatMap((table) =>
    ['update', 'delete', 'truncate'].map((right) => `has_table_privilege('public.${table}', '${right}')`),
  )
  const result = await pool.query<{ may_change: boolean }>(`select ${rights.join(' or ')} as may_change`)
  return result.rows[0]?.may_change === false
}
