import { describe, expect, test } from 'vitest'
import { makeBacker, makeCampaign, makeOrder } from '../../../test/factories/campaign.ts'
import { closedTab, eventsOf, methodsOf, sessionsOf } from '../../../test/factories/cards.ts'
import { askForCardPage, attemptsOf, makeLocked, orderNow, putCard, startRun, work } from '../../../test/factories/charging.ts'
import { putInto } from '../../../test/factories/order-states.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import { verifyBooks } from '../verify.ts'
import { openCardSession } from './card-sessions.ts'
import type { Gateway } from './gateway.ts'
import { findMethodOfBacker, isCardExpired } from './payment-methods.ts'
import { completeCardSessions } from './read-card-sessions.ts'

/* Against the real simulator over HTTP: cards are entered on its hosted page. */

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '800' } })
const HOUR_MS = 3_600_000

const keyOf = (backer: Row<'backers'>) => ({ campaign_id: backer.campaign_id, backer_id: backer.id })

/** The real gateway, and which sessions it was asked for. */
function watched(): { app: typeof program.deps; asked: string[] } {
  const asked: string[] = []
  const gateway: Gateway = {
    ...program.deps.gateway,
    readCardSession: (id) => {
      asked.push(id)
      return program.deps.gateway.readCardSession(id)
    },
  }
  return { app: { ...program.deps, gateway }, asked }
}

async function booksAreSound(): Promise<void> {
  expect(await verifyBooks(program.db, program.deps.clock.now())).toEqual([])
}

describe('a card', () => {
  test('that is saved before there is an order is on the order from its first version', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const backer = await makeBacker(deps, campaign, { pledge_amount: 5000 })
    const gateway_id = await closedTab(program.deps, campaign, backer.id, 'mastercard')
    expect(await completeCardSessions(deps, { ...keyOf(backer), gateway_id })).toMatchObject({
      saved: true,
      charge: null,
      refusal: null,
    })
    const [method] = await methodsOf(program.deps, backer.id)
    expect(method).toMatchObject({
      brand: 'mastercard',
      last4: '4444',
      exp_month: 12,
      exp_year: 2034,
      state: 'usable',
      mode: 'test',
    })
    expect((await eventsOf(program.deps, backer.id)).map(({ kind }) => kind)).toEqual(['card_saved'])
    const order = await makeOrder(deps, campaign, backer)
    expect(order).toMatchObject({ version: 1, status: 'open', payment_method_id: method?.id })
    expect(await findMethodOfBacker(deps.db, keyOf(backer), deps.clock.now())).toMatchObject({
      id: method?.id,
      is_expired: false,
    })
    await booksAreSound()
  })

  test('takes the place of the one before, with one version and one event of the order', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const order = await makeLocked(deps, campaign)
    const before = await orderNow(deps, order.id)
    await putCard(deps, campaign, order.backer_id, 'amex')
    const [first, second] = await methodsOf(program.deps, order.backer_id)
    expect([first?.state, second?.state]).toEqual(['replaced', 'usable'])
    const after = await orderNow(deps, order.id)
    expect(after).toMatchObject({ version: before.version + 1, status: 'locked', payment_method_id: second?.id })
    expect((await eventsOf(program.deps, order.backer_id)).at(-1)).toMatchObject({
      kind: 'payment_method_changed',
      actor_kind: 'backer',
      order_version: after.version,
      from_status: 'locked',
      to_status: 'locked',
      data: { payment_method_id: second?.id, brand: 'amex', last4: '0005' },
    })
    // A locked order is charged by the run, not by a new card.
    expect(await attemptsOf(deps, order.id)).toEqual([])
    // One customer at the gateway, whatever the number of cards.
    expect(new Set([first?.gateway_customer, second?.gateway_customer]).size).toBe(1)
    await booksAreSound()
  })

  test('is good to the end of its month, everywhere on earth', () => {
    const card = { exp_month: 11, exp_year: 2026 }
    expect(isCardExpired(card, new Date('2026-11-30T23:59:59Z'))).toBe(false)
    expect(isCardExpired(card, new Date('2026-12-01T11:59:59Z'))).toBe(false)
    expect(isCardExpired(card, new Date('2026-12-01T12:00:00Z'))).toBe(true)
    expect(isCardExpired({ exp_month: 12, exp_year: 2026 }, new Date('2027-01-01T12:00:00Z'))).toBe(true)
  })

  test('is not kept once the address is final, and the page is closed', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const order = await makeLocked(deps, campaign, { owed: 0, card: null })
    const gateway_id = await closedTab(program.deps, campaign, order.backer_id)
    await startRun(deps, campaign)
    await work(deps)
    await putInto(deps, { campaign_id: campaign.id, ids: [order.id] }, 'ready_to_ship')
    const key = { campaign_id: campaign.id, backer_id: order.backer_id }
    expect(await completeCardSessions(deps, { ...key, gateway_id })).toMatchObject({ saved: false, refusal: 'reopen_first' })
    expect(await methodsOf(program.deps, order.backer_id)).toEqual([])
    expect(await completeCardSessions(deps, { ...key, gateway_id })).toMatchObject({ saved: false, refusal: null })
    await expect(askForCardPage(deps, campaign, order.backer_id)).rejects.toMatchObject({ code: 'reopen_first' })
  })
})

describe('what is read back', () => {
  test('counts only when it is complete', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const backer = await makeBacker(deps, campaign)
    await askForCardPage(deps, campaign, backer.id)
    expect(await completeCardSessions(deps, keyOf(backer))).toMatchObject({ saved: false, is_open: true })
    expect(await methodsOf(program.deps, backer.id)).toEqual([])
    expect(await sessionsOf(program.deps, backer.id)).toMatchObject([{ state: 'open', checks: 0 }])
  })

  test('an id that is none of this backer’s is ignored, and the gateway is not asked', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const [ada, eve] = [await makeBacker(deps, campaign), await makeBacker(deps, campaign)]
    const foreign = await closedTab(program.deps, campaign, ada.id)
    await askForCardPage(deps, campaign, eve.id)
    const { app, asked } = watched()
    for (const gateway_id of [foreign, 'cs_test_made_up', '']) {
      expect(await completeCardSessions(app, { ...keyOf(eve), gateway_id })).toMatchObject({ saved: false, is_open: false })
    }
    expect(asked).toEqual([])
    expect(await methodsOf(program.deps, eve.id)).toEqual([])
    expect(await methodsOf(program.deps, ada.id)).toEqual([])
  })

  test('another backer’s customer and metadata are refused, should a row name their session', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const [ada, eve] = [await makeBacker(deps, campaign), await makeBacker(deps, campaign)]
    const foreign = await closedTab(program.deps, campaign, ada.id)
    await askForCardPage(deps, campaign, eve.id)
    await deps.db.updateTable('card_sessions').set({ gateway_id: newId() }).where('backer_id', '=', ada.id).execute()
    await deps.db.updateTable('card_sessions').set({ gateway_id: foreign }).where('backer_id', '=', eve.id).execute()
    expect(await completeCardSessions(deps, { ...keyOf(eve), gateway_id: foreign })).toMatchObject({
      saved: false,
      refusal: 'card_not_yours',
    })
    expect(await methodsOf(program.deps, eve.id)).toEqual([])
  })

  test('two cards on two pages: the page that was opened last has the say', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const backer = await makeBacker(deps, campaign)
    await closedTab(program.deps, campaign, backer.id, 'visa')
    deps.clock.advance(1_000)
    const last = await closedTab(program.deps, campaign, backer.id, 'mastercard')
    await completeCardSessions(deps, { ...keyOf(backer), gateway_id: last })
    expect((await methodsOf(program.deps, backer.id)).map(({ brand, state }) => [brand, state])).toEqual([
      ['visa', 'replaced'],
      ['mastercard', 'usable'],
    ])
  })

  test('twice brings one card', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const backer = await makeBacker(deps, campaign)
    const gateway_id = await closedTab(program.deps, campaign, backer.id)
    for (let times = 0; times < 3; times++) {
      expect(await completeCardSessions(deps, { ...keyOf(backer), gateway_id })).toMatchObject({ saved: true })
    }
    expect(await methodsOf(program.deps, backer.id)).toHaveLength(1)
  })
})

describe('the card page', () => {
  const open = (app: typeof program.deps, backer: Row<'backers'>) =>
    openCardSession(
      app,
      { kind: 'backer', id: backer.id, campaign_id: backer.campaign_id },
      { ...keyOf(backer), purpose: 'survey', success_url: 'http://localhost/done', cancel_url: 'http://localhost/back' },
    )

  test('is refused where the gateway is not of the campaign’s mode, before anything is written', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const backer = await makeBacker(deps, campaign)
    await deps.db.updateTable('campaigns').set({ mode: 'live' }).where('id', '=', campaign.id).execute()
    await expect(open(deps, backer)).rejects.toMatchObject({ code: 'charging_not_set_up' })
    expect(await sessionsOf(program.deps, backer.id)).toEqual([])
  })

  test('says when the gateway is away, and can be asked for again', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const backer = await makeBacker(deps, campaign)
    const down: Gateway = {
      ...deps.gateway,
      openCardSession: async () => ({ ok: false, failure: { kind: 'outage', code: 'timeout' } }),
    }
    await expect(open({ ...deps, gateway: down }, backer)).rejects.toMatchObject({ code: 'gateway_unreachable', status: 503 })
    expect(await sessionsOf(program.deps, backer.id)).toMatchObject([{ state: 'expired', gateway_id: null, check_at: null }])
    expect((await open(deps, backer)).url).toMatch(/^http/)
  })

  test('makes a customer anew that the gateway does not know any more', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const backer = await makeBacker(deps, campaign)
    await open(deps, backer)
    await deps.db.updateTable('gateway_customers').set({ gateway_id: 'cus_gone' }).where('backer_id', '=', backer.id).execute()
    const gateway_id = await closedTab(program.deps, campaign, backer.id)
    expect(await completeCardSessions(deps, { ...keyOf(backer), gateway_id })).toMatchObject({ saved: true })
  })

  test('is not opened without end', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const backer = await makeBacker(deps, campaign)
    for (let times = 0; times < 20; times++) await open(deps, backer)
    await expect(open(deps, backer)).rejects.toMatchObject({ code: 'card_page_asked_too_often', status: 429 })
    deps.clock.advance(HOUR_MS + 1_000)
    expect((await open(deps, backer)).url).toMatch(/^http/)
  })
})
