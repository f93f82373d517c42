import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { orderOf } from './parts.ts'

/** The parcel that was announced has not left after all. */
export function trackingCorrected(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const number = facts.shipment?.tracking_number ?? ''
  return {
    subject: `Your ${facts.campaign.name} parcel has not left yet`,
    preview: 'We wrote that it did. That was our mistake, sorry.',
    body: [
      [
        'We wrote that your parcel is on its way. That was our mistake, and we are sorry: ',
        { strong: 'it has not left yet' },
        '. Your order is safe.',
      ],
    ],
    facts: [{ label: 'Order', value: String(order.number) }, ...(number ? [{ label: 'No longer valid', value: number }] : [])],
    button: 'Open my order',
    after: ['There is nothing you need to do. We write again when your parcel leaves.'],
  }
}
