/*
 * The next sensible action in words, for the dashboard and the API: "41 orders can be locked; 3 lack a payment method."
 */
import { reasonText } from './reason-text.ts'

export interface ToldAction {
  code: string
  count: number
  left: readonly { code: string; count: number }[]
}

type Say = (count: string, isOne: boolean) => string

const SENTENCES: Readonly<Record<string, Say>> = {
  import_report: () => 'Import the report of your campaign.',
  save_prices: () => 'Say what the pledge paid for; surveys can be sent then.',
  send_surveys: (n, one) => (one ? '1 backer has no survey yet.' : `${n} backers have no survey yet.`),
  nothing_owed: (n, one) => (one ? '1 locked order owes nothing.' : `${n} locked orders owe nothing.`),
  lock: (n, one) => (one ? '1 order can be locked.' : `${n} orders can be locked.`),
  ask_payment_method: (n, one) => (one ? '1 order lacks a payment method.' : `${n} orders lack a payment method.`),
  remind: (n, one) => (one ? '1 backer has not answered.' : `${n} backers have not answered.`),
  look_at_holds: (n, one) => (one ? '1 order is on hold.' : `${n} orders are on hold.`),
}

const LEFT: Readonly<Record<string, Say>> = {
  payment_method_missing: (n, one) => (one ? '1 lacks a payment method' : `${n} lack a payment method`),
  on_hold: (n, one) => (one ? '1 is on hold' : `${n} are on hold`),
}

/** The sentence of an action; what cannot be taken along follows with its reasons. */
export function actionText({ code, count, left }: ToldAction, locale = 'en'): string {
  const number = new Intl.NumberFormat(locale)
  const words = (say: Say | undefined, each: { code: string; count: number }) =>
    say?.(number.format(each.count), each.count === 1) ?? `${number.format(each.count)}: ${reasonText(each.code)}`
  const text = words(SENTENCES[code], { code, count })
  const rest = left.map((each) => words(LEFT[each.code], each)).join(', ')
  return rest === '' ? text : `${text.replace(/\.$/, '')}; ${rest}.`
}

/** Whether a code has its sentence; the test asks this for every action. */
export function hasActionText(code: string): boolean {
  return Object.hasOwn(SENTENCES, code)
}
