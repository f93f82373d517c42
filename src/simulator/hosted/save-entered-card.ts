import type Stripe from 'stripe'
import { DECLINES, type DeclineReason } from '../declines.ts'
import { needCustomer } from '../resources/customers.ts'
import { type EnteredCard, saveCard } from '../resources/payment-methods.ts'
import { needSetupIntent } from '../resources/setup-intents.ts'
import { emit, put, type Work } from '../work.ts'

/**
 * Saves the card of an open session: the card is the customer's, the setup has succeeded, the session is complete. A card that plainly
 * declines is refused with the reason, and the session stays open.
 */
export function saveEnteredCard(work: Work, session: Stripe.Checkout.Session, entered: EnteredCard): DeclineReason | null {
  const setup = needSetupIntent(work, String(session.setup_intent))
  if (entered.card.refused) {
    const reason = DECLINES[entered.card.refused]
    const failed = put(work, 'setup_intent', { ...setup, last_setup_error: { type: 'card_error', ...reason } })
    emit(work, 'setup_intent.setup_failed', 'setup_intent', failed)
    return reason
  }
  const method = saveCard(work, needCustomer(work, String(session.customer)), entered)
  const done = { ...setup, payment_method: method.id, last_setup_error: null, status: 'succeeded' as const }
  emit(work, 'setup_intent.succeeded', 'setup_intent', put(work, 'setup_intent', done))
  const complete = put(work, 'session', { ...session, status: 'complete', url: null })
  emit(work, 'checkout.session.completed', 'session', complete)
  return null
}
