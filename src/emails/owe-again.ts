import type { MailFacts } from '../domain/messages/mail-facts.ts'
import { cardText } from '../lib/card-text.ts'
import { unchargeablePart } from '../lib/charge-limits.ts'
import type { Letter } from './letter.ts'
import { amountOf, balanceFact, money, orderOf } from './parts.ts'

const REASONS: Record<string, string> = {
  address_changed: 'Shipping to the new address costs more than what was paid.',
  refunded_elsewhere: 'What you had paid was given back to your card.',
  dispute_lost: 'What you had paid went back to your card after a dispute.',
}

/** A paid order owes something again: how much, why, when it is charged, and to which card. */
export function oweAgain(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const balance = amountOf(facts, 'balance_due') ?? order.balance_due
  const change = amountOf(facts, 'balance_change')
  const reason = REASONS[String(facts.data.code)] ?? 'Your order changed.'
  return {
    subject: `${money(facts, balance)} is left to pay for your ${facts.campaign.name} order`,
    preview: `${reason} Your order is safe.`,
    body: [
      [
        reason,
        ' ',
        { strong: `${money(facts, balance)} is left to pay` },
        '. Your order is safe, and nothing of it was charged yet.',
      ],
      whenAndHow(facts, balance),
    ],
    facts: [
      { label: 'Order', value: String(order.number) },
      ...(change === null ? [] : [{ label: 'Change of the price', value: money(facts, change) }]),
      balanceFact(facts, balance),
    ],
    button: 'Open my order',
    after: [
      'Until it is paid, your order waits and is not packed.',
      'You did not expect this? Answer this mail before it is charged.',
    ],
  }
}

function whenAndHow(facts: MailFacts, balance: number): string {
  const { payment_method } = orderOf(facts)
  if (unchargeablePart(balance, facts.campaign.currency) === balance) {
    return 'That is too little to be charged to a card. We settle it with you in another way; there is nothing you need to do now.'
  }
  if (!payment_method) return 'There is no payment method on file. Put one in on your page, so that we can charge it.'
  return `We charge it to your ${cardText(payment_method)} when the next orders are charged, and you get a receipt. You can put in another card until then.`
}
