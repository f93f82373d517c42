import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { mayChange, orderFacts, orderOf, orderSections, toDoSentences } from './parts.ts'

/** The creator filled in the survey, or changed the order, for the backer. */
export function changedByStaff(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const isFirst = facts.data.order_version === 1
  return {
    subject: isFirst ? `We filled in your ${facts.campaign.name} survey` : `We changed your ${facts.campaign.name} order`,
    preview: `Order ${order.number}, as it stands now.`,
    body: [
      isFirst
        ? 'We filled in your survey for you. This is your order.'
        : 'We changed your order for you. This is how it stands now.',
    ],
    facts: orderFacts(facts, order),
    sections: orderSections(facts, order),
    button: 'Open my order',
    after: [
      'Something is not right? Change it on your page, or answer this mail.',
      mayChange(facts, order),
      ...toDoSentences(facts, order),
    ],
  }
}
