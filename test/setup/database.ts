import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { type Client, connect } from '../../src/db/client.server.ts'
import type { Database } from '../../src/db/types.ts'
import { templateDatabase } from './template.ts'

export type TestDatabase = {
  db: Kysely<Database>
  pool: pg.Pool
  /** As the program connects: may not change ledger and events. */
  url: string
  /** As the owner of the tables connects: for what a test must do behind the program's back. */
  ownerUrl: string
}

/**
 * A database of its own for this test file, cloned from the migrated template and dropped at the end. Call it at the top of
 * the file or of a describe; use the returned object inside tests and hooks only, it is empty before.
 */
export function useTestDatabase(): TestDatabase {
  const test = {} as TestDatabase
  let client: Client
  let drop: () => Promise<void>
  beforeAll(async () => {
    const made = await cloneDatabase()
    drop = made.drop
    client = connect(made.url, { max: 10 })
    Object.assign(test, { db: client.db, pool: client.pool, url: made.url, ownerUrl: made.ownerUrl })
  })
  afterAll(async () => {
    await client?.end()
    await drop?.()
  })
  return test
}

/** The same without hooks, for tests that need more than one database. */
export async function cloneDatabase(): Promise<{ url: string; ownerUrl: string; drop(): Promise<void> }> {
  const urls = inject('databaseUrls')
  const name = `test_${randomBytes(6).toString('hex')}`
  await asAdmin(urls.admin, `create database ${name} template ${templateDatabase} owner afterfund_owner strategy file_copy`)
  return {
    url: urls.app.replace('DATABASE', name),
    ownerUrl: urls.owner.replace('DATABASE', name),
    drop: () => asAdmin(urls.admin, `drop database if exists ${name} with (force)`),
  }
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url.replace('DATABASE', 'postgres') })
  await admin.connect()
  try {
    await admin.query(statement)
  } finally {
    await admin.end()
  }
}
