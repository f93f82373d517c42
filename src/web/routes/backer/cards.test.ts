import { describe, expect, test } from 'vitest'
import { closedTab, methodsOf, sessionsOf } from '../../../../test/factories/cards.ts'
import { attemptsOf, orderNow, startRun, takenFor, work } from '../../../../test/factories/charging.ts'
import { useTestBackerPages } from '../../../../test/setup/backer-pages.ts'
import { enterCard } from '../../../../test/setup/simulator.ts'
import type { Row } from '../../../db/types.ts'
import { stopChargeRun } from '../../../domain/payments/charge-runs.ts'
import { feedChargeRun } from '../../../domain/payments/feed-charge-run.ts'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { loader as cardPage, action as openCard } from './card.tsx'
import { loader as cardReturn } from './card-return.tsx'
import { loader as paymentPage, action as savePayment } from './payment.tsx'
import { loader as pledgePage } from './pledge.tsx'
import { action as retry } from './retry.tsx'
import { loader as reviewPage } from './review.tsx'

const { program, campaign, backerOf, ask, at, answer, orderOf, draftOf, lock } = useTestBackerPages()

/** Owes 16.50 of shipping: the pledge covers Germany, and the order goes to Portugal. */
const owing = (over: Partial<Row<'backers'>> = {}) => backerOf({ pledge_amount: 7750, ...over })

/** Presses the card button and enters a card on the hosted page; answers the address it leads back to. */
async function toCardPage(backer: Row<'backers'>, purpose: 'survey' | 'order', test_card = 'visa'): Promise<URL> {
  const { status, location } = await ask(openCard, backer, { path: at(backer, 'card'), form: { purpose } })
  expect(status).toBe(303)
  return new URL(await enterCard(location ?? '', { test_card }))
}

const comeBack = (backer: Row<'backers'>, back: URL) => ask(cardReturn, backer, { path: `${back.pathname}${back.search}` })

async function makeErrored(card = 'later_insufficient_funds') {
  const backer = await owing()
  const { order_id } = await answer(backer)
  await comeBack(backer, await toCardPage(backer, 'order', card))
  await lock(order_id)
  await startRun(program.deps, campaign as never, { selection: { ids: [order_id] } })
  await work(program.deps)
  expect((await orderOf(backer))?.status).toBe('errored')
  return { backer, order_id }
}

/** The worker does what is due, as it does beside a page that waits. */
async function beside<T>(page: Promise<T>): Promise<T> {
  const timer = setInterval(() => void program.deps.worker.runDue(program.deps.clock.now()), 100)
  try {
    return await page
  } finally {
    clearInterval(timer)
    await work(program.deps)
  }
}

describe('the card step of the survey', () => {
  test('leads to the hosted page and back; the card stands on the step, the review and then the order', async () => {
    const backer = await owing()
    expect((await ask(paymentPage, backer)).data).toMatchObject({ card: null, can_add: true })
    const back = await toCardPage(backer, 'survey')
    expect(back.pathname).toBe(at(backer, 'card/return'))
    expect((await comeBack(backer, back)).location).toBe(`${at(backer, 'payment')}?card=saved`)
    expect((await ask(paymentPage, backer)).data).toMatchObject({
      card: { name: 'Visa ending 4242', expiry: '12/34', is_expired: false },
    })
    expect((await ask(savePayment, backer, { form: {} })).location).toBe(at(backer, 'review'))
    expect((await ask(reviewPage, backer)).data).toMatchObject({ card: { name: 'Visa ending 4242' } })
    await answer(backer)
    const order = await orderOf(backer)
    expect(order?.payment_method_id).toBe((await methodsOf(program.deps, backer.id))[0]?.id)
    // Leading on from the step of an order makes no edit of it.
    expect((await ask(savePayment, backer, { form: {} })).location).toBe(at(backer))
    expect(await draftOf(backer)).toBeUndefined()
  })

  test('whoever turns back is told that nothing changed', async () => {
    const backer = await owing()
    const { location } = await ask(openCard, backer, { path: at(backer, 'card'), form: { purpose: 'survey' } })
    const page = await (await fetch(location ?? '')).text()
    expect(page).toContain(`${at(backer, 'payment')}?card=canceled`)
    expect((await ask(paymentPage, backer, { path: `${at(backer, 'payment')}?card=canceled` })).data).toMatchObject({
      news: 'canceled',
    })
  })

  test('a closed tab is read back on the next visit', async () => {
    const backer = await owing()
    await toCardPage(backer, 'survey', 'mastercard')
    expect((await ask(paymentPage, backer)).data).toMatchObject({ card: { name: 'Mastercard ending 4444' } })
  })

  test('a gateway that does not answer breaks no page, and loses no card', async () => {
    const backer = await owing()
    const back = await toCardPage(backer, 'survey')
    const { simulator } = program
    simulator.knobs({ latency_ms: 60_000 })
    const before = Date.now()
    expect((await ask(paymentPage, backer)).data).toMatchObject({ card: null })
    expect(Date.now() - before).toBeLessThan(6_000)
    expect((await comeBack(backer, back)).location).toBe(`${at(backer, 'payment')}?card=unknown`)
    simulator.knobs({ latency_ms: 0 })
    expect((await ask(paymentPage, backer)).data).toMatchObject({ card: { name: 'Visa ending 4242' } })
  }, 40_000)

  test('an id in the return address that is not theirs is ignored', async () => {
    const [ada, eve] = [await owing(), await owing()]
    const foreign = await toCardPage(ada, 'survey')
    await ask(openCard, eve, { path: at(eve, 'card'), form: { purpose: 'survey' } })
    const path = `${at(eve, 'card/return')}${foreign.search}`
    expect((await ask(cardReturn, eve, { path })).location).toBe(at(eve, 'payment'))
    expect(await methodsOf(program.deps, eve.id)).toEqual([])
    expect(await methodsOf(program.deps, ada.id)).toEqual([])
    expect(await sessionsOf(program.deps, ada.id)).toMatchObject([{ state: 'open' }])
  })

  test('without the cookie nobody opens or reads back anything', async () => {
    const backer = await owing()
    const back = await toCardPage(backer, 'survey')
    expect((await ask(cardReturn, backer, { path: `${back.pathname}${back.search}`, cookie: '' })).status).toBe(404)
    expect((await ask(openCard, backer, { form: { purpose: 'survey' }, cookie: '' })).status).toBe(404)
    expect(await methodsOf(program.deps, backer.id)).toEqual([])
  })

  test('a live campaign says that charging is not set up', async () => {
    const backer = await owing()
    const { db } = program.deps
    await db.updateTable('campaigns').set({ mode: 'live' }).where('id', '=', campaign.id).execute()
    try {
      expect((await ask(paymentPage, backer)).data).toMatchObject({ can_add: false })
      const refused = await ask(openCard, backer, { path: at(backer, 'card'), form: { purpose: 'survey' } })
      expect(refused).toMatchObject({ status: 409, data: { refused: { code: 'charging_not_set_up' } } })
      expect((await ask(cardPage, backer)).data).toMatchObject({ back_to: at(backer) })
    } finally {
      await db.updateTable('campaigns').set({ mode: 'test' }).where('id', '=', campaign.id).execute()
    }
  })
})

describe('an errored order', () => {
  test('says why in human words, and what can be done', async () => {
    const { backer } = await makeErrored()
    expect((await ask(pledgePage, backer)).data?.order).toMatchObject({
      status: 'errored',
      card: { name: 'Visa ending 0012' },
      charges: {
        failed: { amount: 1650, is_decline: true, reason: 'not enough funds', says_why: true },
        retry_refusal: null,
        under_way: null,
      },
    })
  })

  test('pressing "try again" 20 times is one attempt; then the page says when it can be tried again', async () => {
    const { backer, order_id } = await makeErrored()
    const presses = await beside(Promise.all(Array.from({ length: 20 }, () => ask(retry, backer, { form: {} }))))
    for (const { location } of presses) expect(location).toMatch(new RegExp(`^${at(backer)}(\\?done=not_charged)?$`))
    const attempts = await attemptsOf(program.deps, order_id)
    expect(attempts.map(({ number, state, run_id }) => [number, state, run_id !== null])).toEqual([
      [1, 'declined', true],
      [2, 'declined', false],
    ])
    const again = await ask(retry, backer, { form: {} })
    expect(again.location).toBe(`${at(backer)}?done=not_charged`)
    expect((await ask(pledgePage, backer, { path: `${at(backer)}?done=not_charged` })).data).toMatchObject({
      done: 'not_charged',
      order: {
        charges: {
          retry_refusal: 'card_too_soon',
          retry_at: new Date((attempts[1]?.created_at.getTime() ?? 0) + 3_600_000).toISOString(),
        },
      },
    })
    expect(await attemptsOf(program.deps, order_id)).toHaveLength(2)
  })

  test('is charged at once with another card, and the way back waits for it', async () => {
    const { backer, order_id } = await makeErrored()
    const back = await toCardPage(backer, 'order')
    const [first, second] = await beside(Promise.all([comeBack(backer, back), comeBack(backer, back)]))
    expect(first?.location).toBe(`${at(backer)}?done=charged`)
    expect(second?.location).toBe(`${at(backer)}?done=charged`)
    expect(takenFor(program.simulator.ledger(), order_id)).toEqual([1650])
    expect((await ask(pledgePage, backer, { path: `${at(backer)}?done=charged` })).data).toMatchObject({
      done: 'charged',
      order: {
        status: 'paid',
        charges: { receipts: [{ amount: 1650, card: 'Visa ending 4242' }] },
        money: { balance: 0, booked: [{ account: 'card', amount: -1650 }], receipts: [{ amount: 1650 }] },
      },
    })
  })

  test('tells a new card that was tried and failed from one that was only saved', async () => {
    const { backer } = await makeErrored()
    const enter = async () => beside(comeBack(backer, await toCardPage(backer, 'order', 'later_do_not_honor')))
    expect((await enter()).location).toBe(`${at(backer)}?card=saved`)
    const failed = { failed: { is_decline: true, is_of_card: true }, retry_refusal: 'card_too_soon' }
    expect((await ask(pledgePage, backer)).data?.order).toMatchObject({ charges: failed })
    expect((await enter()).location).toBe(`${at(backer)}?card=saved`)
    expect((await ask(pledgePage, backer)).data?.order).toMatchObject({ charges: { ...failed, failed: { is_of_card: false } } })
  })

  test('keeps why it failed when a run takes back an attempt that never left', async () => {
    const { backer, order_id } = await makeErrored()
    const { id: run_id } = await startRun(program.deps, campaign as never, {
      selection: { ids: [order_id] },
      retry_errored: true,
    })
    const key = { campaign_id: campaign.id, run_id }
    // As the sweep at its begin does.
    await program.deps.db
      .updateTable('charge_runs')
      .set({ swept_at: program.deps.clock.now() })
      .where('id', '=', run_id)
      .execute()
    await inTransaction(program.deps, (tx) => feedChargeRun(tx, key, 20))
    await inTransaction(program.deps, (tx) => stopChargeRun(tx, campaign.staff, key))
    expect((await attemptsOf(program.deps, order_id)).map(({ state }) => state)).toEqual(['declined', 'refused'])
    expect((await ask(pledgePage, backer)).data?.order).toMatchObject({
      charges: { failed: { is_decline: true, reason: 'not enough funds' } },
    })
  })

  test('a lost or stolen card reads as declined only, and is not tried again', async () => {
    const { backer } = await makeErrored('later_stolen_card')
    const shown = (await ask(pledgePage, backer)).data
    expect(shown?.order).toMatchObject({
      charges: { failed: { reason: 'declined by your bank', says_why: false }, retry_refusal: 'card_hard_declined' },
    })
    expect(JSON.stringify(shown)).not.toMatch(/stolen/)
    // Nor when it was their own try a moment ago.
    const { backer: other } = await makeErrored()
    await beside(comeBack(other, await toCardPage(other, 'order', 'later_stolen_card')))
    expect((await ask(pledgePage, other)).data?.order).toMatchObject({ charges: { retry_refusal: 'card_hard_declined' } })
  })

  test('while a charge is under way there is nothing to press', async () => {
    const { backer, order_id } = await makeErrored()
    program.simulator.knobs({ next: ['hang_before'] })
    // Nobody sends it: the page waits its ten seconds and says so.
    const { location } = await ask(retry, backer, { form: {} })
    expect(location).toBe(at(backer))
    expect((await ask(pledgePage, backer)).data?.order).toMatchObject({
      charges: { under_way: { amount: 1650, is_long: true }, failed: null },
    })
    program.simulator.knobs({ next: [] })
    await work(program.deps)
    expect((await orderNow(program.deps, order_id)).status).toBe('errored')
  }, 30_000)
})

test('a card for an order whose address is final is not kept, and the page says so', async () => {
  const backer = await backerOf()
  const { order_id } = await answer(backer)
  await closedTab(program.deps, campaign as never, backer.id)
  await program.deps.db
    .updateTable('orders')
    .set({ status: 'ready_to_ship', address_finalized_at: program.deps.clock.now() })
    .where('id', '=', order_id)
    .execute()
  expect((await ask(pledgePage, backer)).data?.order).toMatchObject({ card: null, may: { payment_method: false } })
  expect(await methodsOf(program.deps, backer.id)).toEqual([])
})
