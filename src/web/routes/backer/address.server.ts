import { data } from 'react-router'
import type { Row } from '../../../db/types.ts'
import { type AddressPreview, changeAddress, previewAddress } from '../../../domain/orders/change-address.ts'
import { BACKER_MAY_CHANGE, refusalOfChange } from '../../../domain/orders/lifecycle.ts'
import { DomainError } from '../../../domain/shared/errors.ts'
import { inTransaction } from '../../../domain/shared/tx.ts'
import {
  type Address,
  type AddressField,
  type AddressRemark,
  checkAddress,
  normaliseAddress,
} from '../../../domain/shipping/address.ts'
import { fitAddress } from '../../../domain/shipping/address-fit.ts'
import { addressFormOf, askedFields } from '../../../domain/shipping/address-form.ts'
import { mergeData } from '../../../domain/surveys/drafts.ts'
import { type SurveyView, surveyView } from '../../../domain/surveys/survey-view.ts'
import { countryName } from '../../../lib/country-name.ts'
import { paths } from '../../paths.ts'
import type { FormProblem } from '../../ui/error-summary.tsx'
import type { Closed } from './closed.tsx'
import { addressLines, isServed } from './fields.server.ts'
import { type Pledge, type Refused, refusedBy, seeOther, textOf } from './pledge.server.ts'
import { sinceOf } from './step.server.ts'

/** `draft`: a step of the survey, or of an edit that a review confirms. `order`: an order past open, saved at once. */
export type AddressMode = 'draft' | 'order'

/** How an address is changed now; null where it cannot be. */
export function addressMode({ file }: Pick<SurveyView, 'file'>): AddressMode | null {
  const { order } = file
  if (!order || order.status === 'open') return 'draft'
  return BACKER_MAY_CHANGE[order.status].address ? 'order' : null
}

export function addressClosed(order: Row<'orders'>, while_open: boolean): Closed {
  const code = refusalOfChange(order.status, 'address') ?? 'reopen_first'
  return { code, since: sinceOf(order, code), typed: [], while_open }
}

/** The address form as the page takes it. */
export interface AddressFields {
  country: string
  form: ReturnType<typeof addressFormOf>
  values: Partial<Address>
  accepted: boolean
  /** what looks unusual, by field */
  warnings: Partial<Record<AddressField, string>>
  /** what it costs to send it there, in minor units; null while that is not known */
  shipping: { country: string; amount: number; region: string } | null
}

export function addressFields(view: SurveyView, values: Partial<Address>, accepted: boolean): AddressFields {
  const country = values.country ?? ''
  const { quote } = view.composition
  const line = quote.lines.find(({ kind }) => kind === 'shipping')
  const known = country !== '' && quote.country === country && isServed(view, country)
  return {
    country,
    form: country ? addressFormOf(country, view.campaign.ship_from_country) : [],
    values: fitAddress(normaliseAddress(values)),
    accepted,
    warnings: country ? warningsOf(values) : {},
    shipping: known ? { country: countryName(country), amount: quote.shipping, region: line?.label ?? '' } : null,
  }
}

function warningsOf(values: Partial<Address>): AddressFields['warnings'] {
  const { warnings } = checkAddress(normaliseAddress(values))
  return Object.fromEntries(warnings.map(({ field, message }) => [field, message]))
}

/** What was typed: only the fields of the chosen country's own form, tidied. */
export function readAddress(form: FormData, from: string): Address {
  const country = textOf(form, 'address.country').toUpperCase()
  const known = /^[A-Z]{2}$/.test(country) ? country : ''
  const asked = known ? addressFormOf(known, from) : []
  const typed = Object.fromEntries(
    asked.map(({ field, max_length }) => [field, textOf(form, `address.${field}`).slice(0, max_length)]),
  )
  return normaliseAddress({ ...typed, country: known })
}

/** The address, and what it changes. */
type Agreement = Pick<AddressPreview, 'balance_before' | 'balance_after' | 'shipping_before' | 'shipping_after'> & {
  lines: string[]
}

export interface AddressAnswer {
  problems: FormProblem[]
  refused: Refused | null
  closed: Closed | null
  typed: AddressFields | null
  /** a new price that has to be agreed to first */
  agree: Agreement | null
  /** locked while the page was open: the address alone is still open */
  overtaken_at: string | null
  version: number | null
}

export function addressAnswer(answer: Partial<AddressAnswer>, status: number) {
  const empty = {
    problems: [],
    refused: null,
    closed: null,
    typed: null,
    agree: null,
    overtaken_at: null,
    version: null,
  }
  return data({ ...empty, ...answer } satisfies AddressAnswer, { status })
}

/** What the address lacks, in the order of its country's form. Where nothing is sent to, the rest of it does not matter yet. */
export function addressProblems(view: SurveyView, address: Address): FormProblem[] {
  if (address.country && !isServed(view, address.country)) {
    const message = `${view.campaign.creator_name} does not ship to ${countryName(address.country)}. Choose another country.`
    return [{ id: 'address.country', message }]
  }
  const place = askedFields(address.country)
  return checkAddress(address)
    .errors.toSorted((one, other) => place.indexOf(one.field) - place.indexOf(other.field))
    .map(asProblem)
}

function asProblem({ field, message }: AddressRemark): FormProblem {
  return { id: `address.${field}`, message }
}

/** The survey's view with this address in it. */
export function withAddress(view: SurveyView, address: Address): SurveyView {
  return surveyView(view.campaign, view.catalog, view.file, mergeData(view.data, { address }))
}

/**
 * Saves the address of an order past open. A change of the price is shown and agreed to first; a refusal keeps what was typed. Answers
 * only when it was not saved.
 */
export async function saveOrderAddress(
  pledge: Pledge,
  input: { order: Row<'orders'>; form: FormData; address: Address; accepted: boolean; typed: AddressFields },
) {
  const { order, form, address, accepted, typed } = input
  const { campaign_id, backer_id } = pledge.key
  const key = { campaign_id, order_id: order.id, address }
  const agreed = textOf(form, 'agreed_balance')
  const preview = await previewAddress(pledge.deps.db, pledge.actor, key)
  if (preview.balance_after !== preview.balance_before && agreed !== String(preview.balance_after)) {
    return addressAnswer({ typed, agree: { ...preview, lines: addressLines(address) }, version: order.version }, 200)
  }
  try {
    await inTransaction(pledge.deps, (tx) =>
      changeAddress(tx, pledge.actor, {
        ...key,
        address_accepted: accepted,
        expected_version: Number(textOf(form, 'version')),
        ...(agreed === '' ? {} : { agreed_balance: Number(agreed) }),
      }),
    )
  } catch (error) {
    return await refusedAddress(pledge, order, typed, error)
  }
  throw seeOther(paths.pledge(campaign_id, backer_id, { done: 'address' }))
}

async function refusedAddress(pledge: Pledge, order: Row<'orders'>, typed: AddressFields, error: unknown) {
  const { refused, status } = refusedBy(error)
  const problems = error instanceof DomainError && status === 422 ? fieldProblems(refused.details.fields) : []
  if (problems.length > 0) return addressAnswer({ problems, typed, version: order.version }, status)
  const now = await pledge.deps.db
    .selectFrom('orders')
    .selectAll()
    .where('campaign_id', '=', order.campaign_id)
    .where('id', '=', order.id)
    .executeTakeFirstOrThrow()
  const closed = BACKER_MAY_CHANGE[now.status].address ? null : addressClosed(now, true)
  return addressAnswer({ refused, closed, typed, version: now.version }, status)
}

export function fieldProblems(fields: unknown): FormProblem[] {
  if (!Array.isArray(fields)) return []
  return fields.map(({ field, message }: { field: string; message: string }) => ({ id: field, message }))
}
