/*
 * What happened, in words: the same on the creator's timeline, on the backer's page and in the API's answer.
 * A sentence is a subject ("Ada"), what they did ("locked the order") and, where there is more to say, why.
 */
import { cardText } from './card-text.ts'
import { declineText, hasDeclineText } from './decline-text.ts'
import { decisionText, discrepancyTitle } from './discrepancy-text.ts'
import { formatMoney } from './money.ts'
import { hasReasonText, reasonText } from './reason-text.ts'
import { refundReason } from './refund-text.ts'
import { dayText } from './time-text.ts'

/** What is needed of an event (domain/shared/events.ts); `reason` is staff's own words. */
export interface ToldEvent {
  kind: string
  actor: { kind: string; name: string | null }
  from: string | null
  to: string | null
  code: string | null
  reason: string | null
  data: Record<string, unknown>
}

export interface Telling {
  currency: string
  locale?: string
  /** who reads: a backer is "You" to themselves, and staff are "The creator" to them */
  reader?: 'creator' | 'backer'
}

export interface EventWords {
  who: string
  did: string
  why: string | null
}

type Say = string | ((event: ToldEvent, telling: Telling) => string)

const DID: Readonly<Record<string, Say>> = {
  // transitions
  complete_survey: (event, telling) => (isOwn(event) ? 'completed the survey' : `completed the survey for ${them(telling)}`),
  lock: 'locked the order',
  unlock: 'unlocked the order',
  start_charge: (event, telling) => `started a charge${ofAmount(event, telling)}${toCard(event)}`,
  charge_succeeded: (event, telling) => `confirmed the charge${ofAmount(event, telling)}${toCard(event)}`,
  nothing_owed: 'marked the order as paid',
  charge_failed: (event, telling) => `declined the charge${ofAmount(event, telling)}${toCard(event)}`,
  owe_again: 'made the order owe again',
  finalize_address: 'finalized the address',
  reopen_address: 'reopened the address',
  ship: 'marked the order as shipped',
  undo_ship: 'took the shipping back',
  cancel: 'canceled the order',
  // other changes of an order
  order_changed: (event, telling) => `changed ${fieldWords(event)}${isOwn(event) ? '' : ` for ${them(telling)}`}`,
  address_changed: 'changed the address',
  pledge_changed: 'brought a changed pledge amount from the report',
  payment_method_changed: (event) => `put in ${cardOf(event) ?? 'another payment method'}`,
  held: 'put the order on hold',
  released: 'released the order from hold',
  settled_outside: (event, telling) =>
    event.code === 'waived'
      ? `waived ${amountOf(event, telling)}`
      : `recorded ${amountOf(event, telling)} as paid in another way`,
  noticed: (event) => `gave notice of ${noticeOf(event)}`,
  notice_withdrawn: (event) => `withdrew the notice of ${noticeOf(event)}`,
  left_open_by_notice: (event) =>
    isOfAddress(event) ? 'left the address as it is when the notice ran out' : 'left the order open when the notice ran out',
  charge_refused: (event, telling) => `did not carry out the charge${ofAmount(event, telling)}${toCard(event)}`,
  charge_booked_late: (event, telling) =>
    `reported a charge${ofAmount(event, telling)}${toCard(event)} after the order had moved on`,
  payment_adopted: (event, telling) => `reported a try${ofAmount(event, telling)}${toCard(event)} that the books had lost`,
  bank_asked: (event, telling) => `went to the bank to confirm the charge${ofAmount(event, telling)}${toCard(event)}`,
  shipment_changed: 'corrected the tracking of a parcel',
  address_accepted: 'said that the address is right as it is',
  price_reduced: (event, telling) => `took ${amountOf(event, telling)} off the price`,
  paid_back_outside: (event, telling) => `recorded ${amountOf(event, telling)} as paid back in another way`,
  refund_started: (event, telling) => `gave back ${amountOf(event, telling)}`,
  refund_accepted: (event, telling) => `took the refund${ofAmount(event, telling)}${toCard(event)}`,
  refund_refused: (event, telling) => `did not carry out the refund${ofAmount(event, telling)}`,
  refund_failed: (event, telling) => `returned a refund${ofAmount(event, telling)}: the money came back`,
  refund_adopted: (event, telling) => `reported a refund of ours${ofAmount(event, telling)} that the books had lost`,
  refunded_elsewhere: (event, telling) => `reported a refund${ofAmount(event, telling)} that was not made here`,
  disputed: (event, telling) => `reported that the holder of the card disputes ${amountOf(event, telling)}`,
  dispute_over: (event, telling) => `ended the dispute about ${amountOf(event, telling)}`,
  discrepancy_settled: (event, telling) => {
    const currency = typeof event.data.currency === 'string' ? event.data.currency : telling.currency
    const about = discrepancyTitle(String(event.data.discrepancy))
    return `decided about “${about}”, ${amountOf(event, { ...telling, currency })}: ${decisionText(event.code ?? '').done.toLowerCase()}`
  },
  dispute_lost: (event, telling) => `took back ${amountOf(event, telling)} after a dispute`,
  // of a backer
  backer_imported: (event) =>
    event.code === 'changed' ? 'brought changes of the pledge from a report' : 'brought the backer in from a report',
  backer_corrected: (event) => `corrected ${fieldWords(event)}`,
  link_shown: (_event, telling) => (telling.reader === 'backer' ? 'looked at your link' : 'looked at the link'),
  link_resent: (event) => (event.actor.kind === 'backer' ? 'asked for the link again' : 'sent the link again'),
  link_revoked: 'made the old link useless',
  survey_sent: 'sent the survey',
  survey_reminded: 'sent a reminder',
  payment_method_asked: 'asked for a payment method',
  survey_viewed_by_staff: (_event, telling) =>
    `looked at the survey as ${telling.reader === 'backer' ? 'you see it' : 'the backer sees it'}`,
  note_saved: 'saved a note',
  pledge_withdrawn: 'withdrew the pledge',
  pledge_decided: (event) => (event.code === 'dropped' ? 'took the pledge as not paid' : 'took the pledge as collected'),
  mail_bounced: 'found that mail to this address bounces',
  card_renewed: (event) => `renewed the card: it is ${cardOf(event) ?? 'another one'} now`,
  card_detached: (event) => `took ${cardOf(event) ?? 'a card'} away: it cannot be charged any more`,
  card_saved: (event) => `saved ${cardOf(event) ?? 'a card'}`,
  remind_on_named: (event) => `named ${dayOf(event)} for the payment`,
  remind_on_withdrawn: 'took back the day named for the payment',
  payment_reminded: (event, telling) =>
    `reminded ${them(telling)} of the failed payment${event.data.is_last === true ? ' for the last time' : ''}`,
  change_requested: 'asked for another address',
  change_request_answered: (event) =>
    `${event.data.decision === 'approve' ? 'approved' : 'declined'} the request for another address`,
  change_request_withdrawn: 'took back the request for another address',
  // of the campaign
  campaign_created: 'made the campaign',
  campaign_changed: (event) => `changed ${fieldWords(event)} of the campaign`,
  prices_saved: 'said what the pledge paid for',
  import_applied: 'applied a report',
  lines_exported: 'exported the order lines',
  ready_orders_exported: (event) =>
    `exported ${counted(event.data.orders, 'order')} that ${event.data.orders === 1 ? 'is' : 'are'} ready to ship`,
  charge_run_started: (event, telling) => `started a charge run${runScale(event, telling)}`,
  charge_run_paused: 'paused the charge run',
  charge_run_resumed: 'let the charge run go on',
  charge_run_stopped: 'stopped the charge run',
  charge_run_done: 'finished the charge run',
  stock_counted: 'saved the stock on hand',
  payment_reminders_asked: (event) => `asked for reminders of ${counted(event.data.orders, 'failed payment')}`,
  tracking_mails_sent: (event) => `mailed the tracking number of ${counted(event.data.shipments ?? event.data.queued, 'parcel')}`,
}

/** The words of one event. A kind without words is shown as its name, never hidden. */
export function eventWords(event: ToldEvent, telling: Telling): EventWords {
  const say = DID[event.kind] ?? event.kind.replaceAll('_', ' ')
  return { who: whoOf(event, telling), did: typeof say === 'string' ? say : say(event, telling), why: whyOf(event, telling) }
}

/** The same as one sentence: "Ada put the order on hold: wrong size." */
export function eventSentence(event: ToldEvent, telling: Telling): string {
  const { who, did, why } = eventWords(event, telling)
  const text = why ? `${who} ${did}: ${why}` : `${who} ${did}`
  return /[.!?]$/.test(text) ? text : `${text}.`
}

/** Whether a kind has words of its own; the test asks this for every kind there is. */
export function hasEventText(kind: string): boolean {
  return Object.hasOwn(DID, kind)
}

function whoOf({ actor, data }: ToldEvent, { reader }: Telling): string {
  if (actor.kind === 'staff') return reader === 'backer' ? 'The creator' : (actor.name ?? 'Someone')
  if (actor.kind === 'backer') return reader === 'backer' ? 'You' : (actor.name ?? 'The backer')
  if (actor.kind === 'clock') return 'The notice that ran out'
  if (actor.kind === 'run') return data.source === 'retry' ? 'The automatic retry' : 'The charge run'
  if (actor.kind === 'gateway') return 'The bank'
  return 'Afterfund'
}

function isOwn(event: ToldEvent): boolean {
  return event.actor.kind === 'backer'
}

function them({ reader }: Telling): string {
  return reader === 'backer' ? 'you' : 'the backer'
}

/** Kinds whose words tell their code. */
const SAID_BY_ITSELF: ReadonlySet<string> = new Set([
  'settled_outside',
  'backer_imported',
  'pledge_decided',
  'discrepancy_settled',
])

function whyOf(event: ToldEvent, telling: Telling): string | null {
  const parts: string[] = []
  if (event.reason) parts.push(event.reason)
  else if (event.kind === 'charge_failed' || event.kind === 'charge_refused') parts.push(...chargeWords(event, telling))
  else if (event.kind === 'refund_refused' || event.kind === 'refund_failed') parts.push(refundReason(event.code))
  else if (event.code && !SAID_BY_ITSELF.has(event.kind)) parts.push(codeWords(event.code))
  const change = balanceWords(event, telling)
  if (change) parts.push(change)
  return parts.length > 0 ? parts.join(' · ') : null
}

/** What the bank said; a code of the gateway that is no decline says nothing to a reader. */
function chargeWords({ kind, code }: ToldEvent, { reader }: Telling): string[] {
  if (code && hasReasonText(code)) return [reasonText(code)]
  if (kind === 'charge_refused' && !(code && hasDeclineText(code))) return ['the request did not pass, and nothing was taken']
  const { reason, says_why } = declineText(code ?? '', reader ?? 'creator')
  return says_why ? [reason] : []
}

const CODES: Readonly<Record<string, string>> = {
  address_changed: 'the new address costs more',
  pledge_changed: 'the report has another amount',
  settled_outside: 'nothing is owed any more',
  waived: 'waived',
  paid_elsewhere: 'paid in another way',
  change_request: 'the backer asked for another address',
  refunded: 'all that was paid for it was given back',
  order_changed: 'the order was changed',
  dispute_won: 'it was decided for you',
  dispute_closed: 'it was withdrawn',
  discrepancy: 'the gateway has given the money back',
}

function codeWords(code: string): string {
  return CODES[code] ?? reasonText(code)
}

/** What an event did to the balance: "$5.00 more to pay". Silent where it did nothing. */
function balanceWords(event: ToldEvent, telling: Telling): string | null {
  const change = event.data.balance_change
  if (typeof change !== 'number' || change === 0 || event.kind === 'complete_survey') return null
  const amount = formatMoney(Math.abs(change), telling.currency, telling.locale)
  return change > 0 ? `${amount} more to pay` : `${amount} less to pay`
}

function amountOf(event: ToldEvent, telling: Telling): string {
  const { amount } = event.data
  return typeof amount === 'number' ? formatMoney(amount, telling.currency, telling.locale) : 'an amount'
}

/** " of $108.32"; nothing where the event has no amount. */
function ofAmount(event: ToldEvent, telling: Telling): string {
  return typeof event.data.amount === 'number' ? ` of ${amountOf(event, telling)}` : ''
}

/** "Visa ending 4242", where the event names a card. */
function cardOf({ data }: ToldEvent): string | null {
  const { brand, last4 } = data
  return typeof brand === 'string' && typeof last4 === 'string' ? cardText({ brand, last4 }) : null
}

function toCard(event: ToldEvent): string {
  const card = cardOf(event)
  return card ? ` (${card})` : ''
}

/** A notice of the final address, not of a lock. */
function isOfAddress(event: ToldEvent): boolean {
  return event.data.notice_kind === 'finalize_address'
}

function noticeOf(event: ToldEvent): string {
  return isOfAddress(event) ? 'the final address' : 'the lock'
}

/** "1 parcel", "1,204 parcels", "parcels" where nobody counted. */
function counted(count: unknown, noun: string): string {
  if (typeof count !== 'number') return `${noun}s`
  return count === 1 ? `1 ${noun}` : `${new Intl.NumberFormat('en').format(count)} ${noun}s`
}

/** "5 December 2026"; "a day" where the event names none. */
function dayOf({ data: { date } }: ToldEvent): string {
  return typeof date === 'string' ? dayText(new Date(`${date}T12:00:00Z`), { time_zone: 'UTC' }) : 'a day'
}

function runScale(event: ToldEvent, telling: Telling): string {
  const { orders } = event.data
  return typeof orders === 'number' ? ` of ${counted(orders, 'order')}, ${amountOf(event, telling)}` : ''
}

const FIELDS: Readonly<Record<string, string>> = {
  answers: 'the answers',
  options: 'the options',
  addons: 'the add-ons',
  address: 'the address',
  name: 'the name',
  email: 'the mail address',
  email_state: 'the state of the mail address',
  lockdown_on: 'the lockdown date',
  charge_on: 'the planned day of the charge',
  payment_method: 'the payment method',
  pledge_amount: 'the pledge amount',
  undo_ship_hours: 'the time to undo shipping',
}

/** "the answers and the address"; "the choices" where no field is named. */
function fieldWords(event: ToldEvent): string {
  const fields = Array.isArray(event.data.fields) ? event.data.fields.filter((each) => typeof each === 'string') : []
  const words = fields.map((field) => FIELDS[field] ?? `the ${field.replaceAll('_', ' ')}`)
  const last = words.pop()
  if (!last) return event.kind === 'order_changed' ? 'the choices' : 'something'
  return words.length > 0 ? `${words.join(', ')} and ${last}` : last
}
