import { findPayDay, type PayDay } from '../../../domain/follow-ups/find-pay-day.ts'
import { findLastRequest, type ShownChangeRequest } from '../../../domain/fulfilment/request-queries.ts'
import { listShipments, type ShownShipment } from '../../../domain/fulfilment/shipments.ts'
import { BACKER_MAY_CHANGE, type OrderStatus, STATUS } from '../../../domain/orders/lifecycle.ts'
import { findOrderForBacker } from '../../../domain/orders/order-for-backer.ts'
import type { Quote } from '../../../domain/orders/price-order.ts'
import type { BankQuestion } from '../../../domain/payments/bank-visits.ts'
import type { BackersCharges } from '../../../domain/payments/charges-for-backer.ts'
import type { MethodOnFile } from '../../../domain/payments/payment-methods.ts'
import type { Db } from '../../../domain/shared/tx.ts'
import type { Address } from '../../../domain/shipping/address.ts'
import { describeChanges } from '../../../domain/surveys/describe-changes.ts'
import { confirmedData } from '../../../domain/surveys/drafts.ts'
import type { SurveyData } from '../../../domain/surveys/schema.ts'
import type { SurveyView } from '../../../domain/surveys/survey-view.ts'
import { cardExpiry, cardText } from '../../../lib/card-text.ts'
import { declineText } from '../../../lib/decline-text.ts'
import { dateText } from '../../../lib/time-text.ts'
import type { BankProps } from '../../components/backer/bank-parts.tsx'
import type { CardProps } from '../../components/backer/card-parts.tsx'
import type { ChargesProps } from '../../components/survey/charge-parts.tsx'
import type { OrderProps } from '../../components/survey/order-view.tsx'
import type { ParcelProps } from '../../components/survey/parcels.tsx'
import type { PayDayProps } from '../../components/survey/pay-day.tsx'
import type { RequestProps } from '../../components/survey/request-note.tsx'
import { addressLines, answersProps, entriesOf } from './fields.server.ts'
import { dayOf } from './pledge.server.ts'

/** The order as its backer sees it: what stands confirmed, not a draft. */
export async function orderProps(db: Db, view: SurveyView, now: Date): Promise<OrderProps> {
  const { campaign, file, catalog } = view
  const key = { campaign_id: campaign.id, backer_id: file.backer.id }
  const { order, lines, booked, lock_due_at, payment_method, charges, refunds } = await findOrderForBacker(db, key, now)
  const shipments = await listShipments(db, { campaign_id: campaign.id, order_id: order.id, state: 'left' })
  const request = await findLastRequest(db, { campaign_id: campaign.id, order_id: order.id })
  const quote = order.quote as Quote
  const time = (at: Date | null) => at?.toISOString() ?? null
  return {
    number: order.number,
    name: file.backer.name,
    by: campaign.creator_name,
    status: order.status,
    phase: STATUS[order.status].phase,
    ships: order.ships,
    held: order.held_at !== null,
    at: {
      completed: order.created_at.toISOString(),
      confirmed: order.confirmed_at.toISOString(),
      locked: time(order.locked_at),
      paid: time(order.paid_at),
      finalized: time(order.address_finalized_at),
      shipped: time(order.shipped_at),
      canceled: time(order.canceled_at),
      lock_due: time(lock_due_at),
    },
    deadline: deadlineOf(campaign.lockdown_on, campaign.time_zone, now),
    contents: entriesOf(catalog.items, lines),
    answers: answersProps({ ...view, data: confirmedData(file) }),
    address: order.ships
      ? { lines: order.address ? addressLines(order.address as Address) : null, unusual: order.address_warning }
      : null,
    money: {
      lines: quote.lines,
      currency: campaign.currency,
      shipping_left_over: quote.shipping_left_over,
      booked,
      balance: order.balance_due,
      receipts: receiptsOf(charges),
      refunds: refunds.map(({ at, card, ...refund }) => ({ ...refund, at: new Date(at).toISOString(), card: cardText(card) })),
    },
    card: cardProps(payment_method),
    charges: chargesProps(charges, now),
    pay_day: payDayProps(await findPayDay(db, campaign, order, { is_under_way: charges.under_way !== null, now }), now),
    parcels: order.ships ? shipments.data.map(parcelProps) : [],
    request: order.status === 'canceled' ? null : requestProps(request),
    asks_method: !payment_method && (order.balance_due > 0 || campaign.payment_method_required),
    may: BACKER_MAY_CHANGE[order.status as OrderStatus],
  }
}

/** A card in words. */
export function cardProps(method: MethodOnFile | null): CardProps | null {
  return method && { name: cardText(method), expiry: cardExpiry(method), is_expired: method.is_expired }
}

function receiptsOf({ receipts }: BackersCharges) {
  return receipts.map(({ amount, at, ...card }) => ({ amount, at: at.toISOString(), card: cardText(card) }))
}

/** As long as a page waits for the bank; after that the charge is told as one without an answer. */
const LONG_MS = 10_000

function chargesProps(charges: BackersCharges, now: Date): ChargesProps {
  const { under_way, failed, bank, retry_refusal, retry_at, owes_again } = charges
  return {
    under_way: under_way && {
      amount: under_way.amount,
      is_long: under_way.is_asked || now.getTime() - under_way.since.getTime() >= LONG_MS,
    },
    failed: failed && failedProps(failed),
    bank: bank && bankProps(bank),
    receipts: receiptsOf(charges),
    retry_refusal,
    retry_at: retry_at?.toISOString() ?? null,
    owes_again,
  }
}

/** In words only: the bank's code does not come near the page, since some of them say more than a backer is told. */
function failedProps({ at, code, ...failed }: NonNullable<BackersCharges['failed']>): ChargesProps['failed'] {
  const { reason, says_why, fix } = declineText(code, 'backer')
  return { ...failed, at: at.toISOString(), reason, says_why, fix }
}

/** What the bank wants to hear. Where it asks stays here: a press is looked at afresh. */
export function bankProps({ attempt, card, visit, refusal }: BankQuestion): BankProps {
  return { amount: attempt.amount, card: cardText(card), refusal, until: visit?.until.toISOString() ?? null }
}

function payDayProps(day: PayDay | null, now: Date): PayDayProps | null {
  if (!day) return null
  const inWords = (date: string) => ({ date, words: dayOf(date, now) })
  return {
    named: day.named === null ? null : inWords(day.named),
    first: inWords(day.first),
    last: inWords(day.last),
    retry_at: day.retry_at?.toISOString() ?? null,
    problem: null,
  }
}

function parcelProps({ id, carrier, tracking_number, tracking_link, left_at, lines }: ShownShipment): ParcelProps {
  return {
    id,
    carrier,
    number: tracking_number,
    link: tracking_link,
    left_at: left_at.toISOString(),
    contents: lines.map(({ name, option, quantity }) => ({ name, option, quantity })),
  }
}

function requestProps(request: ShownChangeRequest | null): RequestProps | null {
  if (!request || request.state === 'withdrawn') return null
  const { state, created_at, answered_at, answer, code } = request
  const at = state === 'open' ? created_at : (answered_at ?? created_at)
  return { state, at: at.toISOString(), answer, is_over: code !== null }
}

function deadlineOf(day: string | null, time_zone: string, now: Date): OrderProps['deadline'] {
  return day ? { day: dayOf(day, now), over: dateText(now, time_zone) > day } : null
}

/** An edit that is not part of the order: still open to confirm, or overtaken by a lock. */
export function unconfirmed({ catalog, file }: SurveyView) {
  if (!file.draft || !file.order) return null
  const changes = describeChanges(catalog, file, file.draft.data as SurveyData)
  return { state: file.draft.state, changes }
}
