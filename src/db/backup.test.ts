import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { cloneDatabase, useTestDatabase } from '../../test/setup/database.ts'
import { testFolder } from '../../test/setup/folder.ts'
import { verifyBooks } from '../domain/verify.ts'
import { newId } from '../lib/id.ts'
import { writeBackup } from './backup.ts'
import { connect } from './client.server.ts'
import { appRole } from './embedded.server.ts'
import { isAppendOnlyEnforced } from './grants.ts'
import { restoreBackup } from './restore.ts'

const database = useTestDatabase()
const folder = testFolder()
const file = join(folder, `backup-${randomUUID()}`)
const at = new Date('2026-01-02T03:04:05.678Z')
const account = {
  id: 'owner',
  name: 'Zoë \\ tab\t line\nquote" מרים',
  email: 'zoe@example.com',
  image: null,
  created_at: at,
  updated_at: at,
}
const campaign_id = newId()

afterAll(() => {
  for (const name of [file, `${file}.cut`, `${file}.changed`]) rmSync(name, { force: true })
})

async function readAll(pool: pg.Pool) {
  const accounts = await pool.query('select * from accounts')
  const events = await pool.query('select * from events order by seq')
  const campaigns = await pool.query('select * from campaigns')
  return { accounts: accounts.rows, events: events.rows, campaigns: campaigns.rows }
}

async function fill(): Promise<void> {
  const { db } = database
  await db.insertInto('accounts').values(account).execute()
  await db
    .insertInto('campaigns')
    .values({
      id: campaign_id,
      account_id: account.id,
      name: 'Deep Sea',
      creator_name: 'Zoë',
      currency: 'EUR',
      ship_from_country: 'DE',
      time_zone: 'Europe/Berlin',
      support_email: 'help@example.com',
      lockdown_on: '2026-12-24',
      mode: 'test',
      created_at: at,
      updated_at: at,
    })
    .execute()
  for (const n of [1, 2, 3]) {
    await db
      .insertInto('events')
      .values({ campaign_id, kind: 'note_saved', actor_kind: 'system', data: JSON.stringify({ n }), at })
      .execute()
  }
}

test('what is backed up while the program is connected comes back the same into an empty database', async () => {
  await fill()
  const written = await writeBackup(database.ownerUrl, file)
  expect(written.rows).toBe(5)
  const target = await cloneDatabase()
  expect(await restoreBackup(target.ownerUrl, appRole, file)).toMatchObject({ rows: 5 })
  const restored = connect(target.url)
  expect(await readAll(restored.pool)).toEqual(await readAll(database.pool))
  expect(await isAppendOnlyEnforced(restored.pool)).toBe(true)
  expect(await verifyBooks(restored.db, at)).toEqual([])
  // The numbers of new events go on after the restored ones.
  await restored.db.insertInto('events').values({ campaign_id, kind: 'note_saved', actor_kind: 'system', at }).execute()
  expect((await readAll(restored.pool)).events.at(-1)?.seq).toBe(4)
  await restored.end()
  await target.drop()
})

test('a restore never overwrites', async () => {
  await database.pool.query('select 1')
  await expect(restoreBackup(database.ownerUrl, appRole, file)).rejects.toThrow(/running on this database/)
  const target = await cloneDatabase()
  const owner = new pg.Client({ connectionString: target.ownerUrl })
  await owner.connect()
  await owner.query(`insert into settings values ('x', '1')`)
  await owner.end()
  await expect(restoreBackup(target.ownerUrl, appRole, file)).rejects.toThrow(/not empty \(table settings/)
  await target.drop()
})

test('a damaged backup is refused and leaves the database empty', async () => {
  const target = await cloneDatabase()
  const whole = readFileSync(file)
  const text = gunzipSync(whole).toString()
  writeFileSync(`${file}.cut`, whole.subarray(0, whole.length - 40))
  writeFileSync(`${file}.changed`, gzipSync(text.replace('Deep Sea', 'Deep See')))
  const withoutEnd = gzipSync(`${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`)
  await expect(restoreBackup(target.ownerUrl, appRole, `${file}.cut`)).rejects.toThrow(/damaged/)
  await expect(restoreBackup(target.ownerUrl, appRole, `${file}.changed`)).rejects.toThrow(/checksum is wrong/)
  writeFileSync(`${file}.cut`, withoutEnd)
  await expect(restoreBackup(target.ownerUrl, appRole, `${file}.cut`)).rejects.toThrow(/end is missing/)
  writeFileSync(`${file}.cut`, 'hello')
  await expect(restoreBackup(target.ownerUrl, appRole, `${file}.cut`)).rejects.toThrow(/not a backup|damaged/)
  const restored = connect(target.url)
  expect(await readAll(restored.pool)).toEqual({ accounts: [], events: [], campaigns: [] })
  await restored.end()
  expect(await restoreBackup(target.ownerUrl, appRole, file)).toMatchObject({ rows: 5 })
  await target.drop()
})

test('a folder that does not exist is named', async () => {
  await expect(writeBackup(database.ownerUrl, join(folder, 'nowhere', 'x'))).rejects.toThrow(/cannot be written/)
})
