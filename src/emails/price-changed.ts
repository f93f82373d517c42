import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { amountOf, balanceFact, mayChange, money, orderOf, paymentMethodSentences } from './parts.ts'

const REASONS: Record<string, string> = {
  pledge_changed: 'The crowdfunding platform reports another amount for your pledge than before.',
}

/** What the pledge counts for changed, and with it what is left to pay. */
export function priceChanged(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const balance = amountOf(facts, 'balance_due') ?? order.balance_due
  const change = amountOf(facts, 'balance_change')
  const reason = REASONS[String(facts.data.code)] ?? 'What your pledge counts for has changed.'
  return {
    subject: `The balance of your ${facts.campaign.name} order changed`,
    preview: reason,
    body: [[reason, ' What you chose stays as it is; only what is left to pay changes.']],
    facts: [
      { label: 'Order', value: String(order.number) },
      ...(change === null ? [] : [{ label: 'Change', value: money(facts, change) }]),
      balanceFact(facts, balance),
    ],
    button: 'Open my order',
    after: [
      mayChange(facts, order),
      ...paymentMethodSentences(facts, order),
      'If this is right, there is nothing you need to do. If not, answer this mail.',
    ],
  }
}
