import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { amountOf, balanceFact, money, orderOf } from './parts.ts'

const REASONS: Record<string, string> = {
  address_changed: 'Shipping to the new address costs more than what was paid.',
}

/** A paid order owes something again: how much, and why. */
export function oweAgain(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const balance = amountOf(facts, 'balance_due') ?? order.balance_due
  const change = amountOf(facts, 'balance_change')
  const reason = REASONS[String(facts.data.code)] ?? 'Your order changed.'
  return {
    subject: `${money(facts, balance)} is left to pay for your ${facts.campaign.name} order`,
    preview: `${reason} Your order is safe.`,
    body: [
      [reason, ' ', { strong: `${money(facts, balance)} is left to pay` }, '. Your order is safe, and nothing was charged.'],
    ],
    facts: [
      { label: 'Order', value: String(order.number) },
      ...(change === null ? [] : [{ label: 'Change of the price', value: money(facts, change) }]),
      balanceFact(facts, balance),
    ],
    button: 'Open my order',
    after: [
      'If you do nothing, your order waits until this is paid.',
      'You did not expect this? Answer this mail before you pay.',
    ],
  }
}
