import { expect, test } from 'vitest'
import { chargeOf, clientOf, errorOf, newSavedCard, useSimulator } from '../../test/setup/simulator-client.ts'

const world = useSimulator()

async function newPayment(token = 'pm_card_visa') {
  const card = await newSavedCard(world.stripe, token)
  return await world.stripe.paymentIntents.create(chargeOf(card))
}
const refundsOf = (payment_intent: string) =>
  world.simulator.refunds().filter((refund) => refund.payment_intent === payment_intent)
const laterBy = (ms: number) => world.simulator.knobs({ clock_ahead_ms: world.simulator.knobs({}).clock_ahead_ms + ms })

test('a charge is given back in parts, and never more than was taken', async () => {
  const { stripe } = world
  const { id: payment_intent } = await newPayment()
  const part = await stripe.refunds.create({ payment_intent, amount: 1000, metadata: { afterfund_order: 'o1' } })
  expect(part).toMatchObject({
    object: 'refund',
    status: 'succeeded',
    amount: 1000,
    payment_intent,
    metadata: { afterfund_order: 'o1' },
  })
  expect(await errorOf(stripe.refunds.create({ payment_intent, amount: 3251 }))).toMatchObject({
    statusCode: 400,
    param: 'amount',
  })
  const rest = await stripe.refunds.create({ payment_intent })
  expect(rest.amount).toBe(3250)
  expect(await errorOf(stripe.refunds.create({ payment_intent }))).toMatchObject({ code: 'charge_already_refunded' })
  expect(refundsOf(payment_intent).map(({ amount }) => amount)).toEqual([1000, 3250])
  const [charge] = (await stripe.charges.list({ payment_intent })).data
  expect(charge).toMatchObject({ amount_refunded: 4250, refunded: true, status: 'succeeded' })
  expect((await stripe.refunds.list({ payment_intent })).data.map(({ id }) => id)).toEqual([rest.id, part.id])
})

test('one key gives back once, whatever is cut', async () => {
  const { stripe, simulator } = world
  const { id: payment_intent } = await newPayment()
  simulator.knobs({ next: ['cut_after', 500] })
  const options = { idempotencyKey: `refund:${payment_intent}` }
  await errorOf(stripe.refunds.create({ payment_intent, amount: 500 }, options))
  simulator.knobs({ next: [] })
  await stripe.refunds.create({ payment_intent, amount: 500 }, options)
  expect(refundsOf(payment_intent)).toMatchObject([{ amount: 500, idempotency_key: options.idempotencyKey }])
})

test('what was declined cannot be given back', async () => {
  const error = await errorOf(newPayment('pm_card_laterDoNotHonor'))
  const { payment_intent } = error.raw as { payment_intent: { id: string } }
  expect(await errorOf(world.stripe.refunds.create({ payment_intent: payment_intent.id }))).toMatchObject({ statusCode: 400 })
  expect((await world.stripe.charges.list({ payment_intent: payment_intent.id })).data).toMatchObject([{ status: 'failed' }])
})

test('a refund that is pending arrives, and one that looked well fails', async () => {
  const { stripe } = world
  const pending = await stripe.refunds.create({ payment_intent: (await newPayment('pm_card_pendingRefund')).id })
  const { id: failing } = await newPayment('pm_card_refundFail')
  const well = await stripe.refunds.create({ payment_intent: failing })
  expect([pending.status, well.status]).toEqual(['pending', 'succeeded'])
  laterBy(6_000)
  expect((await stripe.refunds.retrieve(pending.id)).status).toBe('succeeded')
  expect(await stripe.refunds.retrieve(well.id)).toMatchObject({ status: 'failed', failure_reason: 'expired_or_canceled_card' })
  // The money is here again: it can be given back another time.
  expect((await stripe.charges.list({ payment_intent: failing })).data).toMatchObject([{ amount_refunded: 0, refunded: false }])
  expect((await stripe.refunds.create({ payment_intent: failing, amount: 4250 })).status).toBe('succeeded')
})

test('a dispute holds the charge; evidence decides it', async () => {
  const { stripe } = world
  const { id: payment_intent } = await newPayment('pm_card_createDispute')
  const [dispute] = (await stripe.disputes.list({ payment_intent })).data
  expect(dispute).toMatchObject({ status: 'needs_response', reason: 'fraudulent', amount: 4250 })
  expect(await errorOf(stripe.refunds.create({ payment_intent }))).toMatchObject({ code: 'charge_disputed' })
  const id = String(dispute?.id)
  const evidence = { uncategorized_text: 'winning_evidence' }
  expect((await stripe.disputes.update(id, { evidence, submit: false })).status).toBe('needs_response')
  expect((await stripe.disputes.update(id, { evidence })).status).toBe('won')
  expect(await errorOf(stripe.disputes.close(id))).toMatchObject({ statusCode: 400 })
  const kinds = (await stripe.events.list({ limit: 100 })).data.filter((event) => (event.data.object as { id: string }).id === id)
  expect(kinds.map(({ type }) => type)).toEqual([
    'charge.dispute.funds_reinstated',
    'charge.dispute.closed',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.created',
  ])
})

test('an accepted dispute is lost; an inquiry leaves the charge refundable', async () => {
  const { stripe } = world
  const lost = (await stripe.disputes.list({ payment_intent: (await newPayment('pm_card_createDisputeProductNotReceived')).id }))
    .data[0]
  expect((await stripe.disputes.close(String(lost?.id))).status).toBe('lost')
  const { id: payment_intent } = await newPayment('pm_card_createDisputeInquiry')
  expect((await stripe.disputes.list({ payment_intent })).data[0]?.status).toBe('warning_needs_response')
  expect((await stripe.refunds.create({ payment_intent })).status).toBe('succeeded')
})

test('calls above the pace get a 429, and a gateway that is down cuts every call', async () => {
  const { stripe, simulator } = world
  simulator.knobs({ calls_per_second: 3 })
  const calls = await Promise.allSettled(Array.from({ length: 6 }, () => stripe.accounts.retrieveCurrent()))
  const refused = calls.flatMap((call) => (call.status === 'rejected' ? [call.reason] : []))
  expect(refused).toHaveLength(3)
  expect(refused[0]).toMatchObject({ statusCode: 429, headers: { 'stripe-rate-limited-reason': 'global-rate' } })
  simulator.knobs({ calls_per_second: null, is_down: true })
  expect(await errorOf(stripe.accounts.retrieveCurrent())).toMatchObject({ type: 'StripeConnectionError' })
  simulator.knobs({ is_down: false })
  expect((await stripe.accounts.retrieveCurrent()).object).toBe('account')
})

test('a forgotten key charges again: that is why a key is not enough', async () => {
  const card = await newSavedCard(world.stripe)
  const options = { idempotencyKey: 'forgotten' }
  const first = await world.stripe.paymentIntents.create(chargeOf(card), options)
  world.simulator.forgetKeys()
  const second = await clientOf(world.simulator).paymentIntents.create(chargeOf(card), options)
  expect(second.id).not.toBe(first.id)
  expect(world.simulator.ledger().filter(({ customer }) => customer === card.customer)).toHaveLength(2)
})
