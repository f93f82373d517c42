import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { orderFacts, orderOf } from './parts.ts'

/** Something is owed, and no payment method is on file. */
export function paymentMethodNeeded(facts: MailFacts): Letter {
  const order = orderOf(facts)
  return {
    subject: `Your ${facts.campaign.name} order needs a payment method`,
    preview: 'Without one it cannot be locked and packed.',
    body: ['your order is safe, but there is no payment method on file. Without one it cannot be locked and packed.'],
    facts: orderFacts(facts, order),
    button: 'Open my order',
    after: ['If you do nothing, your order waits. Nothing is charged before your order is locked.'],
  }
}
