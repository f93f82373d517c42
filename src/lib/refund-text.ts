/*
 * Refunds in words for the desk: what became of one, and why the gateway did not carry it out.
 */

const STATE: Readonly<Record<string, string>> = {
  created: 'About to be sent',
  sent: 'Being sent',
  unknown: 'No answer yet',
  pending: 'On its way to the card',
  succeeded: 'Given back',
  failed: 'Came back',
  refused: 'Not carried out',
}

/** What became of a refund: "Given back". */
export function refundWord(state: string): string {
  return STATE[state] ?? state.replaceAll('_', ' ')
}

const WHY: Readonly<Record<string, string>> = {
  refunded_elsewhere: 'the payment service has a refund that was not made here, look at that first',
  dispute_lost: 'the bank took it back after a dispute',
  other_account: 'the payment belongs to another account of the payment service',
  gateway_unreachable: 'the payment service cannot be reached, it is tried again',
  gateway_error: 'the payment service broke, and nothing left',
  charge_already_refunded: 'the payment service says that it was given back already',
  charge_disputed: 'the payment is disputed, so it cannot be given back',
  charge_exceeds_source_limit: 'more than the payment service gives back at once',
  insufficient_funds: 'there is not enough money in your account at the payment service',
  balance_insufficient: 'there is not enough money in your account at the payment service',
  expired_or_canceled_card: 'the card has expired or was canceled',
  lost_or_stolen_card: 'the card was lost or stolen',
  declined: 'the bank declined it',
  merchant_request: 'it was called back at the payment service',
  charge_for_pending_refund_disputed: 'the payment was disputed meanwhile',
  canceled: 'it was canceled at the payment service',
  unknown: 'the bank gave no reason',
  failed: 'the bank gave no reason',
  http_401: 'the payment service refused our keys',
  http_403: 'the payment service does not allow our keys to give money back',
}

/** Why, as words that follow the state. A code without words is shown, never hidden. */
export function refundReason(code: string | null): string {
  if (!code) return 'the bank gave no reason'
  return WHY[code] ?? `the payment service said “${code.replaceAll('_', ' ')}”`
}
