import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { cardOf, chargedAt, moment, money, orderOf, paidAmount } from './parts.ts'

/** The bank pays once its customer has confirmed the charge on the bank's own page: what for, how much, and that nothing was charged. */
export function bankAsks(facts: MailFacts): Letter {
  const amount = money(facts, paidAmount(facts))
  const card = cardOf(facts)
  const isRefused = facts.data.code === 'payment_intent_authentication_failure'
  return {
    subject: isRefused ? `Your bank has no yes from you to ${amount}` : `Your bank wants to hear from you about ${amount}`,
    preview: 'Nothing was charged. Your order is safe.',
    body: [
      isRefused
        ? [
            { strong: `${amount} was not confirmed with your bank` },
            ', so it was not charged for ',
            { name: facts.campaign.name },
            '. Your order is safe, and you can confirm it again.',
          ]
        : [
            `On ${moment(facts, chargedAt(facts))} we asked your bank for ${amount} for `,
            { name: facts.campaign.name },
            '. ',
            { strong: 'Your bank wants you to confirm it first' },
            ', as banks now and then do. Nothing was charged, and your order is safe.',
          ],
    ],
    facts: [
      { label: 'Order', value: String(orderOf(facts).number) },
      ...(card ? [{ label: 'Card', value: card }] : []),
      { label: 'To confirm', value: amount },
    ],
    button: 'Confirm with your bank',
    after: [
      'The button opens your page here. From there you go to your bank’s own page, or its app, and come back. We never ask for a card number or a password in a mail.',
      'On your page you can also use another card instead.',
      'If you do nothing, your order waits and is not packed.',
    ],
  }
}
