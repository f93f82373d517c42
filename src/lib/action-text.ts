/*
 * The next sensible action in words, for the dashboard and the API: "41 orders can be locked; 3 lack a payment method."
 */
import { formatMoney } from './money.ts'
import { reasonText } from './reason-text.ts'

export interface ToldAction {
  code: string
  count: number
  /** minor units */
  amount?: number | null
  left: readonly { code: string; count: number }[]
}

type Say = (count: string, isOne: boolean) => string

const SENTENCES: Readonly<Record<string, Say>> = {
  import_report: () => 'Import the report of your campaign.',
  save_prices: () => 'Confirm the price of each level and add-on, so that whoever changes nothing owes nothing.',
  offer_addons: (n, one) =>
    one
      ? '1 add-on of the report is not offered yet, so nobody can add it.'
      : `${n} add-ons of the report are not offered yet, so nobody can add them.`,
  set_shipping: () => 'No shipping region is set, so everything would ship everywhere at no charge.',
  send_surveys: (n, one) => (one ? '1 backer has no survey yet.' : `${n} backers have no survey yet.`),
  nothing_owed: (n, one) => (one ? '1 locked order owes nothing.' : `${n} locked orders owe nothing.`),
  lock: (n, one) => (one ? '1 order can be locked.' : `${n} orders can be locked.`),
  ask_payment_method: (n, one) => (one ? '1 order lacks a payment method.' : `${n} orders lack a payment method.`),
  charge: (n, one) => (one ? '1 locked order can be charged.' : `${n} locked orders can be charged.`),
  look_at_failed: (n, one) => (one ? '1 payment failed and is not mended.' : `${n} payments failed and are not mended.`),
  answer_requests: (n, one) => (one ? '1 backer asks to change a final address.' : `${n} backers ask to change a final address.`),
  finalize_address: (n, one) => (one ? '1 address can be finalized.' : `${n} addresses can be finalized.`),
  hand_over: (n, one) => (one ? '1 order is ready to ship.' : `${n} orders are ready to ship.`),
  apply_tracking: (n, one) =>
    one ? '1 order was handed over and has not shipped.' : `${n} orders were handed over and have not shipped.`,
  send_tracking: (n, one) =>
    one ? '1 parcel left and its backer was not told.' : `${n} parcels left and their backers were not told.`,
  wait_for_answers: (n, one) =>
    `${one ? '1 backer has not answered' : `${n} backers have not answered`}; the last mail left less than 3 days ago.`,
  remind: (n, one) => (one ? '1 backer has not answered.' : `${n} backers have not answered.`),
  look_at_holds: (n, one) => (one ? '1 order is on hold.' : `${n} orders are on hold.`),
}

const LEFT: Readonly<Record<string, Say>> = {
  payment_method_missing: (n, one) => (one ? '1 lacks a payment method' : `${n} lack a payment method`),
  on_hold: (n, one) => (one ? '1 is on hold' : `${n} are on hold`),
  nothing_owed: (n, one) => (one ? '1 owes nothing' : `${n} owe nothing`),
  below_minimum: (n, one) => (one ? '1 owes too little to charge' : `${n} owe too little to charge`),
  address_invalid: (n, one) => (one ? '1 address needs a look' : `${n} addresses need a look`),
}

/** The sentence of an action; the money follows where there is some, and what cannot be taken along with its reasons. */
export function actionText({ code, count, amount, left }: ToldAction, currency?: string, locale = 'en'): string {
  const number = new Intl.NumberFormat(locale)
  const words = (say: Say | undefined, each: { code: string; count: number }) =>
    say?.(number.format(each.count), each.count === 1) ?? `${number.format(each.count)}: ${reasonText(each.code)}`
  const text = words(SENTENCES[code], { code, count })
  const money = amount && currency ? `, ${formatMoney(amount, currency, locale)}` : ''
  const rest = left.map((each) => words(LEFT[each.code], each)).join(', ')
  return `${text.replace(/\.$/, '')}${money}${rest === '' ? '' : `; ${rest}`}.`
}

/** Whether a code has its sentence; the test asks this for every action. */
export function hasActionText(code: string): boolean {
  return Object.hasOwn(SENTENCES, code)
}
