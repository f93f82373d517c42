import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { chargeOf, errorOf, newSavedCard, useSimulator } from '../../test/setup/simulator-client.ts'

/* The bank's question: a charge without its holder is declined, the same payment is confirmed with them, on the bank's page. */

const world = useSimulator()
const return_url = 'http://127.0.0.1:9/back?campaign=c1'

async function askedFor(
  token: string,
): Promise<{ payment: Stripe.PaymentIntent; card: { payment_method: string; customer: string } }> {
  const card = await newSavedCard(world.stripe, token)
  const error = await errorOf(world.stripe.paymentIntents.create(chargeOf(card)))
  expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required' })
  return { payment: (error.raw as { payment_intent: Stripe.PaymentIntent }).payment_intent, card }
}

async function confirmed(token: string) {
  const { payment, card } = await askedFor(token)
  const { payment_method } = card
  const asked = await world.stripe.paymentIntents.confirm(payment.id, { payment_method, return_url, off_session: false })
  expect(asked).toMatchObject({ id: payment.id, status: 'requires_action', next_action: { type: 'redirect_to_url' } })
  return { id: payment.id, page: String(asked.next_action?.redirect_to_url?.url), card }
}

const answer = (page: string, said: 'yes' | 'no') =>
  fetch(page, { method: 'POST', body: new URLSearchParams({ answer: said }), redirect: 'manual' })
const takenOf = (payment_intent: string) => world.simulator.ledger().filter((charge) => charge.payment_intent === payment_intent)

test('yes pays, once, however often it is said', async () => {
  const { id, page } = await confirmed('pm_card_authenticationRequired')
  expect(takenOf(id)).toEqual([])
  const shown = await (await fetch(page)).text()
  expect(shown).toContain('42.50')
  expect(shown).toContain('3184')
  const said = await answer(page, 'yes')
  expect(said.status).toBe(303)
  const back = new URL(String(said.headers.get('location')))
  expect(back.searchParams.get('campaign')).toBe('c1')
  expect(back.searchParams.get('payment_intent')).toBe(id)
  expect(back.searchParams.get('redirect_status')).toBe('succeeded')
  expect((await answer(page, 'yes')).status).toBe(404)
  expect((await world.stripe.paymentIntents.retrieve(id)).status).toBe('succeeded')
  expect(takenOf(id)).toHaveLength(1)
})

test('no takes nothing, and the payment can be tried again', async () => {
  const { id, page, card } = await confirmed('pm_card_authenticationRequired')
  expect((await answer(page, 'no')).headers.get('location')).toContain('redirect_status=failed')
  const payment = await world.stripe.paymentIntents.retrieve(id)
  expect(payment).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: { code: 'payment_intent_authentication_failure' },
  })
  expect(takenOf(id)).toEqual([])
  const { payment_method } = card
  expect((await world.stripe.paymentIntents.confirm(id, { payment_method, return_url })).status).toBe('requires_action')
})

test('a yes may still meet an empty account', async () => {
  const { id, page } = await confirmed('pm_card_authenticationRequiredChargeDeclinedInsufficientFunds')
  expect((await answer(page, 'yes')).headers.get('location')).toContain('redirect_status=failed')
  expect(await world.stripe.paymentIntents.retrieve(id)).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: { decline_code: 'insufficient_funds' },
  })
})

test('a canceled payment can never succeed, and a paid one not be canceled', async () => {
  const { id, page } = await confirmed('pm_card_authenticationRequired')
  expect(await world.stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' })).toMatchObject({ status: 'canceled' })
  expect((await answer(page, 'yes')).status).toBe(404)
  const { payment, card } = await askedFor('pm_card_authenticationRequired')
  const { payment_method } = card
  await world.stripe.paymentIntents.cancel(payment.id)
  const late = await errorOf(world.stripe.paymentIntents.confirm(payment.id, { payment_method, return_url }))
  expect(late).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' })
  expect((late.raw as { payment_intent: { status: string } }).payment_intent.status).toBe('canceled')
  const paid = await world.stripe.paymentIntents.create(chargeOf(await newSavedCard(world.stripe)))
  expect(await errorOf(world.stripe.paymentIntents.cancel(paid.id))).toMatchObject({ code: 'payment_intent_unexpected_state' })
  expect(takenOf(id)).toEqual([])
})

test('another card on the same payment pays at once; without its holder the bank declines again', async () => {
  const { payment, card } = await askedFor('pm_card_authenticationRequired')
  const again = await errorOf(
    world.stripe.paymentIntents.confirm(payment.id, { payment_method: card.payment_method, off_session: true }),
  )
  expect(again).toMatchObject({ statusCode: 402, code: 'authentication_required' })
  const good = await world.stripe.paymentMethods.attach('pm_card_visa', { customer: card.customer })
  const paid = await world.stripe.paymentIntents.confirm(payment.id, { payment_method: good.id, return_url })
  expect(paid.status).toBe('succeeded')
  expect(takenOf(payment.id)).toHaveLength(1)
})
