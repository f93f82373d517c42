import { expect, test } from 'vitest'
import { berlin, makeBacker, makeCampaign, makeOrder, type TestCampaign } from '../../../test/factories/campaign.ts'
import { attemptsOf, makeLocked, orderNow, startRun, takenFor, work } from '../../../test/factories/charging.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import { changeAddress, previewAddress } from '../orders/change-address.ts'
import { transitionOrders } from '../orders/transition-orders.ts'
import { findOutages } from '../shared/find-outages.ts'
import { inTransaction } from '../shared/tx.ts'
import { verifyBooks } from '../verify.ts'
import { previewChargeRun } from './charge-run-preview.ts'
import { findChargeRun, listRunOrders } from './charge-run-queries.ts'
import { pauseChargeRun, resumeChargeRun, startChargeRun, stopChargeRun } from './charge-runs.ts'
import { startCharge } from './start-charge.ts'
import { previewWaive, waiveSmallBalances } from './waive-small-balances.ts'

/* Against the real simulator over HTTP; its ledger says what was taken. */

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '800', CHARGES_PER_SECOND: '200' } })
const all = { filter: {} }

async function mailsTo(backer_id: string): Promise<string[]> {
  const rows = await program.db
    .selectFrom('messages')
    .select('kind')
    .where('backer_id', '=', backer_id)
    .orderBy('created_at')
    .execute()
  return rows.map(({ kind }) => kind)
}

async function balance(): Promise<void> {
  expect(await verifyBooks(program.db, program.deps.clock.now())).toEqual([])
}

test('a run charges what can be charged, pays what owes nothing, fails what declines, and tells who was left out', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const good = await makeLocked(deps, campaign)
  const declined = await makeLocked(deps, campaign, { card: 'later_insufficient_funds' })
  const free = await makeLocked(deps, campaign, { owed: 0, card: null })
  const tiny = await makeLocked(deps, campaign, { owed: 30 })
  const input = { campaign_id: campaign.id, selection: all, retry_errored: false }
  const preview = await previewChargeRun(deps.db, campaign.staff, input, deps.clock.now())
  expect(preview).toMatchObject({
    total: 4,
    charge: { orders: 2, amount: 2600 },
    nothing_owed: 1,
    below_minimum: { orders: 1, amount: 30 },
  })
  expect(preview.left).toMatchObject([{ code: 'below_minimum', count: 1, sample_ids: [tiny.id] }])

  const run = await startRun(deps, campaign)
  await work(deps)
  const shown = await findChargeRun(deps.db, campaign.id, run.id, deps.clock.now())
  expect(shown).toMatchObject({
    state: 'done',
    orders: { succeeded: 1, declined: 1, nothing_owed: 1, left_out: 1, waiting: 0, charging: 0, unknown: 0 },
    amounts: { succeeded: 1300, declined: 1300 },
    failures: [{ outcome: 'declined', code: 'insufficient_funds', count: 1, amount: 1300 }],
    left: [{ code: 'below_minimum', count: 1 }],
  })
  expect(await orderNow(deps, good.id)).toMatchObject({ status: 'paid', balance_due: 0, captured: 1300 })
  expect(await orderNow(deps, declined.id)).toMatchObject({ status: 'errored', balance_due: 1300, captured: 0 })
  expect(await orderNow(deps, free.id)).toMatchObject({ status: 'paid', captured: 0 })
  expect(await orderNow(deps, tiny.id)).toMatchObject({ status: 'locked', balance_due: 30 })
  expect(takenFor(simulator.ledger(), good.id)).toEqual([1300])
  expect(simulator.ledger()).toHaveLength(1)
  expect(await mailsTo(good.backer_id)).toContain('receipt')
  expect(await mailsTo(declined.backer_id)).toContain('charge_failed')
  await balance()
})

test('a second run tries failed cards only where staff say so, and never one that was refused for good', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const later = await makeLocked(deps, campaign, { card: 'funds_arrive' })
  const lost = await makeLocked(deps, campaign, { card: 'later_lost_card' })
  await startRun(deps, campaign)
  await work(deps)
  expect((await orderNow(deps, later.id)).status).toBe('errored')
  await expect(startRun(deps, campaign)).rejects.toMatchObject({ code: 'nothing_to_do' })
  const run = await startRun(deps, campaign, { retry_errored: true })
  await work(deps)
  expect((await orderNow(deps, later.id)).status).toBe('paid')
  expect(await attemptsOf(deps, later.id)).toMatchObject([
    { number: 1, state: 'declined', decline_class: 'soft' },
    { number: 2, state: 'succeeded' },
  ])
  const { data } = await listRunOrders(deps.db, { campaign_id: campaign.id, run_id: run.id }, { states: ['left_out'] })
  expect(data).toMatchObject([{ order: { id: lost.id }, code: 'card_hard_declined' }])
  expect(takenFor(simulator.ledger(), later.id)).toEqual([1300])
  expect(takenFor(simulator.ledger(), lost.id)).toEqual([])
  await balance()
})

test('an answer that never came is unknown, blocks every other charge, and is settled by listing: the money counts once', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const order = await makeLocked(deps, campaign, { card: 'times_out_and_pays' })
  const dropped = await makeLocked(deps, campaign, { card: 'times_out_first' })
  const run = await startRun(deps, campaign)
  await work(deps)
  expect(takenFor(simulator.ledger(), order.id)).toEqual([1300])
  expect(takenFor(simulator.ledger(), dropped.id)).toEqual([])
  expect(await attemptsOf(deps, order.id)).toMatchObject([{ state: 'unknown' }])
  expect(await findChargeRun(deps.db, campaign.id, run.id, deps.clock.now())).toMatchObject({
    state: 'running',
    orders: { unknown: 2, declined: 0, refused: 0 },
    ends_at: null,
  })
  const here = { campaign: { id: campaign.id, mode: 'test' as const }, smtp: true }
  expect(await findOutages(deps.db, here, deps.clock.now())).toEqual([])
  const later = new Date(deps.clock.now().getTime() + 5 * 60_000)
  expect(await findOutages(deps.db, here, later)).toMatchObject([{ code: 'gateway_silent', charges: 2 }])
  const unlock = await inTransaction(deps, (tx) =>
    transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'unlock', selection: { ids: [order.id] } }),
  )
  expect(unlock).toMatchObject({ moved: 0, left: [{ code: 'charge_in_progress' }] })

  deps.clock.advance(60_000)
  await work(deps)
  expect(await orderNow(deps, order.id)).toMatchObject({ status: 'paid', captured: 1300 })
  expect(await orderNow(deps, dropped.id)).toMatchObject({ status: 'paid', captured: 1300 })
  expect(takenFor(simulator.ledger(), order.id)).toEqual([1300])
  expect(takenFor(simulator.ledger(), dropped.id)).toEqual([1300])
  expect(await attemptsOf(deps, dropped.id)).toMatchObject([{ number: 1, state: 'succeeded', sendings: 2 }])
  expect((await findChargeRun(deps.db, campaign.id, run.id, deps.clock.now())).state).toBe('done')
  await balance()
})

test('keys that the gateway refuses pause the run; nobody is charged or mailed until it goes on', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const orders = [await makeLocked(deps, campaign), await makeLocked(deps, campaign), await makeLocked(deps, campaign)]
  simulator.knobs({ next: [401, 401, 401] })
  const run = await startRun(deps, campaign)
  await work(deps)
  simulator.knobs({ next: [] })
  expect(await findChargeRun(deps.db, campaign.id, run.id, deps.clock.now())).toMatchObject({
    state: 'paused',
    pause_code: 'gateway_refused_keys',
    orders: { waiting: 3, refused: 0 },
  })
  for (const order of orders) {
    expect(await orderNow(deps, order.id)).toMatchObject({ status: 'locked', captured: 0 })
    expect(await mailsTo(order.backer_id)).not.toContain('charge_failed')
  }
  await expect(startRun(deps, campaign)).rejects.toMatchObject({ code: 'charge_run_under_way' })
  await inTransaction(deps, (tx) => resumeChargeRun(tx, campaign.staff, { campaign_id: campaign.id, run_id: run.id }))
  await work(deps)
  for (const order of orders) expect(takenFor(simulator.ledger(), order.id)).toEqual([1300])
  await balance()
})

test('a gateway that says it is too many at once is asked at half the pace, and everybody is charged once all the same', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const orders = [await makeLocked(deps, campaign), await makeLocked(deps, campaign)]
  simulator.knobs({ next: [429, 429] })
  const run = await startRun(deps, campaign)
  await work(deps)
  const shown = await findChargeRun(deps.db, campaign.id, run.id, deps.clock.now())
  expect(shown.pace).toBeLessThanOrEqual(run.pace / 2)
  expect(shown.orders).toMatchObject({ unknown: 2, declined: 0, refused: 0 })
  deps.clock.advance(60_000)
  await work(deps)
  for (const order of orders) expect(takenFor(simulator.ledger(), order.id)).toEqual([1300])
  await balance()
})

test('what is owed again after a move is charged as the difference, and a cheaper address leaves credit', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const order = await makeLocked(deps, campaign)
  await startRun(deps, campaign)
  await work(deps)
  await setFee(campaign, 1_700)
  await moveTo(campaign, order.id, vienna)
  expect(await orderNow(deps, order.id)).toMatchObject({ status: 'locked', balance_due: 500, captured: 1300 })
  expect(await mailsTo(order.backer_id)).toContain('owe_again')
  await startRun(deps, campaign)
  await work(deps)
  expect(takenFor(simulator.ledger(), order.id)).toEqual([1300, 500])
  await setFee(campaign, 900)
  await moveTo(campaign, order.id, berlin)
  expect(await orderNow(deps, order.id)).toMatchObject({ status: 'paid', captured: 1800 })
  expect((await orderNow(deps, order.id)).balance_due).toBeLessThan(0)
  await balance()
})

async function setFee(campaign: TestCampaign, fee: number): Promise<void> {
  await program.db.updateTable('level_shipping_fees').set({ fee }).where('campaign_id', '=', campaign.id).execute()
}

const vienna = { ...berlin, line1: 'Ring 1', city: 'Wien', postcode: '1010', country: 'AT' }

async function moveTo(campaign: TestCampaign, order_id: string, address: typeof berlin): Promise<void> {
  const key = { campaign_id: campaign.id, order_id, address: address as never }
  const { balance_after } = await previewAddress(program.db, campaign.staff, key)
  await inTransaction(program.deps, (tx) => changeAddress(tx, campaign.staff, { ...key, agreed_balance: balance_after }))
}

test('a run can be paused, resumed and stopped; what waits stays as it is', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const order = await makeLocked(deps, campaign)
  const run = await startRun(deps, campaign)
  const key = { campaign_id: campaign.id, run_id: run.id }
  await inTransaction(deps, (tx) => pauseChargeRun(tx, campaign.staff, key))
  await work(deps)
  expect((await orderNow(deps, order.id)).status).toBe('locked')
  await inTransaction(deps, (tx) => resumeChargeRun(tx, campaign.staff, key))
  await inTransaction(deps, (tx) => stopChargeRun(tx, campaign.staff, key))
  await work(deps)
  expect((await orderNow(deps, order.id)).status).toBe('locked')
  expect(await findChargeRun(deps.db, campaign.id, run.id, deps.clock.now())).toMatchObject({
    state: 'stopped',
    left: [{ code: 'run_stopped', count: 1 }],
  })
  await expect(inTransaction(deps, (tx) => resumeChargeRun(tx, campaign.staff, key))).rejects.toMatchObject({
    code: 'charge_run_state',
  })
  await balance()
})

test('the run starts for what was looked at, or not at all', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  await makeLocked(deps, campaign)
  const input = { campaign_id: campaign.id, selection: all, retry_errored: false, expected: { orders: 2, amount: 2600 } }
  await expect(inTransaction(deps, (tx) => startChargeRun(tx, campaign.staff, input))).rejects.toMatchObject({
    code: 'preview_changed',
    details: { now: { orders: 1, amount: 1300 } },
  })
  expect(await deps.db.selectFrom('charge_runs').select('id').where('campaign_id', '=', campaign.id).execute()).toEqual([])
})

test('a backer tries the same card again: once an hour, and never while a charge is under way', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const order = await makeLocked(deps, campaign, { card: 'later_do_not_honor' })
  const key = { campaign_id: campaign.id, order_id: order.id }
  const backer = { kind: 'backer' as const, id: order.backer_id, campaign_id: campaign.id }
  const tryAgain = () => inTransaction(deps, (tx) => startCharge(tx, backer, key))
  await expect(tryAgain()).rejects.toMatchObject({ code: 'wrong_status' })
  await startRun(deps, campaign)
  await work(deps)
  await tryAgain()
  await expect(tryAgain()).rejects.toMatchObject({ code: 'charge_in_progress' })
  await work(deps)
  await expect(tryAgain()).rejects.toMatchObject({ code: 'card_too_soon' })
  deps.clock.advance(61 * 60_000)
  await tryAgain()
  await work(deps)
  deps.clock.advance(61 * 60_000)
  // The run's own try and two of the backer's: three a day on one card.
  await expect(tryAgain()).rejects.toMatchObject({ code: 'card_too_soon' })
  deps.clock.advance(24 * 3_600_000)
  await tryAgain()
  await work(deps)
  expect(takenFor(simulator.ledger(), order.id)).toEqual([])
  expect(await attemptsOf(deps, order.id)).toHaveLength(4)
  await balance()
})

test('balances that no card can be charged are waived in one step, and paid', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const tiny = await makeLocked(deps, campaign, { owed: 30 })
  const other = await makeLocked(deps, campaign, { owed: 50 })
  const input = { campaign_id: campaign.id, selection: all }
  expect(await previewWaive(deps.db, campaign.staff, input)).toEqual({ orders: 1, amount: 30 })
  const answer = await inTransaction(deps, (tx) =>
    waiveSmallBalances(tx, campaign.staff, { ...input, reason: 'Not worth a charge.' }),
  )
  expect(answer).toMatchObject({ moved: 1, amount: 30 })
  expect(await orderNow(deps, tiny.id)).toMatchObject({ status: 'paid', balance_due: 0 })
  expect((await orderNow(deps, other.id)).status).toBe('locked')
  await balance()
})

test('an order without a card on file, on hold or of another campaign is left where it is', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const stranger = await makeCampaign(deps)
  const theirs = await makeLocked(deps, stranger)
  const order = await makeLocked(deps, campaign)
  const open = await makeOrder(deps, campaign, await makeBacker(deps, campaign))
  await expect(startRun(deps, campaign, { selection: { ids: [theirs.id] } })).rejects.toMatchObject({ code: 'nothing_to_do' })
  await startRun(deps, campaign, { selection: { ids: [order.id, open.id, theirs.id] } })
  await work(deps)
  expect(takenFor(simulator.ledger(), theirs.id)).toEqual([])
  expect((await orderNow(deps, order.id)).status).toBe('paid')
  expect((await orderNow(deps, open.id)).status).toBe('open')
  await balance()
})
