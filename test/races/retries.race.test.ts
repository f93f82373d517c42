import { expect, test } from 'vitest'
import { startRetries } from '../../src/domain/follow-ups/start-retries.ts'
import { takeOrder } from '../../src/domain/orders/find-order.ts'
import { startCharge, startCharges } from '../../src/domain/payments/start-charge.ts'
import { RUN } from '../../src/domain/shared/actor.ts'
import { inTransaction, type Tx } from '../../src/domain/shared/tx.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import { makeCampaign, type TestCampaign } from '../factories/campaign.ts'
import { attemptsOf, makeLocked, orderNow, startRun, takenFor, work } from '../factories/charging.ts'
import { gate } from '../factories/two-at-once.ts'
import { useTestProgram } from '../setup/deps.ts'

/* Automatic tries against a backer who presses "try again", a run of the same campaign, and another worker. The gateway's ledger counts. */

const program = useTestProgram({ env: { CHARGES_PER_SECOND: '200' } })
const DAY = 86_400_000
const LIMIT = 100

/** Orders whose cards failed days ago, so that their automatic try is due; `funds_arrive` pays from now on. */
async function makeDue(campaign: TestCampaign, cards: readonly string[]) {
  const { deps } = program
  const ids: string[] = []
  for (const card of cards) ids.push((await makeLocked(deps, campaign, { card })).id)
  await startRun(deps, campaign)
  await work(deps)
  deps.clock.advance(1.5 * DAY)
  return await Promise.all(ids.map((id) => orderNow(deps, id)))
}

const retry = (campaign: TestCampaign) => (tx: Tx) => startRetries(tx, campaign.id, LIMIT)
const apart = <T>(command: (tx: Tx) => Promise<T>) => inTransaction(program.deps, command)
const retriesOf = async (id: string) => (await attemptsOf(program.deps, id)).filter(({ source }) => source === 'retry').length

async function balance(): Promise<void> {
  expect(await verifyBooks(program.db, program.deps.clock.now())).toEqual([])
}

/** The first side does its work and holds its transaction open while the second one comes, which is not to wait for it. */
async function whileOpen<A, B>(first: (tx: Tx) => Promise<A>, second: () => Promise<B>): Promise<[A, B]> {
  const wrote = gate()
  const leave = gate()
  const both = apart(async (tx) => {
    const answer = await first(tx)
    wrote.open()
    await leave.opened
    return answer
  })
  await wrote.opened
  const late = await second().finally(leave.open)
  return [await both, late]
}

test('a backer presses while the automatic try is due: one of them charges, and the money is taken once', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const [order] = await makeDue(campaign, ['funds_arrive'])
  if (!order) throw new Error('No order was made.')
  const backer = { kind: 'backer' as const, id: order.backer_id, campaign_id: campaign.id }
  const key = { campaign_id: campaign.id, order_id: order.id }
  // The lane finds the order taken, and leaves it to the next look instead of waiting.
  const [, found] = await whileOpen(
    (tx) => startCharge(tx, backer, key),
    () => apart(retry(campaign)),
  )
  expect(found).toBe(0)
  // Then it is under way: looked at again later, not charged a second time.
  expect(await apart(retry(campaign))).toBe(1)
  await work(deps)
  expect(takenFor(simulator.ledger(), order.id)).toEqual([1300])
  expect(await retriesOf(order.id)).toBe(0)
  await balance()
})

test('the automatic try is under way when the backer presses: they are told so', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const [order] = await makeDue(campaign, ['funds_arrive'])
  if (!order) throw new Error('No order was made.')
  await apart(retry(campaign))
  const backer = { kind: 'backer' as const, id: order.backer_id, campaign_id: campaign.id }
  await expect(apart((tx) => startCharge(tx, backer, { campaign_id: campaign.id, order_id: order.id }))).rejects.toMatchObject({
    code: 'charge_in_progress',
  })
  await work(deps)
  expect(takenFor(simulator.ledger(), order.id)).toEqual([1300])
  await balance()
})

test('control: a lane that waits for nobody’s turn and asks no condition tries one card twice', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const due = await makeDue(campaign, ['later_insufficient_funds', 'later_insufficient_funds'])
  const wrong = (id: string) => (tx: Tx) =>
    startCharges(tx, RUN, { campaign_id: campaign.id, order_ids: [id], run_id: null, source: 'retry' })
  const [one = '', other = ''] = due.map(({ id }) => id)
  await whileOpen(wrong(one), () => apart(wrong(other)))
  expect((await retriesOf(one)) + (await retriesOf(other))).toBe(2)
})

test('two workers: one has the turn, so that two orders with one card are not tried by both', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const due = await makeDue(campaign, ['later_insufficient_funds', 'later_insufficient_funds'])
  // The first worker is slow, and holds only one of the orders.
  const [dealt, other] = await whileOpen(
    (tx) => startRetries(tx, campaign.id, 1),
    () => apart(retry(campaign)),
  )
  expect([dealt, other]).toEqual([1, 0])
  await apart(retry(campaign))
  await work(deps)
  const tried = await Promise.all(due.map(({ id }) => retriesOf(id)))
  expect(tried.reduce((sum, count) => sum + count, 0)).toBe(1)
  await balance()
})

test('a run of the same campaign while tries are due: each order is charged once, by one of them', async () => {
  const { deps, simulator } = program
  const campaign = await makeCampaign(deps)
  const due = await makeDue(campaign, ['funds_arrive'])
  const more = await makeLocked(deps, campaign, { card: 'visa' })
  await apart(retry(campaign))
  await startRun(deps, campaign, { retry_errored: true })
  await work(deps)
  for (const { id } of [...due, more]) expect(takenFor(simulator.ledger(), id)).toEqual([1300])
  await balance()
})

test('an order that is held by a staff act is left for the next look, and nobody waits', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const [order] = await makeDue(campaign, ['later_insufficient_funds'])
  if (!order) throw new Error('No order was made.')
  const key = { campaign_id: campaign.id, order_id: order.id }
  const [, found] = await whileOpen(
    (tx) => takeOrder(tx, key),
    () => apart(retry(campaign)),
  )
  expect(found).toBe(0)
  expect(await apart(retry(campaign))).toBe(1)
  expect(await retriesOf(order.id)).toBe(1)
})
