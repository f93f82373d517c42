import { expect, test } from 'vitest'
import { makeCampaign, type TestCampaign } from '../../../test/factories/campaign.ts'
import { attemptsOf, makeLocked, orderNow, putCard, startRun, work } from '../../../test/factories/charging.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import type { Row } from '../../db/types.ts'
import { changeCampaign } from '../campaigns/change-campaign.ts'
import { holdOrders, releaseOrders } from '../orders/hold-orders.ts'
import { transitionOrders } from '../orders/transition-orders.ts'
import { startCharge } from '../payments/start-charge.ts'
import { inTransaction } from '../shared/tx.ts'
import { verifyBooks } from '../verify.ts'
import { findFailedPayments } from './find-failed-payments.ts'
import { previewRemindNow, remindNow } from './remind-now.ts'
import { remindOn } from './remind-on.ts'

/* What follows a failed charge, day by day on the test clock, through the whole program: worker, gateway, mails. */

const program = useTestProgram({ env: { CHARGES_PER_SECOND: '200' }, now: new Date('2026-11-23T12:00:00Z') })
const DAY = 86_400_000

/** An errored order, and the day on which its charge failed. */
async function makeFailed(campaign: TestCampaign, card: string): Promise<{ order: Row<'orders'>; from: number }> {
  const { deps } = program
  const locked = await makeLocked(deps, campaign, { card })
  const from = deps.clock.now().getTime()
  await startRun(deps, campaign)
  await work(deps)
  const order = await orderNow(deps, locked.id)
  expect(order.status).toBe('errored')
  return { order, from }
}

/** Lets so many days pass, an hour over each, and the worker do what is due on each of them. */
async function passDays(days: number): Promise<void> {
  for (let day = 0; day < days; day++) {
    program.deps.clock.advance(DAY)
    await work(program.deps)
  }
}

/** On which days after `from` something happened. */
const daysFrom = (from: number, times: readonly Date[]) => times.map((at) => Math.round((at.getTime() - from) / DAY))

async function retriesOf(order_id: string, from: number): Promise<number[]> {
  const attempts = (await attemptsOf(program.deps, order_id)).filter(({ source }) => source === 'retry')
  return daysFrom(
    from,
    attempts.map(({ created_at }) => created_at),
  )
}

async function mailsOf(backer_id: string, kind: 'payment_reminder' | 'charge_failed' | 'receipt') {
  return await program.db
    .selectFrom('messages')
    .select(['created_at', 'state', 'data'])
    .where('backer_id', '=', backer_id)
    .where('kind', '=', kind)
    .orderBy('created_at')
    .execute()
}

async function remindersOf(order: Row<'orders'>, from: number): Promise<number[]> {
  const mails = await mailsOf(order.backer_id, 'payment_reminder')
  expect(mails.map(({ state }) => state)).toEqual(mails.map(() => 'sent'))
  return daysFrom(
    from,
    mails.map(({ created_at }) => created_at),
  )
}

async function followUpOf(order_id: string): Promise<Row<'payment_follow_ups'> | undefined> {
  return await program.db.selectFrom('payment_follow_ups').selectAll().where('order_id', '=', order_id).executeTakeFirst()
}

const backerOf = (order: Row<'orders'>) => ({ kind: 'backer' as const, id: order.backer_id, campaign_id: order.campaign_id })
const keyOf = (order: Row<'orders'>) => ({ campaign_id: order.campaign_id, order_id: order.id })

async function balance(): Promise<void> {
  expect(await verifyBooks(program.db, program.deps.clock.now())).toEqual([])
}

test.each([
  ['later_insufficient_funds', [1, 4, 9, 16]],
  ['later_generic_decline', [3, 10]],
  ['later_expired_card', []],
  ['later_lost_card', []],
  ['always_asks', []],
])('40 days with %s: tried again on days %j, reminded three times, then left in peace', async (card, days) => {
  const campaign = await makeCampaign(program.deps)
  const { order, from } = await makeFailed(campaign, card)
  await passDays(40)
  expect(await retriesOf(order.id, from)).toEqual(days)
  expect(await remindersOf(order, from)).toEqual([3, 7, 14])
  const reminders = await mailsOf(order.backer_id, 'payment_reminder')
  expect(reminders.map(({ data }) => (data as { is_last: boolean }).is_last)).toEqual([false, false, true])
  // The bank said the same each time, so it was mailed once.
  expect(await mailsOf(order.backer_id, 'charge_failed')).toHaveLength(1)
  expect(await followUpOf(order.id)).toMatchObject({ retry_at: null, remind_at: null, reminders: 3 })
  const { reasons } = await findFailedPayments(program.db, campaign.id)
  expect(reasons).toMatchObject([{ orders: 1, amount: 1300, nothing_follows: 1 }])
  await balance()
})

test('the money arrives: the next automatic try takes it, once, and nothing follows', async () => {
  const campaign = await makeCampaign(program.deps)
  const { order, from } = await makeFailed(campaign, 'funds_arrive')
  await passDays(20)
  expect(await orderNow(program.deps, order.id)).toMatchObject({ status: 'paid', captured: 1300 })
  expect(await retriesOf(order.id, from)).toEqual([1])
  expect(await remindersOf(order, from)).toEqual([])
  expect(await mailsOf(order.backer_id, 'receipt')).toHaveLength(1)
  expect(await followUpOf(order.id)).toBeUndefined()
  await balance()
})

test('switched off, no card is tried; reminders leave; switched on again, it is', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const { order, from } = await makeFailed(campaign, 'later_insufficient_funds')
  const turn = (retry_failed_cards: boolean) =>
    inTransaction(deps, (tx) => changeCampaign(tx, campaign.staff, { campaign_id: campaign.id, retry_failed_cards }))
  await turn(false)
  await passDays(5)
  expect(await retriesOf(order.id, from)).toEqual([])
  expect(await remindersOf(order, from)).toEqual([3])
  expect((await findFailedPayments(program.db, campaign.id)).reasons[0]?.retries.orders).toBe(0)
  await turn(true)
  await work(deps)
  expect(await retriesOf(order.id, from)).toEqual([5])
})

test('one card of two backers is tried once a day for both together', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const [one, other] = [
    await makeLocked(deps, campaign, { card: 'later_insufficient_funds' }),
    await makeLocked(deps, campaign, { card: 'later_insufficient_funds' }),
  ]
  const from = deps.clock.now().getTime()
  await startRun(deps, campaign)
  await work(deps)
  await passDays(40)
  const tries = (await Promise.all([one, other].map(({ id }) => attemptsOf(deps, id)))).flat()
  const automatic = tries.filter(({ source }) => source === 'retry').map(({ created_at }) => created_at.getTime())
  expect(automatic.length).toBeGreaterThan(4)
  for (const at of automatic) {
    const before = tries.map(({ created_at }) => created_at.getTime()).filter((time) => time < at)
    expect(before.filter((time) => time > at - DAY)).toEqual([])
    expect(before.filter((time) => time > at - 30 * DAY).length).toBeLessThan(8)
  }
  expect(
    new Set(
      daysFrom(
        from,
        automatic.map((at) => new Date(at)),
      ),
    ).size,
  ).toBe(automatic.length)
})

test('a hold stops tries and reminders, a release lets them go on, and a cancellation ends them', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const { order, from } = await makeFailed(campaign, 'later_insufficient_funds')
  const selection = { ids: [order.id] }
  await inTransaction(deps, (tx) => holdOrders(tx, campaign.staff, { campaign_id: campaign.id, selection, reason: 'A dispute' }))
  await passDays(5)
  expect(await retriesOf(order.id, from)).toEqual([])
  expect(await remindersOf(order, from)).toEqual([])
  await inTransaction(deps, (tx) => releaseOrders(tx, campaign.staff, { campaign_id: campaign.id, selection, reason: 'Settled' }))
  await passDays(2)
  expect((await retriesOf(order.id, from)).length).toBe(1)
  expect((await remindersOf(order, from)).length).toBe(1)
  await inTransaction(deps, (tx) =>
    transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'cancel', selection, reason: 'Asked for it' }),
  )
  await passDays(20)
  expect((await retriesOf(order.id, from)).length).toBe(1)
  expect((await remindersOf(order, from)).length).toBe(1)
  expect(await followUpOf(order.id)).toBeUndefined()
})

test('another card ends the series, and its own decline begins a new one', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const { order, from } = await makeFailed(campaign, 'later_lost_card')
  await passDays(7)
  expect(await remindersOf(order, from)).toEqual([3, 7])
  await putCard(deps, campaign, order.backer_id, 'later_generic_decline')
  await work(deps)
  expect(await followUpOf(order.id)).toMatchObject({ reminders: 0 })
  await passDays(4)
  expect(await retriesOf(order.id, from)).toEqual([10])
  expect(await remindersOf(order, from)).toEqual([3, 7, 10])
  await putCard(deps, campaign, order.backer_id, 'visa')
  await work(deps)
  expect((await orderNow(deps, order.id)).status).toBe('paid')
  expect(await followUpOf(order.id)).toBeUndefined()
})

test('a day that the backer named: silence until its morning, one reminder then, and a try the day after', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const { order, from } = await makeFailed(campaign, 'later_insufficient_funds')
  const day = new Date(from + 10 * DAY).toISOString().slice(0, 10)
  const name = (date: string | null) => inTransaction(deps, (tx) => remindOn(tx, backerOf(order), { ...keyOf(order), date }))
  await name(day)
  expect(await followUpOf(order.id)).toMatchObject({ remind_on: day })
  await passDays(9)
  expect(await retriesOf(order.id, from)).toEqual([])
  expect(await remindersOf(order, from)).toEqual([])
  await passDays(1)
  const [mail] = await mailsOf(order.backer_id, 'payment_reminder')
  expect(mail?.data).toMatchObject({ day })
  expect(await followUpOf(order.id)).toMatchObject({ remind_on: null, reminders: 1 })
  await passDays(1)
  expect(await retriesOf(order.id, from)).toEqual([11])
  // Changed and taken back, the series goes on where it was.
  await name(new Date(from + 30 * DAY).toISOString().slice(0, 10))
  await name(null)
  const after = await followUpOf(order.id)
  expect(daysFrom(from, [after?.remind_at ?? new Date(0)])).toEqual([15])
  expect(after).toMatchObject({ remind_on: null })
})

test('a day is refused that is not ahead, too far ahead, or of an order that owes nothing by card', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const { order, from } = await makeFailed(campaign, 'later_expired_card')
  const name = (date: string, actor = backerOf(order)) =>
    inTransaction(deps, (tx) => remindOn(tx, actor, { ...keyOf(order), date }))
  const on = (days: number) => new Date(from + days * DAY).toISOString().slice(0, 10)
  await expect(name(on(0))).rejects.toMatchObject({ code: 'remind_on_range' })
  await expect(name(on(31))).rejects.toMatchObject({ code: 'remind_on_range' })
  await expect(name('2026-13-45')).rejects.toMatchObject({ code: 'remind_on_range' })
  await expect(name(on(3), { ...backerOf(order), id: campaign.id })).rejects.toMatchObject({ status: 404 })
  await name(on(30))
  await putCard(deps, campaign, order.backer_id, 'visa')
  await work(deps)
  await expect(name(on(3))).rejects.toMatchObject({ code: 'wrong_status' })
})

test('staff remind now: once a day, not who named a day, and it counts as one of the series', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const { order, from } = await makeFailed(campaign, 'later_lost_card')
  const { order: named } = await makeFailed(campaign, 'later_stolen_card')
  const day = new Date(from + 20 * DAY).toISOString().slice(0, 10)
  await inTransaction(deps, (tx) => remindOn(tx, campaign.staff, { ...keyOf(named), date: day }))
  const input = { campaign_id: campaign.id, selection: { filter: {} } }
  const preview = () => previewRemindNow(deps.db, campaign.staff, input, deps.clock.now())
  expect(await preview()).toMatchObject({
    moved: 0,
    left: expect.arrayContaining([expect.objectContaining({ code: 'mailed_today', count: 1 })]),
  })
  await passDays(2)
  expect(await preview()).toMatchObject({ total: 2, moved: 1, left: [{ code: 'day_named', count: 1 }] })
  const asked = await inTransaction(deps, (tx) => remindNow(tx, campaign.staff, { ...input, smtp: false }))
  expect(asked).toMatchObject({ moved: 1 })
  await work(deps)
  expect(await remindersOf(order, from)).toEqual([2])
  expect(await preview()).toMatchObject({ moved: 0 })
  await passDays(20)
  expect(await remindersOf(order, from)).toEqual([2, 6, 13])
  expect(await remindersOf(named, from)).toEqual([20])
})

test('what the backer owed before and owes again later is a series of its own', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const { order, from } = await makeFailed(campaign, 'later_lost_card')
  await passDays(8)
  expect(await followUpOf(order.id)).toMatchObject({ reminders: 2 })
  const selection = { ids: [order.id] }
  for (const name of ['unlock', 'lock'] as const) {
    await inTransaction(deps, (tx) => transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name, selection }))
  }
  await putCard(deps, campaign, order.backer_id, 'later_generic_decline')
  await startRun(deps, campaign)
  await work(deps)
  expect(await followUpOf(order.id)).toMatchObject({ reminders: 0 })
  expect(await remindersOf(order, from)).toEqual([3, 7])
})

test('a backer who tries the same card again is not reminded the day after', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const { order, from } = await makeFailed(campaign, 'later_generic_decline')
  deps.clock.advance(2.5 * DAY)
  await inTransaction(deps, (tx) => startCharge(tx, backerOf(order), keyOf(order)))
  await work(deps)
  expect(daysFrom(from, [(await followUpOf(order.id))?.remind_at ?? new Date(0)])).toEqual([6])
})
