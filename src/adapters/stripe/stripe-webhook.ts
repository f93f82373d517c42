import { Stripe } from 'stripe'
import type { ReadWebhook } from '../../domain/payments/gateway.ts'

/** So old a signature may be, in seconds: an event that was listened to and is sent again later is refused. */
const TOLERANCE_S = 300

interface Expected {
  secrets: readonly string[]
  /** the connected account whose events count; null: those of the key's own */
  account: string | null
  isLive: boolean
}

/** Reads a webhook with whichever secret signed it. Of the body only which object it is about: what it says of it may be old. */
export function readWebhook(
  { body, signature, now }: { body: string; signature: string; now: Date },
  expected: Expected,
): ReadWebhook {
  if (expected.secrets.length === 0) return { ok: false, code: 'no_secret' }
  const receivedAt = now.getTime()
  let isOld = false
  for (const secret of expected.secrets) {
    try {
      return read(Stripe.webhooks.constructEvent(body, signature, secret, TOLERANCE_S, undefined, receivedAt), expected)
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) return { ok: false, code: 'broken_body' }
      isOld ||= /tolerance/i.test(error.message)
    }
  }
  return { ok: false, code: isOld ? 'signature_old' : 'signature_wrong' }
}

interface ToldObject {
  id?: unknown
  object?: unknown
  payment_intent?: unknown
}

function read(event: Stripe.Event, { account, isLive }: Expected): ReadWebhook {
  const told: ToldObject = event.data?.object ?? {}
  const object = readAfresh(told)
  if (![event.id, event.type, object.kind, object.id].every(isName)) return { ok: false, code: 'broken_body' }
  // An endpoint for connected accounts hears of all of them, and one for live mode of test payments too.
  if ((event.account ?? null) !== account || (event.livemode ?? isLive) !== isLive) return { ok: false, code: 'elsewhere' }
  return { ok: true, value: { id: event.id, type: event.type, object: { kind: String(object.kind), id: String(object.id) } } }
}

/** Refunds are listed by their payment. */
function readAfresh({ id, object, payment_intent }: ToldObject): { kind: unknown; id: unknown } {
  const isOfPayment = (object === 'charge' || object === 'refund') && isName(payment_intent)
  return isOfPayment ? { kind: 'payment_intent', id: payment_intent } : { kind: object, id }
}

/** The gateway's names are short; nothing else of a body is kept. */
function isName(text: unknown): boolean {
  return typeof text === 'string' && /^[\w.-]{1,255}$/.test(text)
}
