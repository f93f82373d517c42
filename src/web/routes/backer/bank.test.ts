import { describe, expect, test } from 'vitest'
import { answerBank } from '../../../../test/factories/bank.ts'
import { putCard, startRun, takenFor, work } from '../../../../test/factories/charging.ts'
import { useTestBackerPages } from '../../../../test/setup/backer-pages.ts'
import type { Row } from '../../../db/types.ts'
import { linkSecret } from '../../../domain/backers/links.ts'
import { loader as bankPage, action as press } from './bank.tsx'
import { loader as bankReturn } from './bank-return.tsx'
import { loader as link } from './link.tsx'
import { loader as pledgePage } from './pledge.tsx'

const { program, campaign, backerOf, ask, at, answer, orderOf, lock } = useTestBackerPages()

/** Owes 16.50, and the bank of the card wants to hear from its holder. */
async function makeAsked(card = 'always_asks') {
  const backer = await backerOf({ pledge_amount: 7750 })
  const { order_id } = await answer(backer)
  await putCard(program.deps, campaign as never, backer.id, card)
  await lock(order_id)
  await startRun(program.deps, campaign as never, { selection: { ids: [order_id] } })
  await work(program.deps)
  expect((await orderOf(backer))?.status).toBe('errored')
  return { backer, order_id }
}

const pressed = (backer: Row<'backers'>, form: Record<string, string> = {}) =>
  ask(press, backer, { path: at(backer, 'bank'), form })
const show = (backer: Row<'backers'>, query = '') => ask(bankPage, backer, { path: `${at(backer, 'bank')}${query}` })
const comeBack = (backer: Row<'backers'>, search = '') =>
  ask(bankReturn, backer, { path: `${at(backer, 'bank/return')}${search}` })

describe('the page of the bank’s question', () => {
  test('is where the mailed link leads to, tells amount and card, and its button leads to the bank and back to paid', async () => {
    const { backer, order_id } = await makeAsked()
    const secret = linkSecret(program.deps.linkSecret, backer)
    const opened = await ask(link, backer, { params: { campaign: campaign.id, backer: backer.id, secret }, cookie: '' })
    expect(opened).toMatchObject({ status: 303, location: at(backer, 'bank') })
    expect((await show(backer)).data).toMatchObject({
      order: { balance: 1650 },
      bank: { amount: 1650, card: 'Visa ending 3184', refusal: null, until: null },
    })
    const { status, location } = await pressed(backer)
    expect(status).toBe(303)
    const page = await (await fetch(location ?? '')).text()
    expect(page).toContain('16.50')
    const back = await answerBank(location ?? '', 'yes')
    // What it leads back to names our own page, and nothing that opens it.
    expect(`${back?.origin}${back?.pathname}`).toBe(`http://localhost:3000${at(backer, 'bank/return')}`)
    expect((await comeBack(backer, back?.search)).location).toBe(`${at(backer)}?done=charged`)
    expect(takenFor(program.simulator.ledger(), order_id)).toEqual([1650])
    // The link of the old mail, and the page itself, lead to the order by now.
    expect((await show(backer)).location).toBe(at(backer))
    expect((await pressed(backer)).location).toBe(`${at(backer)}?done=charged`)
    expect((await ask(link, backer, { params: { campaign: campaign.id, backer: backer.id, secret }, cookie: '' })).location).toBe(
      at(backer),
    )
  })

  test('a no leads back to the page, which says so and asks again', async () => {
    const { backer } = await makeAsked()
    const back = await answerBank((await pressed(backer)).location ?? '', 'no')
    expect((await comeBack(backer, back?.search)).location).toBe(at(backer, 'bank'))
    expect((await show(backer)).data).toMatchObject({
      code: 'payment_intent_authentication_failure',
      bank: { refusal: null, until: null },
    })
  })

  test('a yes with too little money leads to the order, which says what the bank said', async () => {
    const { backer } = await makeAsked('asks_then_insufficient_funds')
    const back = await answerBank((await pressed(backer)).location ?? '', 'yes')
    expect((await comeBack(backer, back?.search)).location).toBe(at(backer))
    expect((await ask(pledgePage, backer)).data?.order).toMatchObject({
      charges: { bank: null, failed: { reason: 'not enough funds' } },
    })
    expect((await show(backer)).data).toMatchObject({ bank: null })
  })

  test('whoever comes back without an answer is told until when the bank waits, here and on the order', async () => {
    const { backer } = await makeAsked()
    const { location } = await pressed(backer)
    expect((await comeBack(backer)).location).toBe(`${at(backer, 'bank')}?back=early`)
    expect((await show(backer, '?back=early')).data).toMatchObject({ is_early: true, bank: { until: expect.any(String) } })
    const order = (await ask(pledgePage, backer)).data?.order
    expect(order).toMatchObject({ charges: { bank: { until: expect.any(String) }, under_way: { amount: 1650 } } })
    expect(JSON.stringify((await show(backer)).data)).not.toContain('authenticate')
    expect((await pressed(backer)).location).toBe(location)
  })

  test('a visit can be left for another way to pay', async () => {
    const { backer } = await makeAsked()
    await pressed(backer)
    expect((await pressed(backer, { intent: 'leave' })).location).toBe(at(backer))
    expect((await ask(pledgePage, backer)).data?.order).toMatchObject({ charges: { bank: null, under_way: null } })
  })

  test('what the address of the way back says is believed in nothing', async () => {
    const { backer, order_id } = await makeAsked()
    await pressed(backer)
    expect((await comeBack(backer, '?payment_intent=pi_x&redirect_status=succeeded')).location).toBe(
      `${at(backer, 'bank')}?back=early`,
    )
    expect((await orderOf(backer))?.status).toBe('errored')
    expect(takenFor(program.simulator.ledger(), order_id)).toEqual([])
  })

  test('a gateway that is away is told, and nothing is changed', async () => {
    const { backer } = await makeAsked()
    program.simulator.knobs({ is_down: true })
    expect(await pressed(backer)).toMatchObject({ status: 503, data: { refused: { code: 'gateway_unreachable' } } })
    expect((await comeBack(backer)).location).toBe(`${at(backer, 'bank')}?back=early`)
    program.simulator.knobs({ is_down: false })
    expect((await show(backer)).data).toMatchObject({ bank: { refusal: null, until: null } })
  })

  test('without the cookie nobody is led anywhere', async () => {
    const { backer } = await makeAsked()
    expect((await ask(press, backer, { form: {}, cookie: '' })).status).toBe(404)
    expect((await ask(bankReturn, backer, { cookie: '' })).status).toBe(404)
    expect((await ask(bankPage, backer, { cookie: '' })).status).toBe(404)
  })
})
