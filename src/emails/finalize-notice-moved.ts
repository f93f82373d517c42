import type { MailFacts } from '../domain/messages/mail-facts.ts'
import { afterwards } from './finalize-notice.ts'
import type { Letter } from './letter.ts'
import { addressSection, moment, noticeTime, orderOf } from './parts.ts'

/** The time at which the address will be final was moved. */
export function finalizeNoticeMoved(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const when = moment(facts, noticeTime(facts))
  const what = order.ships ? 'your address' : 'your order'
  return {
    subject: `${order.ships ? 'Your address for' : 'Your order of'} ${facts.campaign.name} is final at another time`,
    preview: order.ships ? `Now on ${when}. Until then you can change the address.` : `Now on ${when}.`,
    body: [
      [
        `The time was moved: we make ${what} final on `,
        { strong: when },
        order.ships ? '. Until then you can change the address.' : '.',
      ],
    ],
    facts: [
      { label: 'Final on', value: when },
      { label: 'Order', value: String(order.number) },
    ],
    sections: addressSection(order),
    button: order.ships ? 'Look at my address' : 'Look at my order',
    after: order.ships ? afterwards(order) : ['There is nothing you need to do.'],
  }
}
