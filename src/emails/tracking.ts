import type { MailFacts } from '../domain/messages/mail-facts.ts'
import { trackingLink } from '../lib/tracking-link.ts'
import type { Letter } from './letter.ts'
import { addressSection, lineTexts, orderOf } from './parts.ts'

/** The parcel left: carrier, number, link, and what is in it. */
export function tracking(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const { carrier = '', tracking_number = '', lines = [] } = facts.shipment ?? {}
  const page = facts.shipment && trackingLink(facts.shipment)
  return {
    subject: `Your ${facts.campaign.name} parcel is on its way`,
    preview: tracking_number
      ? `Follow it: ${[carrier, tracking_number].filter(Boolean).join(' ')}.`
      : 'It left for your address.',
    body: [
      tracking_number
        ? 'Your parcel left for your address. The carrier can need a day or two before the number shows something.'
        : 'Your parcel left for your address. There is no tracking number for it.',
    ],
    facts: [
      { label: 'Order', value: String(order.number) },
      ...(carrier ? [{ label: 'Carrier', value: carrier }] : []),
      ...(tracking_number ? [{ label: 'Tracking number', value: tracking_number }] : []),
    ],
    sections: [
      ...(page
        ? [
            {
              kind: 'link' as const,
              title: 'Follow your parcel',
              label: carrier ? `Tracking at ${carrier}` : 'Tracking',
              href: page,
            },
          ]
        : []),
      ...(lines.length > 0 ? [{ kind: 'list' as const, title: 'What is in it', lines: lineTexts(lines) }] : []),
      ...addressSection(order),
    ],
    button: 'Open my order',
    after: ['There is nothing you need to do. Something is missing or broken when it is there? Answer this mail.'],
  }
}
