import type { MailFacts } from '../domain/messages/mail-facts.ts'
import { declineText } from '../lib/decline-text.ts'
import { dayText } from '../lib/time-text.ts'
import type { Letter, Sentence } from './letter.ts'
import { NAME_A_DAY, orderFacts, orderOf, retrySentence } from './parts.ts'

/** A charge failed some days ago and nothing has mended it since; on a day that the backer named, that it is today. */
export function paymentReminder(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const { name } = facts.campaign
  const { fix, same_card } = declineText(facts.attempt?.code ?? '', 'backer')
  const isForGood = same_card === 'never' || facts.attempt?.decline_class === 'hard'
  const isLast = facts.data.is_last === true
  return {
    subject: isLast ? `Last reminder: your ${name} order is not paid` : `Your ${name} order is not paid yet`,
    preview: 'Your order is safe, and waits for its payment.',
    body: [opening(facts), ...(isLast ? [LAST] : [])],
    facts: orderFacts(facts, order),
    button: 'Pay now',
    after: [
      isForGood
        ? 'Your bank will not accept the card on file again, so please use another one.'
        : `${fix} The same page lets you try the card on file again.`,
      `If you do nothing, your order waits and is not packed.${isForGood ? '' : ` ${retrySentence(facts)}`}`,
      ...(isLast ? [] : [NAME_A_DAY]),
    ],
  }
}

const LAST = 'This is the last mail about it that we send by ourselves.'

function opening({ data, campaign, attempt, now }: MailFacts): Sentence {
  const waits: Sentence = [{ strong: 'Your order is safe' }, ', and it waits for its payment.']
  if (typeof data.day === 'string') return ['You asked us to remind you today of what your order still costs. ', ...waits]
  const at = attempt?.sent_at ?? attempt?.created_at ?? now
  const day = dayText(at, { time_zone: campaign.time_zone, now })
  return [`On ${day} your bank declined the charge for `, { name: campaign.name }, '. Nothing was charged. ', ...waits]
}
