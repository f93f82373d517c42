import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { pledgeFacts } from './parts.ts'

/** The survey is open. */
export function invitation(facts: MailFacts): Letter {
  const { name } = facts.campaign
  return {
    subject: `Your ${name} survey is ready`,
    preview: 'A few minutes: what you want, add-ons, and where to send it.',
    body: [
      [
        'Now we need to know ',
        { strong: 'what exactly you want' },
        ' and ',
        { strong: 'where to send it' },
        ', and whether you would like anything on top. It takes a few minutes.',
      ],
    ],
    facts: pledgeFacts(facts),
    button: 'Answer the survey',
    after: [
      'No account and no password: this mail holds your personal key, so please do not forward it. You can stop half way and come back.',
      'If you do nothing, we do not know where to send your pledge, and it waits.',
    ],
  }
}
