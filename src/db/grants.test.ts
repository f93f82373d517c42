import { expect, test } from 'vitest'
import { useTestDatabase } from '../../test/setup/database.ts'
import { appendOnlyTables, isAppendOnlyEnforced } from './grants.ts'
import { findPendingMigrations } from './migrate.ts'

const database = useTestDatabase()

test('the program cannot change or remove ledger rows and events', async () => {
  expect(await isAppendOnlyEnforced(database.pool)).toBe(true)
  for (const table of appendOnlyTables) {
    await expect(database.pool.query(`delete from ${table}`)).rejects.toThrow(/permission denied/)
    await expect(database.pool.query(`update ${table} set campaign_id = campaign_id`)).rejects.toThrow(/permission denied/)
    await expect(database.pool.query(`truncate ${table}`)).rejects.toThrow(/permission denied/)
  }
})

test('the program cannot make tables of its own among ours', async () => {
  await expect(database.pool.query('create table intruder (id int)')).rejects.toThrow(/permission denied/)
})

test('a test database has every migration', async () => {
  expect(await findPendingMigrations(database.pool)).toEqual([])
})
