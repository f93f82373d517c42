import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { orderFacts, orderOf } from './parts.ts'

/** An announced finalizing does not happen. */
export function finalizeNoticeWithdrawn(facts: MailFacts): Letter {
  const order = orderOf(facts)
  return {
    subject: `${order.ships ? 'Your address for' : 'Your order of'} ${facts.campaign.name} is not final yet`,
    preview: 'What we announced does not happen. We tell you before there is another date.',
    body: [
      order.ships
        ? 'We do not make your address final at the time that we announced. You can go on changing it, and we tell you before there is another date.'
        : 'We do not make your order final at the time that we announced. We tell you before there is another date.',
    ],
    facts: orderFacts(facts, order),
    button: 'Look at my order',
    after: ['There is nothing you need to do.'],
  }
}
