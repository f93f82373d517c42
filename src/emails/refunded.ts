import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { amountOf, cardOf, money, orderOf } from './parts.ts'

/** Money left for the card: how much, which card, and when it arrives. */
export function refunded(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const amount = money(facts, amountOf(facts, 'amount') ?? 0)
  const card = cardOf(facts)
  return {
    subject: `${amount} is on its way back to you`,
    preview: `For order ${order.number} of ${facts.campaign.name}.`,
    body: [
      [
        'We gave back ',
        { strong: amount },
        ' of what you paid for your ',
        { name: facts.campaign.name },
        ` order. It goes to ${card ? `your ${card}` : 'the card it came from'}. Banks take 5 to 10 days to show it; some take the charge off the statement instead.`,
      ],
    ],
    facts: [
      { label: 'Order', value: String(order.number) },
      { label: 'Given back', value: amount },
      ...(card ? [{ label: 'Card', value: card }] : []),
    ],
    button: 'Look at my order',
    after: [
      ...(order.status === 'canceled' ? ['Your order is canceled, and nothing more is charged for it.'] : []),
      'There is nothing you need to do. Is the card closed? Your bank passes the money on to you; ask it, or answer this mail.',
    ],
  }
}
