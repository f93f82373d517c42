import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { addressRemarks, addressSection, moment, noticeTime, orderOf } from './parts.ts'

/** The address will be final at a time that was set. */
export function finalizeNotice(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const when = moment(facts, noticeTime(facts))
  const what = order.ships ? 'your address' : 'your order'
  return {
    subject: `${order.ships ? 'Your address for' : 'Your order of'} ${facts.campaign.name} is final soon`,
    preview: order.ships ? `Final on ${when}. Please look at it now.` : `Final on ${when}.`,
    body: [
      [
        `We make ${what} final on `,
        { strong: when },
        order.ships
          ? '. Then your parcel can be packed. Please look at the address now.'
          : '. There is nothing in it to be shipped.',
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

/** What to do about the address until it is final, and what happens if one does nothing. */
export function afterwards(order: ReturnType<typeof orderOf>): string[] {
  const remarks = addressRemarks(order)
  if (remarks.length > 0) {
    return [
      `Something in it looks unusual. ${remarks.join(' ')} Correct it on your page, or say there that it is right as it is.`,
      'If you do nothing, your address is not made final and your parcel waits.',
    ]
  }
  return [
    'If it is right, there is nothing you need to do: your parcel goes there. If not, change it on your page until then.',
    'Afterwards you can still ask for a change on your page; we then look whether your parcel can still be stopped.',
  ]
}
