/*
 * One sentence per reason code: the same on the button, in the preview, in the API's answer and on the timeline.
 * A sentence completes "left out: …", so it starts small and has no full stop.
 */
const SENTENCES: Readonly<Record<string, string>> = {
  answers_missing: 'required answers are missing',
  address_missing: 'no address yet',
  address_invalid: 'the address does not pass',
  country_not_served: 'we do not ship to that country',
  out_of_stock: 'sold out',
  payment_method_missing: 'no payment method on file',
  on_hold: 'on hold',
  charge_in_progress: 'a charge is under way',
  already_charged: 'already charged, refund first',
  nothing_owed: 'nothing is owed',
  below_minimum: 'less is owed than a card can be charged',
  card_too_soon: 'this card was tried a short while ago',
  card_hard_declined: 'the bank refused this card for good',
  balance_due: 'something is still owed',
  already_shipped: 'a parcel is handed over',
  lines_unshipped: 'some lines have not left yet',
  undo_window_over: 'the time to undo it is over',
  refund_decision_missing: 'decide about the money taken first',
  reopen_first: 'the address is final, reopen it first',
  totals_differ: 'the stored total and the counted one differ',
  changed_meanwhile: 'changed by someone else meanwhile',
  wrong_status: 'not in a status where this is possible',
  not_allowed: 'not allowed for you',
  order_locked: 'the choices are locked',
  order_canceled: 'the order is canceled',
  card_replaced: 'another card is on file by now',
  amount_changed: 'another amount is owed by now',
  bank_asked_too_often: 'the bank was asked often enough for today',
  bank_question_over: 'there is nothing to confirm with the bank any more',
  internal_error: 'something went wrong on our side',
  order_exists: 'there is an order already',
  prices_not_saved: 'nobody said yet what the pledge paid for',
  charge_day_moved: 'the planned day of the charge is another one meanwhile',
  smtp_missing: 'no mail server is set up',
  notice_over: 'the notice was withdrawn or has run out',
  payment_method_there: 'has a payment method',
  no_order: 'there is no order yet',
  day_named: 'the backer named a day, and is left in peace until then',
  mailed_today: 'was mailed about it within a day',
  charge_settled: 'the failed charge is settled meanwhile',
  address_mended: 'the address was put right meanwhile',
  shipping_undone: 'the shipping was undone',
  mail_bounced: 'mail to this address came back',
  pledge_withdrawn: 'the pledge was withdrawn',
  pledge_waiting: 'the platform has not collected the pledge yet',
  already_answered: 'has answered already',
  survey_not_sent: 'the survey was not sent yet',
  already_sent: 'has the survey already',
  order_past_open: 'the order is past “open”, so the report no longer changes it',
  withdrawn_here: 'the pledge was withdrawn here',
  pledge_amount_only: 'there is an open order, so only the pledge’s amount is taken over',
  contact_kept: 'name and mail were corrected here and stay',
  earlier_payment_succeeded: 'an earlier charge of this order went through after all',
  order_moved_on: 'the order no longer waited for this charge',
  key_used_before: 'the gateway knew this charge from before the backup was restored',
  run_paused: 'the charge run was paused before its turn came',
  run_stopped: 'the charge run was stopped before its turn came',
  gateway_refused_keys: 'the gateway refused its keys',
  gateway_silent: 'the gateway does not answer',
  already_decided: 'somebody has decided it already',
  decision_unfit: 'this cannot be decided like that',
  changed_since_preview: 'another amount is owed than was signed off',
  without_number: 'no tracking number',
  mailed_before: 'was mailed this tracking number already',
  order_missing: 'the row names no order',
  order_unknown: 'no order has this number',
  number_missing: 'the tracking number is missing',
  number_damaged: 'a spreadsheet has spoiled the tracking number',
  tracking_url_invalid: 'the tracking page is no whole web address',
  repeated: 'an earlier row has the same order and number',
  repeated_differently: 'the file has different numbers for this order',
  not_ready: 'the order is not ready to ship',
  nothing_ships: 'nothing of the order is a parcel',
  change_directly: 'the address is not final yet, it can be changed as usual',
  change_request_open: 'there is an open request already',
  change_request_over: 'the request was answered or withdrawn',
  row_twice: 'an earlier row says the same',
  row_problem: 'the row has a problem',
  discrepancy: 'the gateway and the books differ',
  order_open: 'the order is open, so its survey is changed instead',
  refunded: 'its money was given back so that it can be unlocked',
}

/** The sentence of a reason code. A code without one is shown as words, never hidden: `some_new_code` reads "some new code". */
export function reasonText(code: string): string {
  return SENTENCES[code] ?? code.replaceAll('_', ' ')
}

/** Whether a code has its sentence; the test asks this for every code of the lifecycle. */
export function hasReasonText(code: string): boolean {
  return Object.hasOwn(SENTENCES, code)
}

/** The sentence standing alone: "No payment method on file." */
export function reasonSentence(code: string): string {
  const text = reasonText(code)
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** "35 no payment method on file, 2 on hold", as counts by reason are told in a result. Largest first; empty when nothing was left out. */
export function reasonCounts(left: readonly { code: string; count: number }[], locale = 'en'): string {
  const number = new Intl.NumberFormat(locale)
  return [...left]
    .filter((one) => one.count > 0)
    .sort((a, b) => b.count - a.count)
    .map((one) => `${number.format(one.count)} ${reasonText(one.code)}`)
    .join(', ')
}
