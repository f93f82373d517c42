import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Address } from '../domain/shipping/address.ts'
import type { Letter, Section } from './letter.ts'
import { addressLines, orderFacts, orderOf, toDoSentences } from './parts.ts'

/** The creator approved or declined what the backer asked for once the address was final. */
export function changeRequestAnswered(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const { request } = facts
  const isApproved = facts.data.decision === 'approve'
  const asked = request ? addressLines(request.address as Address) : []
  const now = order.address ? addressLines(order.address) : []
  return {
    subject: isApproved
      ? `Your new address for ${facts.campaign.name} is saved`
      : `Your address for ${facts.campaign.name} stays as it is`,
    preview: isApproved ? 'Your parcel goes to the new address.' : 'We could not take over the change that you asked for.',
    body: [
      isApproved
        ? 'We changed your address as you asked. Your parcel goes to the new one.'
        : facts.data.code === 'already_shipped'
          ? 'You asked us to change your address. Your parcel left before we came to it, so it goes to the one below.'
          : 'You asked us to change your address. We could not do that.',
    ],
    facts: orderFacts(facts, order),
    sections: [
      ...answerSection(request?.answer ?? ''),
      isApproved
        ? { kind: 'address', title: 'Where it goes', lines: asked }
        : { kind: 'address', title: 'Where it goes, as before', lines: now },
    ],
    button: 'Open my order',
    after: isApproved ? toDoSentences(facts, order) : ['It cannot go there? Answer this mail, and we look for a way together.'],
  }
}

function answerSection(answer: string): Section[] {
  const lines = answer.split('\n').filter((line) => line.trim() !== '')
  return lines.length > 0 ? [{ kind: 'address', title: 'Our answer', lines }] : []
}
