import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { orderFacts, pledgeFacts } from './parts.ts'

/** The personal link, again. */
export function link(facts: MailFacts): Letter {
  const { order, campaign } = facts
  return {
    subject: `Your link to ${campaign.name}`,
    preview: 'Your personal page, without account and password.',
    body: ['Here is the link to your personal page again. It needs no account and no password, so please do not forward it.'],
    facts: order ? orderFacts(facts, order) : pledgeFacts(facts),
    button: order ? 'Open my order' : 'Open my survey',
    after: ['You did not ask for it? Then there is nothing you need to do: only you got this mail.'],
  }
}
