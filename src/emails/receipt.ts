import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { cardOf, chargedAt, mayChange, moment, money, orderOf, orderSections, paidAmount } from './parts.ts'

/** The card was charged: how much, when, which card, for what, and what happens next. */
export function receipt(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const amount = money(facts, paidAmount(facts))
  const card = cardOf(facts)
  return {
    subject: `You paid ${amount} for your ${facts.campaign.name} order`,
    preview: `Your receipt for order ${order.number}.`,
    body: [
      [
        `Thank you. On ${moment(facts, chargedAt(facts))} we charged `,
        { strong: amount },
        ` to ${card ? `your ${card}` : 'your card'}. This mail is your receipt.`,
      ],
    ],
    facts: [
      { label: 'Order', value: String(order.number) },
      { label: 'Charged', value: amount },
      ...(card ? [{ label: 'Card', value: card }] : []),
    ],
    sections: orderSections(facts, order),
    button: 'Open my order',
    after: [
      ...nextSentences(facts, order.balance_due),
      mayChange(facts, order),
      'You did not expect this charge? Answer this mail, and we look into it.',
    ],
  }
}

function nextSentences(facts: MailFacts, balance_due: number): string[] {
  const order = orderOf(facts)
  if (balance_due > 0) return ['Something is left to pay: your order changed since. We wrote to you about it.']
  if (!order.ships || order.status !== 'paid') return []
  return [
    'Next, when the items are here, we make your address final, and then your parcel is packed. There is nothing you need to do.',
  ]
}
