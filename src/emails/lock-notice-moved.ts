import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { moment, orderFacts, orderOf, paymentMethodSentences } from './parts.ts'

/** The time of an announced lock was moved. */
export function lockNoticeMoved(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const when = moment(facts, facts.notice?.due_at ?? facts.now)
  return {
    subject: `Your ${facts.campaign.name} order will be locked at another time`,
    preview: `Now on ${when}. Until then you can change everything.`,
    body: [['The time was moved: we lock your order on ', { strong: when }, '. Until then you can change everything.']],
    facts: [{ label: 'Locked on', value: when }, ...orderFacts(facts, order)],
    button: 'Look at my order',
    after: ['If you do nothing, your order is locked as you confirmed it last.', ...paymentMethodSentences(facts, order)],
  }
}
