import { type AnswerPreview, previewAnswer } from '../../../domain/fulfilment/answer-request.ts'
import type { ShownChangeRequest } from '../../../domain/fulfilment/request-queries.ts'
import type { Address } from '../../../domain/shipping/address.ts'
import { formatAddress } from '../../../domain/shipping/address-form.ts'
import { countryName } from '../../../lib/country-name.ts'
import type { AddressLines, RequestView } from '../../components/request-parts.tsx'
import type { Desk } from './session.server.ts'

/** A change request for its pages: addresses in print, and for an open one what approving it would do now. */
export async function viewRequest(desk: Desk, campaign_id: string, request: ShownChangeRequest): Promise<RequestView> {
  const { address, address_now, answered_by, order, backer, address_accepted, agreed_balance, ...rest } = request
  const isOpen = request.state === 'open'
  const preview = isOpen ? await previewAnswer(desk.deps.db, desk.actor, { campaign_id, request_id: request.id }) : null
  return {
    ...rest,
    order: { id: order.id, number: order.number, status: order.status, currency: order.currency },
    backer: { id: backer.id, name: backer.name },
    wanted: printed(address),
    now: isOpen && address_now ? printed(address_now) : null,
    answered_by: answered_by?.name ?? null,
    preview: preview && shownPreview(preview, address_accepted),
  }
}

function shownPreview(preview: AnswerPreview, address_accepted: boolean): RequestView['preview'] {
  const { quote, warnings, problems, ...rest } = preview
  return {
    ...rest,
    warnings: address_accepted ? [] : warnings.map(({ message }) => message),
    problems: problems.map(({ message }) => message),
  }
}

function printed(address: Address): AddressLines {
  return {
    lines: [...formatAddress(address), countryName(address.country)],
    phone: address.phone,
    notes: address.delivery_notes,
  }
}
