import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { pledgeFacts } from './parts.ts'

/** The survey was sent and is not confirmed. */
export function reminder(facts: MailFacts): Letter {
  const { name } = facts.campaign
  const isStarted = facts.backer.survey === 'started'
  return {
    subject: `Your ${name} survey still waits for you`,
    preview: isStarted
      ? 'What you filled in is saved; it only needs your confirmation.'
      : 'A few minutes, and we know what to send where.',
    body: [
      isStarted
        ? 'You began your survey and did not confirm it yet. What you filled in is saved; go on where you stopped.'
        : 'We do not have your answers yet: what exactly you want, and where to send it. It takes a few minutes.',
    ],
    facts: pledgeFacts(facts),
    button: isStarted ? 'Go on with the survey' : 'Answer the survey',
    after: [
      'No account and no password: this mail holds your personal key, so please do not forward it.',
      'If you do nothing, we do not know where to send your pledge, and it waits.',
    ],
  }
}
