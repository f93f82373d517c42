import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { moment, orderFacts, orderOf, paymentMethodSentences } from './parts.ts'

/** The order will be locked at a time that was set. */
export function lockNotice(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const when = moment(facts, facts.notice?.due_at ?? facts.now)
  return {
    subject: `Your ${facts.campaign.name} order will be locked soon`,
    preview: `Locked on ${when}. Until then you can change everything.`,
    body: [
      [
        'We lock your order on ',
        { strong: when },
        '. Until then you can change everything. Afterwards the contents are frozen; the address can still be changed.',
      ],
    ],
    facts: [{ label: 'Locked on', value: when }, ...orderFacts(facts, order)],
    button: 'Look at my order',
    after: ['If you do nothing, your order is locked as you confirmed it last.', ...paymentMethodSentences(facts, order)],
  }
}
