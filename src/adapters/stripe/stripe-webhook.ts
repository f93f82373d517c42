import { Stripe } from 'stripe'
import type { ReadWebhook } from '../../domain/payments/gateway.ts'

/** So old a signature may be, in seconds: an event that was listened to and is sent again later is refused. */
const TOLERANCE_S = 300

/** Reads a webhook with whichever secret signed it. Of the body only which object it is about: what it says of it may be old. */
export function readWebhook(
  { body, signature, now }: { body: string; signature: string; now: Date },
  secrets: readonly string[],
): ReadWebhook {
  if (secrets.length === 0) return { ok: false, code: 'no_secret' }
  const receivedAt = now.getTime()
  let isOld = false
  for (const secret of secrets) {
    try {
      return read(Stripe.webhooks.constructEvent(body, signature, secret, TOLERANCE_S, undefined, receivedAt))
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) return { ok: false, code: 'broken_body' }
      isOld ||= /tolerance/i.test(error.message)
    }
  }
  return { ok: false, code: isOld ? 'signature_old' : 'signature_wrong' }
}

function read(event: Stripe.Event): ReadWebhook {
  const object = event.data?.object as { id?: unknown; object?: unknown } | undefined
  const parts = [event.id, event.type, object?.object, object?.id]
  if (!parts.every((part) => typeof part === 'string' && part !== '')) return { ok: false, code: 'broken_body' }
  return { ok: true, value: { id: event.id, type: event.type, object: { kind: String(object?.object), id: String(object?.id) } } }
}
