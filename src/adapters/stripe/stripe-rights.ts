import type { Stripe } from 'stripe'
import type { Answered } from '../../domain/payments/gateway.ts'
import type { Right } from '../../lib/right-text.ts'
import { accountNamedBy } from './stripe-answers.ts'
import type { Ask } from './stripe-ask.ts'

/** Restricted keys can lack a right; a secret key has all of them. */
export function isRestricted(key: string): boolean {
  return key.startsWith('rk_')
}

/**
 * The account that everything belongs to: the connected one where it is named, else the key's own. A restricted key that may not read
 * accounts is refused with a sentence that names its account, which is as good.
 */
export async function readAccount(stripe: Stripe, stripe_account: string | null): Promise<string> {
  const { id } = await stripe.accounts.retrieveCurrent().catch((error: unknown) => {
    const named = accountNamedBy(error)
    if (named === null || stripe_account !== null) throw error
    return { id: named }
  })
  if (typeof id !== 'string' || id === '') throw new Error('An answer without an id')
  if (stripe_account !== null && id !== stripe_account) throw new Error('An answer of another account')
  return id
}

/** Of nothing: no object has this id. */
const NOBODY = 'afterfund_asks_for_its_rights'

/**
 * One question for each right. Rights are looked at before the object is, so whoever may ask about a thing that is not there hears that it
 * is not there, and nothing is changed. A right to write is asked for by a change of nobody.
 */
const QUESTIONS: readonly { right: Right; ask(stripe: Stripe): Promise<unknown> }[] = [
  { right: 'customer_write', ask: (stripe) => stripe.customers.update(`cus_${NOBODY}`, { metadata: {} }) },
  { right: 'payment_intent_write', ask: (stripe) => stripe.paymentIntents.update(`pi_${NOBODY}`, { metadata: {} }) },
  { right: 'payment_method_write', ask: (stripe) => stripe.paymentMethods.detach(`pm_${NOBODY}`) },
  { right: 'setup_intent_read', ask: (stripe) => stripe.setupIntents.retrieve(`seti_${NOBODY}`) },
  { right: 'checkout_session_write', ask: (stripe) => stripe.checkout.sessions.expire(`cs_${NOBODY}`) },
  { right: 'charge_write', ask: (stripe) => stripe.refunds.update(`re_${NOBODY}`, { metadata: {} }) },
  { right: 'dispute_read', ask: (stripe) => stripe.disputes.retrieve(`dp_${NOBODY}`) },
]

/** Asks about one right after the other. Answers those that are missing; fails where the gateway does not answer, or refuses the key. */
export async function findMissingRights(stripe: Stripe, ask: Ask): Promise<Answered<string[]>> {
  const missing: string[] = []
  for (const question of QUESTIONS) {
    const answer = await ask(() => question.ask(stripe))
    if (answer.ok || (answer.failure.kind === 'refused' && !answer.failure.pauses)) continue
    if (answer.failure.kind === 'outage' || answer.failure.code !== 'right_missing') return answer
    missing.push(answer.failure.right ?? question.right)
  }
  return { ok: true, value: [...new Set(missing)] }
}
