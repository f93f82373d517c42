import { expect, test } from 'vitest'
import { makeCampaign, type TestCampaign } from '../../../test/factories/campaign.ts'
import { makeLocked, orderNow, startRun, work } from '../../../test/factories/charging.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import { listEvents } from '../orders/timeline.ts'
import { transitionOrders } from '../orders/transition-orders.ts'
import { bookOnOrder } from '../refunds/book-on-order.ts'
import { GATEWAY } from '../shared/actor.ts'
import { inTransaction } from '../shared/tx.ts'
import { verifyBooks } from '../verify.ts'
import { decideDiscrepancies } from './decide.ts'
import { DECISIONS, RESOLUTIONS, type Resolution } from './decisions.ts'
import { DISCREPANCY_KINDS, type DiscrepancyKind } from './kinds.ts'
import { countDiscrepancies, findDiscrepancy, listDiscrepancies } from './list.ts'
import { reportDiscrepancies } from './report-discrepancies.ts'

/* What staff decide about, as the gateway's reports leave it: booked outside the balance, the order held. */

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '800', CHARGES_PER_SECOND: '200' } })

async function makePaid(campaign: TestCampaign) {
  const order = await makeLocked(program.deps, campaign)
  await startRun(program.deps, campaign, { selection: { ids: [order.id] } })
  await work(program.deps)
  return await orderNow(program.deps, order.id)
}

/** The gateway reports something of an order, as the sweep and the webhooks book it. */
async function report(campaign: TestCampaign, order_id: string, kind: DiscrepancyKind, subject: string, amount = 1300) {
  const { deps } = program
  await inTransaction(deps, async (tx) => {
    const order = await tx.db.selectFrom('orders').selectAll().where('id', '=', order_id).forUpdate().executeTakeFirstOrThrow()
    const gone = kind === 'refunded_elsewhere' || kind === 'dispute_lost'
    await bookOnOrder(tx, GATEWAY, order, {
      kind: gone ? 'refunded_elsewhere' : 'disputed',
      ledger: gone ? { card: -amount, at_gateway: amount } : {},
      ledger_reason: 'refunded_elsewhere',
      refunded: gone ? amount : 0,
      currency: 'USD',
      hold: 'put',
    })
    await reportDiscrepancies(tx, [{ campaign_id: campaign.id, order_id, kind, subject, amount, currency: 'USD' }])
  })
  const { data } = await listDiscrepancies(deps.db, campaign.id, { order_id, state: 'open', limit: 200 })
  return data.find((one) => one.subject === subject)?.id ?? ''
}

const decide = (campaign: TestCampaign, ids: string[], resolution: Resolution, reason = 'As agreed') =>
  inTransaction(program.deps, (tx) =>
    decideDiscrepancies(tx, campaign.staff, { campaign_id: campaign.id, ids, resolution, reason }),
  )

/** The seeded reports have no refund at the gateway behind them, which the last of these rules asks for. */
async function expectBooks(): Promise<void> {
  const found = await verifyBooks(program.db, program.deps.clock.now())
  expect(found.filter(({ rule }) => !/refund/.test(rule))).toEqual([])
}

const atGateway = async (order_id: string) => {
  const rows = await program.db
    .selectFrom('ledger_entries')
    .select((eb) => ['account', eb.fn.sum<string>('amount').as('amount')])
    .where('order_id', '=', order_id)
    .groupBy('account')
    .execute()
  return Object.fromEntries(rows.map(({ account, amount }) => [account, Number(amount)]))
}

test('asked again: a paid order owes it, is locked, mailed and released, with one event', async () => {
  const campaign = await makeCampaign(program.deps)
  const order = await makePaid(campaign)
  const id = await report(campaign, order.id, 'refunded_elsewhere', 're_1')
  expect(await orderNow(program.deps, order.id)).toMatchObject({ status: 'paid', hold_reason: 'discrepancy', balance_due: 0 })
  expect(await countDiscrepancies(program.db, campaign.id)).toEqual({
    open: 1,
    kinds: [{ kind: 'refunded_elsewhere', count: 1 }],
  })
  expect(await decide(campaign, [id], 'ask_again')).toEqual({ settled: 1, left: [] })
  expect(await orderNow(program.deps, order.id)).toMatchObject({
    status: 'locked',
    balance_due: 1300,
    hold_reason: null,
    held_at: null,
  })
  expect(await atGateway(order.id)).toMatchObject({ at_gateway: 0, owed: 1300 })
  expect(await findDiscrepancy(program.db, campaign.id, id)).toMatchObject({
    ...{ state: 'settled', resolution: 'ask_again', reason: 'As agreed', decisions: [] },
  })
  const mails = await program.db.selectFrom('messages').select('kind').where('backer_id', '=', order.backer_id).execute()
  expect(mails.filter(({ kind }) => kind === 'owe_again')).toHaveLength(1)
  const events = await listEvents(program.db, { campaign_id: campaign.id, order_id: order.id }, { limit: 50 })
  expect(events.data.filter(({ kind }) => kind === 'discrepancy_settled')).toMatchObject([
    { code: 'ask_again', reason: 'As agreed' },
  ])
  await expectBooks()
})

test('settled outside: the balance stays, and the hold ends with the last open one', async () => {
  const campaign = await makeCampaign(program.deps)
  const order = await makePaid(campaign)
  const first = await report(campaign, order.id, 'refunded_elsewhere', 're_2', 300)
  const second = await report(campaign, order.id, 'dispute_lost', 'dp_2', 500)
  await decide(campaign, [first], 'settle')
  expect(await orderNow(program.deps, order.id)).toMatchObject({ status: 'paid', balance_due: 0, hold_reason: 'discrepancy' })
  await decide(campaign, [second], 'settle')
  expect(await orderNow(program.deps, order.id)).toMatchObject({ status: 'paid', balance_due: 0, hold_reason: null })
  expect(await atGateway(order.id)).toMatchObject({ at_gateway: 0, settled_outside: 800 })
  await expectBooks()
})

test("a hold that is staff's own stays", async () => {
  const campaign = await makeCampaign(program.deps)
  const order = await makePaid(campaign)
  await program.db.updateTable('orders').set({ hold_reason: 'staff', held_at: new Date() }).where('id', '=', order.id).execute()
  const id = await report(campaign, order.id, 'disputed', 'dp_3')
  await decide(campaign, [id], 'noted')
  expect((await orderNow(program.deps, order.id)).hold_reason).toBe('staff')
})

test('each is decided once, also when two decide at the same moment', async () => {
  const campaign = await makeCampaign(program.deps)
  const order = await makePaid(campaign)
  const id = await report(campaign, order.id, 'refunded_elsewhere', 're_4')
  const answers = await Promise.all([decide(campaign, [id], 'ask_again'), decide(campaign, [id], 'ask_again')])
  expect(answers.map(({ settled }) => settled).sort((a, b) => a - b)).toEqual([0, 1])
  expect(answers.flatMap(({ left }) => left)).toEqual([{ code: 'already_decided', count: 1, sample_ids: [id] }])
  expect((await orderNow(program.deps, order.id)).balance_due).toBe(1300)
})

test('an order that is final, or canceled, cannot owe; several are decided at once, and those that cannot stay open', async () => {
  const campaign = await makeCampaign(program.deps)
  const ready = await makePaid(campaign)
  const paid = await makePaid(campaign)
  const finalize = { campaign_id: campaign.id, name: 'finalize_address' as const, selection: { ids: [ready.id] } }
  await inTransaction(program.deps, (tx) => transitionOrders(tx, campaign.staff, finalize))
  const ids = [await report(campaign, ready.id, 'dispute_lost', 'dp_5'), await report(campaign, paid.id, 'dispute_lost', 'dp_6')]
  expect(await decide(campaign, ids, 'ask_again')).toEqual({
    settled: 1,
    left: [{ code: 'reopen_first', count: 1, sample_ids: [ids[0]] }],
  })
  expect((await orderNow(program.deps, ready.id)).status).toBe('ready_to_ship')
  expect((await findDiscrepancy(program.db, campaign.id, ids[0] ?? '')).state).toBe('open')
  expect(await decide(campaign, ids.slice(0, 1), 'settle')).toEqual({ settled: 1, left: [] })
  await expectBooks()
})

test('a decision that does not fit is left out, no reason is refused, and a stranger finds nothing', async () => {
  const campaign = await makeCampaign(program.deps)
  const other = await makeCampaign(program.deps)
  const order = await makePaid(campaign)
  const id = await report(campaign, order.id, 'disputed', 'dp_7')
  expect(await decide(campaign, [id], 'ask_again')).toMatchObject({ settled: 0, left: [{ code: 'decision_unfit' }] })
  await expect(decide(campaign, [id], 'noted', ' ')).rejects.toMatchObject({ code: 'reason_missing' })
  await expect(decide(other, [id], 'noted')).rejects.toMatchObject({ code: 'not_found' })
  await expect(findDiscrepancy(program.db, other.id, id)).rejects.toMatchObject({ code: 'not_found' })
})

test('money for an order that the books do not know is noted, with an event of the campaign', async () => {
  const campaign = await makeCampaign(program.deps)
  await inTransaction(program.deps, (tx) =>
    reportDiscrepancies(tx, [
      { campaign_id: campaign.id, order_id: null, kind: 'paid_unknown_order', subject: 'pi_8', amount: 900, currency: 'USD' },
    ]),
  )
  const [found] = (await listDiscrepancies(program.db, campaign.id, { state: 'open' })).data
  expect(found).toMatchObject({ order: null, backer: null, decisions: ['noted'] })
  expect(await decide(campaign, [found?.id ?? ''], 'noted')).toEqual({ settled: 1, left: [] })
  const events = await program.db
    .selectFrom('events')
    .select(['kind', 'order_id'])
    .where('campaign_id', '=', campaign.id)
    .execute()
  expect(events.filter(({ kind }) => kind === 'discrepancy_settled')).toEqual([{ kind: 'discrepancy_settled', order_id: null }])
})

test('every kind has a decision, and every decision a kind', () => {
  expect(DISCREPANCY_KINDS.filter((kind) => DECISIONS[kind].length === 0)).toEqual([])
  const used = new Set(Object.values(DECISIONS).flat())
  expect(RESOLUTIONS.filter((one) => !used.has(one))).toEqual([])
})
