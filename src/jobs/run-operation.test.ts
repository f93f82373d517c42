import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeCampaign, type TestCampaign } from '../../test/factories/campaign.ts'
import { makeManyOrders } from '../../test/factories/many-orders.ts'
import { useTestProgram } from '../../test/setup/deps.ts'
import type { StepAnswer } from '../domain/operations/start-step.ts'
import { holdOrders, releaseOrders } from '../domain/orders/hold-orders.ts'
import { findDueNotices, moveNotice, runNotice, scheduleNotice, withdrawNotice } from '../domain/orders/notices.ts'
import { inTransaction, type Tx } from '../domain/shared/tx.ts'
import { runOperation } from './run-operation.ts'

/*
 * What is asked of more than a thousand orders answers at once and is carried out by the worker: nothing has moved before, all of it after.
 */

const program = useTestProgram()
const MANY = 1_001
const everything = { filter: {} }
const within = <T>(run: (tx: Tx) => Promise<T>) => inTransaction(program.deps, run)
const carryOut = (campaign: TestCampaign, { operation }: StepAnswer) =>
  runOperation(program.deps, { campaign_id: campaign.id, operation_id: operation })
const operationOf = (id: string) => program.db.selectFrom('operations').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

async function manyOrders(): Promise<TestCampaign> {
  const campaign = await makeCampaign(program.deps)
  await makeManyOrders(program.db, campaign.id, MANY)
  return campaign
}

/** How many orders are so, and how many events and mails there are of each kind. */
async function seen({ id }: TestCampaign) {
  const { rows } = await sql<{ held: number; named: number; versions: number; events: number }>`select
      count(*) filter (where held_at is not null)::int as held, count(*) filter (where notice_id is not null)::int as named,
      sum(version)::int as versions,
      (select count(*)::int from events where campaign_id = ${id} and order_version is not null) as events
    from orders where campaign_id = ${id}`.execute(program.db)
  const mails = await sql<{
    kind: string
    count: number
  }>`select kind, count(*)::int as count from messages where campaign_id = ${id}
    group by 1`.execute(program.db)
  const { held = 0, named = 0, versions, events } = rows[0] ?? {}
  // Each version of each order has its one event.
  expect(events).toBe(versions)
  return { held, named, mails: Object.fromEntries(mails.rows.map(({ kind, count }) => [kind, count])) }
}

test('a hold and a release of many are queued, and carried out as a whole, once', async () => {
  const campaign = await manyOrders()
  const input = { campaign_id: campaign.id, selection: everything, reason: 'The ship is late' }
  const hold = await within((tx) => holdOrders(tx, campaign.staff, input))
  expect(hold).toMatchObject({ state: 'queued', total: MANY, moved: 0 })
  expect(await seen(campaign)).toMatchObject({ held: 0 })
  expect(await carryOut(campaign, hold)).toBe(true)
  expect(await carryOut(campaign, hold)).toBe(false)
  expect(await operationOf(hold.operation)).toMatchObject({ state: 'done', moved: MANY, total: MANY, kind: 'hold' })
  expect(await seen(campaign)).toMatchObject({ held: MANY })
  const release = await within((tx) => releaseOrders(tx, campaign.staff, { ...input, reason: '' }))
  expect(release).toMatchObject({ state: 'queued', total: MANY })
  await carryOut(campaign, release)
  expect(await seen(campaign)).toMatchObject({ held: 0 })
})

test('a notice to many is given, moved and withdrawn in the worker; the clock never locks what was withdrawn', async () => {
  const campaign = await manyOrders()
  const given = await within((tx) =>
    scheduleNotice(tx, campaign.staff, { campaign_id: campaign.id, selection: everything, hours: 2 }),
  )
  expect(given).toMatchObject({ state: 'queued', total: MANY })
  expect(await seen(campaign)).toEqual({ held: 0, named: 0, mails: {} })
  await carryOut(campaign, given)
  expect(await seen(campaign)).toEqual({ held: 0, named: MANY, mails: { lock_notice: MANY } })
  const key = { campaign_id: campaign.id, notice_id: given.id }
  const notice = () => program.db.selectFrom('notices').selectAll().where('id', '=', given.id).executeTakeFirstOrThrow()
  expect(await notice()).toMatchObject({ state: 'scheduled', orders: MANY, due_at: given.due_at })

  const due_at = new Date(given.due_at.getTime() + 3_600_000)
  const moved = await within((tx) => moveNotice(tx, campaign.staff, { ...key, due_at }))
  // The time counts at once; its mails follow.
  expect(await notice()).toMatchObject({ due_at, moves: 1 })
  await carryOut(campaign, moved)
  expect(await seen(campaign)).toMatchObject({ mails: { lock_notice_moved: MANY } })

  const withdrawn = await within((tx) => withdrawNotice(tx, campaign.staff, key))
  program.deps.clock.advance(4 * 3_600_000)
  expect(await notice()).toMatchObject({ state: 'withdrawn' })
  expect(await findDueNotices(program.db, program.deps.clock.now())).toEqual([])
  expect(await within((tx) => runNotice(tx, { campaign_id: campaign.id, id: given.id }))).toBeNull()
  await carryOut(campaign, withdrawn)
  expect(await seen(campaign)).toMatchObject({ named: 0, mails: { lock_notice_withdrawn: MANY } })
})

test('a notice that finds nobody left when its turn comes fails with its sentence, and is not given', async () => {
  const campaign = await manyOrders()
  const input = { campaign_id: campaign.id, selection: everything }
  const first = await within((tx) => scheduleNotice(tx, campaign.staff, input))
  const second = await within((tx) => scheduleNotice(tx, campaign.staff, input))
  await carryOut(campaign, first)
  await carryOut(campaign, second)
  expect(await operationOf(second.operation)).toMatchObject({
    state: 'failed',
    failure: 'No open order is left to give notice to.',
  })
  expect(await seen(campaign)).toMatchObject({ named: MANY, mails: { lock_notice: MANY } })
})

test('orders whose notice was withdrawn can be named again before its own step has freed them', async () => {
  const campaign = await manyOrders()
  const input = { campaign_id: campaign.id, selection: everything }
  const given = await within((tx) => scheduleNotice(tx, campaign.staff, input))
  await carryOut(campaign, given)
  const withdrawn = await within((tx) => withdrawNotice(tx, campaign.staff, { campaign_id: campaign.id, notice_id: given.id }))
  const again = await within((tx) => scheduleNotice(tx, campaign.staff, input))
  await carryOut(campaign, again)
  await carryOut(campaign, withdrawn)
  expect(await operationOf(again.operation)).toMatchObject({ state: 'done', moved: MANY })
  expect(await seen(campaign)).toMatchObject({ named: MANY })
})

test('a notice whose time has passed before the worker came to it is none: nobody is told, and nothing will lock', async () => {
  const campaign = await manyOrders()
  const input = { campaign_id: campaign.id, selection: everything, hours: 0.5 }
  const given = await within((tx) => scheduleNotice(tx, campaign.staff, input))
  const later = new Date(program.deps.clock.now().getTime() + 31 * 60_000)
  const late = { ...program.deps, clock: { ...program.deps.clock, now: () => later } }
  await runOperation(late, { campaign_id: campaign.id, operation_id: given.operation })
  expect(await operationOf(given.operation)).toMatchObject({ state: 'failed' })
  expect(await seen(campaign)).toEqual({ held: 0, named: 0, mails: {} })
  expect(await findDueNotices(program.db, later)).toEqual([])
})
