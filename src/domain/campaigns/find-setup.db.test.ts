import { expect, test } from 'vitest'
import { makeCampaign } from '../../../test/factories/campaign.ts'
import { useTestDatabase } from '../../../test/setup/database.ts'
import { newId } from '../../lib/id.ts'
import { recordExport } from '../fulfilment/export-ready.ts'
import { recordOperation } from '../operations/write-operation.ts'
import { inTransaction } from '../shared/tx.ts'
import { findSetup } from './find-setup.ts'

const program = useTestDatabase()
const start = new Date('2026-11-02T09:00:00Z')
let now = start
const parts = () => ({ db: program.db, clock: { now: () => now }, enqueue: async () => undefined })

test('what was mailed and handed over is read from what was done, newest first', async () => {
  now = start
  const { id, staff } = await makeCampaign(parts())
  const of = { id, lockdown_on: null, time_zone: 'UTC' }
  expect(await findSetup(program.db, of, now)).toMatchObject({ mailed_at: null, handed_over: false, untold_parcels: 0 })
  const did = (kind: string, moved = 1) =>
    inTransaction(parts(), (tx) =>
      recordOperation(tx, staff, { campaign_id: id, id: newId(), kind, input: {} }, { total: 1, moved, left: [] }),
    )
  await did('send_surveys', 0)
  expect(await findSetup(program.db, of, now)).toMatchObject({ mailed_at: null })
  await did('send_surveys')
  now = new Date(start.getTime() + 3_600_000)
  await did('remind_backers')
  await did('finalize_address')
  expect(await findSetup(program.db, of, now)).toMatchObject({ mailed_at: now, handed_over: false })
  const everything = { campaign_id: id, selection: { filter: {} }, form: 'orders', audience: 'people' } as const
  await inTransaction(parts(), (tx) => recordExport(tx, staff, everything))
  expect(await findSetup(program.db, of, now)).toMatchObject({ handed_over: true })
  now = new Date(now.getTime() + 1000)
  await did('remind_backers', 0)
  await did('finalize_address')
  expect(await findSetup(program.db, of, now)).toMatchObject({
    mailed_at: new Date(start.getTime() + 3_600_000),
    handed_over: false,
  })
})

test('a lockdown date is past when its day is over where the campaign is', async () => {
  now = start
  const { id } = await makeCampaign(parts())
  const of = (time_zone: string) => ({ id, lockdown_on: '2026-11-01', time_zone })
  const late = new Date('2026-11-02T01:00:00Z')
  expect((await findSetup(program.db, of('UTC'), late)).is_past_deadline).toBe(true)
  expect((await findSetup(program.db, of('America/New_York'), late)).is_past_deadline).toBe(false)
})
