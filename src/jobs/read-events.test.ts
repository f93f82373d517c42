import { afterEach, expect, test } from 'vitest'
import { makeBacker, makeCampaign, type TestCampaign } from '../../test/factories/campaign.ts'
import { closedTab, eventsOf, methodsOf, sessionsOf } from '../../test/factories/cards.ts'
import { attemptsOf, makeLocked, orderNow, startRun, takenFor, work } from '../../test/factories/charging.ts'
import { discrepanciesOf, makeCharged } from '../../test/factories/refunds.ts'
import { useTestProgram } from '../../test/setup/deps.ts'
import { clientOf } from '../../test/setup/simulator-client.ts'
import { storeEvent } from '../domain/gateway-events/store-event.ts'
import { takeEvents } from '../domain/gateway-events/take-events.ts'
import type { Gateway } from '../domain/payments/gateway.ts'
import { findOutages } from '../domain/shared/find-outages.ts'
import { verifyBooks } from '../domain/verify.ts'
import { checkHealth } from '../health.server.ts'
import { createLog } from '../log.server.ts'
import { eventReader } from './read-events.ts'

/* What the gateway tells is acted on as the gateway says it now, whatever the event said. */

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '800', CHARGES_PER_SECOND: '200' } })
const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
let told = 0

/** Stores an event about an object, as the door does; answers its id. */
async function tell(type: string, kind: string, object_id: string): Promise<string> {
  told += 1
  const event = { id: `evt_${told}`, type, object: { kind, id: object_id } }
  await storeEvent(program.db, event, program.deps.clock.now())
  return event.id
}

const read = (gateway: Partial<Gateway> = {}, log = program.deps.log) =>
  eventReader({ ...program.deps, log, gateway: { ...program.deps.gateway, ...gateway } }, () => false)()

const eventNow = (id: string) =>
  program.db.selectFrom('gateway_events').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

const nobody = async (): Promise<never> => {
  throw new Error('nobody was to ask')
}

afterEach(async () => {
  program.simulator.knobs({ is_down: false, next: [] })
  expect(await verifyBooks(program.db, program.deps.clock.now())).toEqual([])
  await program.db.deleteFrom('gateway_events').execute()
})

/** An order whose charge was taken, and whose answer never came. */
async function makeUnanswered(campaign: TestCampaign): Promise<{ id: string; payment: string }> {
  const { deps, simulator } = program
  const { id } = await makeLocked(deps, campaign)
  simulator.knobs({ next: ['cut_after'] })
  await startRun(deps, campaign)
  await work(deps)
  const taken = simulator.ledger().find(({ metadata }) => metadata.afterfund_order === id)
  expect((await attemptsOf(deps, id))[0]?.state).toBe('unknown')
  return { id, payment: String(taken?.payment_intent) }
}

test('a payment whose answer never came is booked once, though its event comes in three kinds and wrong order', async () => {
  const { deps, simulator } = program
  const { id, payment } = await makeUnanswered(await makeCampaign(deps))
  for (const type of ['succeeded', 'payment_failed', 'processing'])
    await tell(`payment_intent.${type}`, 'payment_intent', payment)
  // Its own answer could still be on its way.
  expect(await read()).toBe(0)
  deps.clock.advance(11 * SECOND)
  expect(await read()).toBe(3)
  expect(await orderNow(deps, id)).toMatchObject({ status: 'paid', balance_due: 0, captured: 1300 })
  await tell('payment_intent.succeeded', 'payment_intent', payment)
  deps.clock.advance(11 * SECOND)
  await read()
  expect(await orderNow(deps, id)).toMatchObject({ captured: 1300 })
  expect(takenFor(simulator.ledger(), id)).toEqual([1300])
})

test('what the books know already costs no call', async () => {
  const { deps } = program
  const { payment } = await makeCharged(deps, await makeCampaign(deps))
  const events = await Promise.all(
    ['payment_intent.succeeded', 'payment_intent.processing'].map((type) => tell(type, 'payment_intent', payment)),
  )
  deps.clock.advance(11 * SECOND)
  expect(await read({ readPayment: nobody })).toBe(2)
  for (const id of events) expect(await eventNow(id)).toMatchObject({ state: 'done', code: 'known' })
})

test('a refund made elsewhere and a dispute are booked and told, from one reading each', async () => {
  const { deps, simulator } = program
  const stripe = clientOf(simulator)
  const campaign = await makeCampaign(deps)
  const refunded = await makeCharged(deps, campaign)
  const refund = await stripe.refunds.create({ payment_intent: refunded.payment, amount: 400 })
  for (const type of ['refund.created', 'charge.refunded', 'refund.updated']) await tell(type, 'payment_intent', refunded.payment)
  let lists = 0
  const listRefunds = (payment: string) => {
    lists += 1
    return deps.gateway.listRefunds(payment)
  }
  expect(await read({ listRefunds })).toBe(3)
  expect(lists).toBe(1)
  expect(await orderNow(deps, refunded.id)).toMatchObject({ refunded: 400 })
  expect(await discrepanciesOf(deps, refunded.id)).toMatchObject([{ kind: 'refunded_elsewhere', subject: refund.id }])

  const disputed = await makeCharged(deps, campaign, { card: 'disputed' })
  const [dispute] = (await stripe.disputes.list({ payment_intent: disputed.payment })).data
  for (const type of ['charge.dispute.funds_withdrawn', 'charge.dispute.created'])
    await tell(type, 'dispute', String(dispute?.id))
  expect(await read()).toBe(2)
  expect(await discrepanciesOf(deps, disputed.id)).toMatchObject([{ kind: 'disputed', subject: dispute?.id }])
})

test('a refund of a payment that the books do not have brings the payment along', async () => {
  const { deps, simulator } = program
  const { id, payment } = await makeUnanswered(await makeCampaign(deps))
  await clientOf(simulator).refunds.create({ payment_intent: payment, amount: 300 })
  await tell('charge.refunded', 'payment_intent', payment)
  expect(await read()).toBe(1)
  expect(await orderNow(deps, id)).toMatchObject({ captured: 1300, refunded: 300 })
})

test('a renewed card is known by its new number; one that was taken away cannot be charged', async () => {
  const { deps, simulator } = program
  const { backer_id } = await makeLocked(deps, await makeCampaign(deps))
  const card = String((await methodsOf(deps, backer_id))[0]?.gateway_id)
  simulator.renewCard(card)
  for (let n = 0; n < 2; n++) {
    await tell('payment_method.automatically_updated', 'payment_method', card)
    expect(await read()).toBe(1)
  }
  expect(await methodsOf(deps, backer_id)).toMatchObject([{ last4: '4243', exp_year: 2036, state: 'usable' }])
  await clientOf(simulator).paymentMethods.detach(card)
  await tell('payment_method.detached', 'payment_method', card)
  await tell('payment_method.automatically_updated', 'payment_method', card)
  expect(await read()).toBe(2)
  expect(await methodsOf(deps, backer_id)).toMatchObject([{ state: 'detached' }])
  const kinds = (await eventsOf(deps, backer_id)).map(({ kind }) => kind).filter((kind) => /^card_(renewed|detached)$/.test(kind))
  expect(kinds).toEqual(['card_renewed', 'card_detached'])
})

test.each(['setup', 'session'] as const)('a card of a closed tab is saved by the event of its %s', async (by) => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const backer = await makeBacker(deps, campaign)
  const session = await closedTab(deps, campaign, backer.id)
  const { setup_intent } = await clientOf(simulator).checkout.sessions.retrieve(session)
  if (by === 'setup') await tell('setup_intent.succeeded', 'setup_intent', String(setup_intent))
  else await tell('checkout.session.completed', 'checkout.session', session)
  expect(await read()).toBe(1)
  expect(await methodsOf(deps, backer.id)).toHaveLength(1)
  expect(await sessionsOf(deps, backer.id)).toMatchObject([{ state: 'complete' }])
})

test('what is not ours, is unknown, or of no kind that we read, is done', async () => {
  const stranger = await clientOf(program.simulator).customers.create({})
  const card = await clientOf(program.simulator).paymentMethods.attach('pm_card_visa', { customer: stranger.id })
  const payment = await clientOf(program.simulator).paymentIntents.create({
    ...{ amount: 900, currency: 'usd', customer: stranger.id, payment_method: card.id, off_session: true, confirm: true },
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  await clientOf(program.simulator).refunds.create({ payment_intent: payment.id })
  const expected: [type: string, kind: string, id: string, code: string | null][] = [
    ['payment_intent.succeeded', 'payment_intent', payment.id, null],
    ['charge.refunded', 'payment_intent', payment.id, null],
    ['payment_method.automatically_updated', 'payment_method', card.id, 'not_ours'],
    ['checkout.session.completed', 'checkout.session', 'cs_unknown', 'not_ours'],
    ['payment_intent.succeeded', 'payment_intent', 'pi_unknown', 'resource_missing'],
    ['charge.dispute.created', 'dispute', 'dp_unknown', 'resource_missing'],
    ['setup_intent.succeeded', 'setup_intent', 'seti_unknown', 'resource_missing'],
    ['invoice.paid', 'invoice', 'in_1', 'ignored'],
    ['account.updated', 'account', 'acct_1', 'ignored'],
    ['charge.succeeded', 'payment_intent', payment.id, 'ignored'],
  ]
  const ids: string[] = []
  for (const [type, kind, id] of expected) ids.push(await tell(type, kind, id))
  program.deps.clock.advance(11 * SECOND)
  expect(await read()).toBe(expected.length)
  for (const [at, [, , , code]] of expected.entries()) {
    expect(await eventNow(ids[at] ?? '')).toMatchObject({ state: 'done', code })
  }
})

test('while the gateway is down all wait, one asks for all; ten minutes later all is booked', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const paid = [await makeCharged(deps, campaign), await makeCharged(deps, campaign), await makeCharged(deps, campaign)]
  for (const { payment } of paid) {
    await clientOf(simulator).refunds.create({ payment_intent: payment, amount: 200 })
    await tell('charge.refunded', 'payment_intent', payment)
  }
  simulator.knobs({ is_down: true })
  expect(await read()).toBe(0)
  const tries = async () =>
    (await program.db.selectFrom('gateway_events').select('tries').orderBy('id').execute()).map((row) => row.tries)
  expect((await tries()).toSorted((a, b) => a - b)).toEqual([0, 0, 1])
  for (let minute = 0; minute < 10; minute++) {
    deps.clock.advance(MINUTE)
    expect(await deps.worker.isIdle()).toBe(false)
    await read()
  }
  expect(await findOutages(program.db, { campaign: { id: campaign.id, mode: 'test' }, smtp: false }, deps.clock.now())).toEqual(
    [],
  )
  simulator.knobs({ is_down: false })
  deps.clock.advance(MINUTE)
  await work(deps)
  expect(await deps.worker.isIdle()).toBe(true)
  for (const { id } of paid) expect(await orderNow(deps, id)).toMatchObject({ refunded: 200 })
})

test('after three days it is given up and shown, to staff and on the health page; sent again it is taken up', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const { id: order_id, payment } = await makeCharged(deps, campaign)
  await clientOf(simulator).refunds.create({ payment_intent: payment, amount: 100 })
  const id = await tell('charge.refunded', 'payment_intent', payment)
  simulator.knobs({ is_down: true })
  await read()
  deps.clock.advance(20 * MINUTE)
  const outages = () => findOutages(program.db, { campaign: { id: campaign.id, mode: 'test' }, smtp: false }, deps.clock.now())
  expect(await outages()).toMatchObject([{ code: 'gateway_events', waiting: 1, failed: 0 }])
  deps.clock.advance(3 * DAY)
  await read()
  expect(await eventNow(id)).toMatchObject({ state: 'failed', code: 'connection_lost', next_try_at: null })
  expect(await outages()).toMatchObject([{ code: 'gateway_events', waiting: 0, failed: 1 }])
  expect((await checkHealth(deps)).warnings.join()).toMatch(/Webhooks of the gateway wait .* 1 were given up/)
  simulator.knobs({ is_down: false })
  await storeEvent(program.db, { id, type: 'charge.refunded', object: { kind: 'payment_intent', id: payment } }, deps.clock.now())
  expect(await read()).toBe(1)
  expect(await orderNow(deps, order_id)).toMatchObject({ refunded: 100 })
  expect(await outages()).toEqual([])
})

test('one that cannot be booked is logged by its id and tried again, and holds up no other', async () => {
  const lines: string[] = []
  const log = createLog({ write: (line) => void lines.push(line) })
  const broken = await tell('charge.dispute.created', 'dispute', 'dp_1')
  const other = await tell('charge.dispute.created', 'dispute', 'dp_2')
  const readDispute: Gateway['readDispute'] = async (id) => {
    if (id === 'dp_1') throw new Error('a constraint says no')
    return program.deps.gateway.readDispute(id)
  }
  expect(await read({ readDispute }, log)).toBe(1)
  expect(await eventNow(broken)).toMatchObject({ state: 'received', code: 'internal_error', tries: 1 })
  expect(await eventNow(other)).toMatchObject({ state: 'done' })
  expect(lines.filter((line) => line.includes(broken))).toHaveLength(1)
  program.deps.clock.advance(10 * SECOND)
  expect(await read()).toBe(1)
  expect(await eventNow(broken)).toMatchObject({ state: 'done' })
})

test('keys that are refused stop the lane, and lose nothing', async () => {
  const first = await tell('charge.dispute.created', 'dispute', 'dp_3')
  const second = await tell('charge.dispute.created', 'dispute', 'dp_4')
  const readDispute: Gateway['readDispute'] = async () => ({
    ok: false,
    failure: { kind: 'refused', code: 'right_missing', pauses: true },
  })
  expect(await read({ readDispute })).toBe(0)
  expect(await eventNow(first)).toMatchObject({ state: 'received', code: 'right_missing', tries: 1 })
  expect(await eventNow(second)).toMatchObject({ state: 'received', code: null, tries: 0 })
})

test('what a killed worker had taken comes back, and no two take the same', async () => {
  for (let n = 0; n < 30; n++) await tell('charge.dispute.created', 'dispute', `dp_${n}`)
  const { clock } = program.deps
  const take = () => takeEvents(program.db, clock.now(), { limit: 20, lease_ms: MINUTE })
  const taken = (await Promise.all([take(), take(), take()])).flat().map(({ id }) => id)
  expect(taken).toHaveLength(30)
  expect(new Set(taken).size).toBe(30)
  expect(await read()).toBe(0)
  clock.advance(MINUTE)
  expect(await read()).toBe(30)
})

test('what is over is forgotten after 30 days, what waits is not', async () => {
  const old = await tell('invoice.paid', 'invoice', 'in_1')
  await read()
  program.deps.clock.advance(30 * DAY + MINUTE)
  const waiting = await tell('payment_intent.succeeded', 'payment_intent', 'pi_waiting')
  await tell('invoice.paid', 'invoice', 'in_2')
  await read()
  const left = (await program.db.selectFrom('gateway_events').select('id').orderBy('id').execute()).map(({ id }) => id)
  expect(left).not.toContain(old)
  expect(left).toContain(waiting)
})
