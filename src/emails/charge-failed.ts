import type { MailFacts } from '../domain/messages/mail-facts.ts'
import { asksHolder } from '../domain/payments/declines.ts'
import { declineText } from '../lib/decline-text.ts'
import { bankAsks } from './bank-asks.ts'
import type { Letter, Sentence } from './letter.ts'
import { balanceFact, cardOf, chargedAt, moment, money, NAME_A_DAY, orderOf, paidAmount, retrySentence } from './parts.ts'

/** A charge was declined: why, that nothing is lost, and what to do. */
export function chargeFailed(facts: MailFacts): Letter {
  if (facts.attempt?.payment_open && asksHolder(String(facts.data.code))) return bankAsks(facts)
  const order = orderOf(facts)
  const amount = money(facts, paidAmount(facts))
  const card = cardOf(facts)
  const { reason, says_why, fix, same_card } = declineText(String(facts.data.code), 'backer')
  const isForGood = same_card === 'never' || facts.attempt?.decline_class === 'hard'
  return {
    subject: `Your bank declined ${amount}`,
    preview: `${says_why ? capital(reason) : 'The charge did not go through'}. Your order is safe.`,
    body: [
      [
        `On ${moment(facts, chargedAt(facts))} we tried to charge your card for `,
        { name: facts.campaign.name },
        '. ',
        ...said(reason, says_why),
      ],
    ],
    facts: [
      { label: 'Order', value: String(order.number) },
      ...(card ? [{ label: 'Card', value: card }] : []),
      balanceFact(facts, order.balance_due),
    ],
    button: 'Use another card',
    after: isForGood
      ? [
          'Your bank will not accept this card again, so please use another one.',
          'If you do nothing, your order waits and is not packed.',
          NAME_A_DAY,
        ]
      : [
          `${fix} The same page lets you try this card again.`,
          `If you do nothing, your order waits and is not packed. ${retrySentence(facts)}`,
          NAME_A_DAY,
        ],
  }
}

function said(reason: string, says_why: boolean): Exclude<Sentence, string> {
  const safe = ['. Nothing was charged, and ', { strong: 'your order is safe' }, '.']
  return says_why ? ['Your bank said: ', { strong: reason }, ...safe] : [{ strong: 'Your bank declined the charge' }, ...safe]
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
