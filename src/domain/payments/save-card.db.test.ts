import { describe, expect, test } from 'vitest'
import { makeBacker, makeCampaign, makeOrder } from '../../../test/factories/campaign.ts'
import { closedTab, eventsOf, methodsOf, sessionsOf } from '../../../test/factories/cards.ts'
import { attemptsOf, makeLocked, orderNow, putCard, startRun, takenFor, work } from '../../../test/factories/charging.ts'
import { gate, someoneWaits } from '../../../test/factories/two-at-once.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import type { Row } from '../../db/types.ts'
import { inTransaction } from '../shared/tx.ts'
import { verifyBooks } from '../verify.ts'
import { completeCardSessions } from './read-card-sessions.ts'
import { type SaveCardInput, saveCard } from './save-card.ts'

/* What happens when a card comes at the same time as something else. Against the real simulator. */

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '800' } })

const keyOf = (backer: Row<'backers'>) => ({ campaign_id: backer.campaign_id, backer_id: backer.id })

async function booksAreSound(): Promise<void> {
  expect(await verifyBooks(program.db, program.deps.clock.now())).toEqual([])
}

describe('return and worker at once', () => {
  /** Two transactions save the same session; the first pauses before it commits, until the second waits for it. */
  async function twoAtOnce(
    backer: Row<'backers'>,
    between: (session: Row<'card_sessions'>) => Promise<void>,
  ): Promise<unknown[]> {
    const { deps } = program
    const [session] = await sessionsOf(program.deps, backer.id)
    if (!session?.gateway_id) throw new Error('There is no session')
    const reading = await deps.gateway.readCardSession(session.gateway_id)
    if (!reading.ok || reading.value.state !== 'complete') throw new Error('There is no card')
    const { customer, metadata, card } = reading.value
    const input: SaveCardInput = { ...keyOf(backer), session_id: session.id, customer, metadata, card }
    const actor = { kind: 'backer', id: backer.id, campaign_id: backer.campaign_id } as const
    const door = gate()
    const first = inTransaction(deps, async (tx) => {
      const saved = await saveCard(tx, actor, input)
      await door.opened
      return saved
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    const second = inTransaction(deps, (tx) => saveCard(tx, actor, input))
    await someoneWaits(deps.db)
    door.open()
    const one = await first
    const two = await second
    await between(session)
    return [one, two]
  }

  test('one card, one event, whoever comes first', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const backer = await makeBacker(deps, campaign)
    await makeOrder(deps, campaign, backer)
    await closedTab(program.deps, campaign, backer.id)
    const [one, two] = await twoAtOnce(backer, async () => undefined)
    expect(one).toMatchObject({ refusal: null })
    expect(two).toBeNull()
    expect(await methodsOf(program.deps, backer.id)).toHaveLength(1)
    expect((await eventsOf(program.deps, backer.id)).filter(({ kind }) => kind === 'payment_method_changed')).toHaveLength(1)
    await booksAreSound()
  })

  test('control: were the session’s state not looked at under its lock, there would be two', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const backer = await makeBacker(deps, campaign)
    const gateway_id = await closedTab(program.deps, campaign, backer.id)
    await twoAtOnce(backer, async ({ id }) => {
      // What a guard that read the state before it took the row would have seen.
      await deps.db.updateTable('card_sessions').set({ state: 'open' }).where('id', '=', id).execute()
    })
    await completeCardSessions(deps, { ...keyOf(backer), gateway_id })
    expect(await methodsOf(program.deps, backer.id)).toHaveLength(2)
  })
})

test('an order that a larger step holds takes its card a moment later', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const backer = await makeBacker(deps, campaign)
  const order = await makeOrder(deps, campaign, backer)
  await closedTab(deps, campaign, backer.id)
  const door = gate()
  const step = inTransaction(deps, async (tx) => {
    await tx.db.selectFrom('orders').select('id').where('id', '=', order.id).forUpdate().execute()
    await door.opened
  })
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await completeCardSessions(deps, keyOf(backer))).toMatchObject({ saved: false, is_unknown: true })
  door.open()
  await step
  expect(await completeCardSessions(deps, keyOf(backer))).toMatchObject({ saved: true, is_unknown: false })
})

describe('an errored order', () => {
  async function makeErrored(card = 'later_insufficient_funds') {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const order = await makeLocked(deps, campaign, { card })
    await startRun(deps, campaign)
    await work(deps)
    expect(await orderNow(deps, order.id)).toMatchObject({ status: 'errored' })
    return { campaign, order, key: { campaign_id: campaign.id, backer_id: order.backer_id } }
  }

  test('is charged at once with a new card, once however often it is read back', async () => {
    const { deps, simulator } = program
    const { campaign, order, key } = await makeErrored()
    const gateway_id = await closedTab(program.deps, campaign, order.backer_id)
    const news = await Promise.all(Array.from({ length: 20 }, () => completeCardSessions(deps, { ...key, gateway_id })))
    expect(news.filter(({ charge }) => charge)).toHaveLength(1)
    expect(news.every(({ saved }) => saved)).toBe(true)
    await work(deps)
    expect(await orderNow(deps, order.id)).toMatchObject({ status: 'paid', balance_due: 0, captured: 1300 })
    expect((await attemptsOf(deps, order.id)).map(({ state }) => state)).toEqual(['declined', 'succeeded'])
    expect(takenFor(simulator.ledger(), order.id)).toEqual([1300])
    await booksAreSound()
  })

  test('keeps the same card when it is entered again, and says why it is not charged now', async () => {
    const { deps } = program
    const { campaign, order, key } = await makeErrored()
    await closedTab(program.deps, campaign, order.backer_id, 'later_insufficient_funds')
    expect(await completeCardSessions(deps, key)).toMatchObject({ saved: true, charge: { number: 2 } })
    await work(deps)
    await closedTab(program.deps, campaign, order.backer_id, 'later_insufficient_funds')
    expect(await completeCardSessions(deps, key)).toMatchObject({ saved: true, charge: null, refusal: 'card_too_soon' })
    expect(await attemptsOf(deps, order.id)).toHaveLength(2)
    const methods = await methodsOf(program.deps, order.backer_id)
    expect(methods).toHaveLength(3)
    expect((await orderNow(deps, order.id)).payment_method_id).toBe(methods.at(-1)?.id)
    await booksAreSound()
  })

  test('a card that comes while a charge is under way starts no second one; the attempt keeps its own', async () => {
    const { deps, simulator } = program
    const { campaign, order, key } = await makeErrored()
    await putCard(deps, campaign, order.backer_id, 'visa')
    await closedTab(program.deps, campaign, order.backer_id, 'mastercard')
    expect(await completeCardSessions(deps, key)).toMatchObject({ saved: true, charge: null, refusal: 'charge_in_progress' })
    const methods = await methodsOf(program.deps, order.backer_id)
    await work(deps)
    const attempts = await attemptsOf(deps, order.id)
    expect(attempts.at(-1)).toMatchObject({ state: 'succeeded', payment_method_id: methods.at(-2)?.id })
    expect(await orderNow(deps, order.id)).toMatchObject({ status: 'paid', payment_method_id: methods.at(-1)?.id })
    expect(takenFor(simulator.ledger(), order.id)).toEqual([1300])
    await booksAreSound()
  })
})
