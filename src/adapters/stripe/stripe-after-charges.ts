import { Stripe } from 'stripe'
import type {
  Answered,
  ConfirmAnswer,
  ConfirmRequest,
  Gateway,
  GatewayCard,
  GatewayPayment,
  RefundAnswer,
  RefundRequest,
} from '../../domain/payments/gateway.ts'
import { answerOfConfirmed, answerOfError, cardOf, disputeOf, paymentOf, refundOf } from './stripe-answers.ts'
import { type Ask, answered, within } from './stripe-ask.ts'

type AfterCharges = Pick<
  Gateway,
  | 'readPayment'
  | 'cancelPayment'
  | 'confirmPayment'
  | 'refund'
  | 'listRefunds'
  | 'readDispute'
  | 'readCard'
  | 'readSetup'
  | 'detachCard'
  | 'paymentPages'
  | 'refundPages'
  | 'disputePages'
>

interface Parts {
  stripe: Stripe
  ask: Ask
  timeout_ms: number
}

interface Sending {
  key: string
  is_repeat: boolean
}

const PAGE = 100
const withCard = { expand: ['payment_method'] }

/** What is asked about payments once they were made. */
export function afterCharges({ stripe, ask, timeout_ms }: Parts): AfterCharges {
  const pagesOf =
    <T extends { id: string }, R>(list: (page: Page) => Promise<{ data: T[]; has_more: boolean }>, read: (each: T) => R) =>
    (since: Date) =>
      pages({ list, read, since, timeout_ms })
  return {
    readPayment: (payment) => ask(async () => paymentOf(await stripe.paymentIntents.retrieve(payment, withCard))),
    cancelPayment: (payment, key) => ask(() => cancelPayment(stripe, payment, key)),
    confirmPayment: (request, sending) => confirmPayment(stripe, request, { ...sending, timeout_ms }),
    refund: (request, sending) => refund(stripe, request, { ...sending, timeout_ms }),
    listRefunds: (payment) =>
      ask(async () => (await stripe.refunds.list({ payment_intent: payment, limit: PAGE })).data.map(refundOf)),
    readDispute: (dispute) => ask(async () => disputeOf(await stripe.disputes.retrieve(dispute))),
    readCard: (card) => ask(async () => readCard(await stripe.paymentMethods.retrieve(card))),
    readSetup: (setup) => ask(async () => (await stripe.setupIntents.retrieve(setup)).metadata ?? {}),
    detachCard: (card) => ask(() => detachCard(stripe, card)),
    paymentPages: pagesOf((page) => stripe.paymentIntents.list({ ...page, expand: ['data.payment_method'] }), paymentOf),
    refundPages: pagesOf((page) => stripe.refunds.list(page), refundOf),
    disputePages: pagesOf((page) => stripe.disputes.list(page), disputeOf),
  }
}

/** One that cannot be canceled comes with the refusal: it has succeeded, is in processing, or was canceled before. */
async function cancelPayment(stripe: Stripe, payment: string, key: string): Promise<GatewayPayment> {
  try {
    return paymentOf(await stripe.paymentIntents.cancel(payment, {}, { idempotencyKey: key }))
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError && error.payment_intent) return paymentOf(error.payment_intent)
    throw error
  }
}

async function confirmPayment(
  stripe: Stripe,
  { payment, payment_method, return_url }: ConfirmRequest,
  { key, is_repeat, timeout_ms }: Sending & { timeout_ms: number },
): Promise<ConfirmAnswer> {
  try {
    const sending = stripe.paymentIntents.confirm(
      payment,
      { payment_method, return_url, off_session: false },
      { idempotencyKey: key },
    )
    return answerOfConfirmed(await within(timeout_ms, sending))
  } catch (error) {
    return answerOfError(error, is_repeat)
  }
}

async function refund(
  stripe: Stripe,
  { payment, amount, metadata }: RefundRequest,
  { key, is_repeat, timeout_ms }: Sending & { timeout_ms: number },
): Promise<RefundAnswer> {
  try {
    const sending = stripe.refunds.create({ payment_intent: payment, amount, metadata }, { idempotencyKey: key })
    return { answer: 'accepted', refund: refundOf(await within(timeout_ms, sending)) }
  } catch (error) {
    const answer = answerOfError(error, is_repeat)
    if (answer.answer === 'refused' || answer.answer === 'unknown') return answer
    return { answer: 'unknown', code: 'broken_answer', dead_key: false, slow_down: false }
  }
}

function readCard(method: Stripe.PaymentMethod): { card: GatewayCard; is_attached: boolean } {
  const card = cardOf(method)
  if (!card) throw new Error('A payment method that is no card')
  return { card, is_attached: method.customer !== null }
}

async function detachCard(stripe: Stripe, card: string): Promise<void> {
  try {
    await stripe.paymentMethods.detach(card, {}, { idempotencyKey: `detach:${card}` })
  } catch (error) {
    if (!isAway(error)) throw error
  }
}

function isAway(error: unknown): boolean {
  if (!(error instanceof Stripe.errors.StripeError)) return false
  return error.code === 'resource_missing' || error.code === 'payment_method_unexpected_state'
}

interface Page {
  created: { gte: number }
  limit: number
  starting_after?: string
}

/** Each page is a call of its own with its own time; the first that fails is the last. */
async function* pages<T extends { id: string }, R>(parts: {
  list(page: Page): Promise<{ data: T[]; has_more: boolean }>
  read(each: T): R
  since: Date
  timeout_ms: number
}): AsyncGenerator<Answered<R[]>> {
  const page: Page = { created: { gte: Math.floor(parts.since.getTime() / 1000) }, limit: PAGE }
  for (;;) {
    const answer = await answered(parts.timeout_ms, () => parts.list(page))
    if (!answer.ok) {
      yield answer
      return
    }
    const { data, has_more } = answer.value
    yield { ok: true, value: data.map(parts.read) }
    const last = data.at(-1)
    if (!has_more || !last) return
    page.starting_after = last.id
  }
}
