import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { orderFacts, orderOf } from './parts.ts'

/** An announced lock does not happen. */
export function lockNoticeWithdrawn(facts: MailFacts): Letter {
  const order = orderOf(facts)
  return {
    subject: `Your ${facts.campaign.name} order stays open`,
    preview: 'The lock that we announced does not happen. We tell you before there is another.',
    body: ['The lock that we announced does not happen. Your order stays open, and you can go on changing it.'],
    facts: orderFacts(facts, order),
    button: 'Look at my order',
    after: ['There is nothing you need to do.'],
  }
}
