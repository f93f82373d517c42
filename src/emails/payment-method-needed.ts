import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { orderFacts, orderOf } from './parts.ts'

/** Something is owed, and no payment method is on file. */
export function paymentMethodNeeded(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const then = order.status === 'open' ? 'locked and packed' : 'charged and packed'
  return {
    subject: `Your ${facts.campaign.name} order needs a payment method`,
    preview: `Without one it cannot be ${then}.`,
    body: [`Your order is safe, but there is no payment method on file. Without one it cannot be ${then}.`],
    facts: orderFacts(facts, order),
    button: 'Open my order',
    after: [`If you do nothing, your order waits. ${whenCharged(order.status)}`],
  }
}

/** When a card that is put in now is charged. */
function whenCharged(status: string): string {
  if (status === 'open') return 'Nothing is charged before your order is locked.'
  if (status === 'errored') return 'A card that you put in is charged right away, once, and you get a receipt.'
  return 'A card that you put in is charged with the next charges, and you get a receipt.'
}
