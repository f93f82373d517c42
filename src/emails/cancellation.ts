import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'

/** The order was canceled: the last mail about it. */
export function cancellation(facts: MailFacts): Letter {
  return {
    subject: `Your ${facts.campaign.name} order was canceled`,
    preview: 'It will not be charged, packed or shipped.',
    body: ['Your order was canceled. It will not be charged, packed or shipped.'],
    facts: facts.order ? [{ label: 'Order', value: String(facts.order.number) }] : [],
    button: 'Look at my order',
    after: ['If this is right, there is nothing you need to do. If not, answer this mail.'],
  }
}
