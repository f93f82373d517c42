import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { addressRemarks, addressSection, orderOf } from './parts.ts'

/** The address could not be made final: please correct it, or say that it is right. */
export function addressInvalid(facts: MailFacts): Letter {
  const order = orderOf(facts)
  const remarks = addressRemarks(order)
  const has = order.address !== null
  return {
    subject: has ? `Please check your address for ${facts.campaign.name}` : `We need your address for ${facts.campaign.name}`,
    preview: 'Your parcel waits for it.',
    body: has
      ? [
          'We wanted to make your address final, so that your parcel can be packed. Something in it looks unusual:',
          ...(remarks.length > 0 ? [[{ strong: remarks.join(' ') }]] : []),
        ]
      : ['We wanted to make your address final, so that your parcel can be packed, but we have none.'],
    facts: [{ label: 'Order', value: String(order.number) }],
    sections: addressSection(order),
    button: has ? 'Check my address' : 'Enter my address',
    after: [
      ...(has ? ['It is right as it is? The same page lets you say so.'] : []),
      'If you do nothing, your parcel waits: we send nothing to an address that may be wrong.',
    ],
  }
}
