import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { mayChange, orderFacts, orderOf, orderSections, toDoSentences } from './parts.ts'

/** The backer confirmed the survey, or a change of the order. */
export function confirmation(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const isFirst = facts.data.order_version === 1
  return {
    subject: isFirst ? `Your ${facts.campaign.name} order is confirmed` : `Your ${facts.campaign.name} order is changed`,
    preview: `Order ${order.number}: what you get, where it goes, and what you pay.`,
    body: [isFirst ? 'Thank you, we have your answers. This is your order.' : 'Your change is saved. This is your order now.'],
    facts: orderFacts(facts, order),
    sections: orderSections(facts, order),
    button: 'Open my order',
    after: [mayChange(facts, order), ...toDoSentences(facts, order)],
  }
}
