import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { receiveUpload } from '../../src/domain/imports/receive-upload.ts'
import type { Actor } from '../../src/domain/shared/actor.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import { makeEmptyCampaign } from '../factories/account.ts'
import { k5Report } from '../factories/report-file.ts'
import { useTestDatabase } from '../setup/database.ts'

/*
 * An import killed with -9, ten times, at moments spread over its whole way: read, previewed, applied. Each time there is all or nothing,
 * and the next program goes on from there. IMPORT_KILL_ROWS=20000 is the full size.
 */

const database = useTestDatabase()
const now = new Date('2026-11-02T09:00:00Z')
const rows = Number(process.env.IMPORT_KILL_ROWS ?? 5_000)
const parts = () => ({ db: database.db, pool: database.pool, clock: { now: () => now }, enqueue: async () => undefined })

interface Upload {
  campaign_id: string
  import_id: string
  staff: Actor
}

async function upload(): Promise<Upload> {
  const { campaign, staff } = await makeEmptyCampaign(parts())
  const report = Buffer.from(k5Report(Array.from({ length: rows }, () => ({}))))
  const { import_id } = await receiveUpload(parts(), staff, {
    campaign_id: campaign.id,
    file_name: 'report.csv',
    body: chunk(report),
  })
  return { campaign_id: campaign.id, import_id, staff }
}

async function* chunk(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function start({ campaign_id, import_id, staff }: Upload, variant: 'safe' | 'unsafe'): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('import-child.ts', import.meta.url))
  const child = spawn(process.execPath, [program, database.url, staff.id ?? '', campaign_id, import_id, variant], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  // The server ends what the dead program had begun before anybody looks.
  for (;;) {
    const { rows: left } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`.execute(database.db)
    if (left[0]?.n === 0) return
    await sleep(20)
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** What is there of an import, in counts. */
async function stateOf({ campaign_id, import_id }: Upload) {
  const { rows: found } = await sql<Record<'state' | 'staged' | 'backers' | 'events' | 'levels' | 'operations', unknown>>`select
      (select state from imports where campaign_id = ${campaign_id} and id = ${import_id}) as state,
      (select count(*) from import_rows where campaign_id = ${campaign_id} and import_id = ${import_id}) as staged,
      (select count(*) from backers where campaign_id = ${campaign_id}) as backers,
      (select count(*) from events where campaign_id = ${campaign_id} and kind = 'backer_imported') as events,
      (select count(*) from levels where campaign_id = ${campaign_id}) as levels,
      (select count(*) from operations where campaign_id = ${campaign_id} and id = ${import_id}) as operations`.execute(
    database.db,
  )
  return found[0]
}

const whole = [
  { state: 'reading', staged: 0, backers: 0, events: 0, levels: 0, operations: 0 },
  { state: 'previewed', staged: rows, backers: 0, events: 0, levels: 0, operations: 0 },
  { state: 'applied', staged: rows, backers: rows, events: rows, levels: 1, operations: 1 },
]

test('killed ten times: all or nothing, and the next program goes on', { timeout: 300_000 }, async () => {
  const measured = await upload()
  const begun = Date.now()
  const child = await start(measured, 'safe')
  if (child.exitCode === null) await once(child, 'exit')
  const took = Date.now() - begun
  expect(await stateOf(measured)).toEqual(whole[2])

  let current = await upload()
  const seen: unknown[] = []
  for (let time = 0; time < 10; time += 1) {
    const victim = await start(current, 'safe')
    // The first dies at once, the others somewhere on the way.
    await Promise.race([sleep(time === 0 ? 0 : took * ((time % 5) + Math.random()) * 0.2), once(victim, 'exit')])
    await kill(victim)
    const state = await stateOf(current)
    expect(whole).toContainEqual(state)
    seen.push(state?.state)
    if (state?.state === 'applied') current = await upload()
  }
  expect(seen).toContain('reading')
  const last = await start(current, 'safe')
  if (last.exitCode === null) await once(last, 'exit')
  expect(await stateOf(current)).toEqual(whole[2])
  expect(await verifyBooks(database.db, now)).toEqual([])
})

test('control: without the one transaction a kill leaves half', { timeout: 120_000 }, async () => {
  const current = await upload()
  const victim = await start(current, 'unsafe')
  for (let state = await stateOf(current); state?.levels === 0; state = await stateOf(current)) await sleep(1)
  await kill(victim)
  expect(whole).not.toContainEqual(await stateOf(current))
})
