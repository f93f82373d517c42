import type { MailFacts } from '../domain/messages/mail-facts.ts'
import { cardExpiry, cardText } from '../lib/card-text.ts'
import { dayText } from '../lib/time-text.ts'
import type { Letter } from './letter.ts'
import { orderFacts, orderOf } from './parts.ts'

/** The card on file expires before the day on which the creator plans to charge. */
export function cardExpiring(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const day = dayText(new Date(`${facts.data.charge_on}T12:00:00Z`), { time_zone: 'UTC', now: facts.now })
  const card = order.payment_method
  return {
    subject: `Your card expires before ${facts.campaign.name} charges it`,
    preview: `We plan to charge on ${day}. Your order is safe.`,
    body: [
      [
        `We plan to charge what is left to pay for `,
        { name: facts.campaign.name },
        ` on ${day}. The card on file expires before that, so the charge may fail. `,
        { strong: 'Nothing is charged today' },
        '.',
      ],
    ],
    facts: [
      ...orderFacts(facts, order),
      ...(card ? [{ label: 'Card', value: `${cardText(card)}, expires ${cardExpiry(card)}` }] : []),
    ],
    button: 'Use another card',
    after: [
      'Did your bank send you the same card with a new date? Enter it again there.',
      'If you do nothing, we try the card that is on file.',
    ],
  }
}
