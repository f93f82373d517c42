/*
 * What a decline means for the next try. Source: Stripe's documentation of decline codes and advice codes, and the card networks' limits
 * (promises.md rule 8): `hard` is never tried again on that card, `needs_backer` only a person can mend, `soft` may pass another day.
 */

export type DeclineClass = 'soft' | 'needs_backer' | 'hard'

/** Our own codes of a bank's question that came to nothing: its payment is open, and the bank can be asked again. */
export const NOT_ANSWERED = 'bank_not_answered'
export const NOT_ASKED = 'bank_not_asked'
/** The same where its payment was canceled, by its backer for another way to pay or at the gateway: nothing can be confirmed any more. */
export const QUESTION_CANCELED = 'bank_question_canceled'

/** No bank has said no: its backer was told with the decline before it. */
export const ASKED_IN_VAIN: readonly string[] = [NOT_ANSWERED, NOT_ASKED, QUESTION_CANCELED]

/** The bank wants to hear from the holder of the card: the same payment can be confirmed on the bank's own page. */
export const ASKS_HOLDER = [
  'authentication_required',
  'authentication_not_handled',
  'mobile_device_authentication_required',
  'payment_intent_authentication_failure',
  NOT_ANSWERED,
  NOT_ASKED,
]

const HARD = new Set([
  'lost_card',
  'stolen_card',
  'pickup_card',
  'restricted_card',
  'fraudulent',
  'merchant_blacklist',
  'do_not_try_again',
  'stop_payment_order',
  'revocation_of_authorization',
  'revocation_of_all_authorizations',
  'security_violation',
])

const NEEDS_BACKER = new Set([
  ...ASKS_HOLDER,
  QUESTION_CANCELED,
  'expired_card',
  'incorrect_cvc',
  'invalid_cvc',
  'incorrect_number',
  'invalid_number',
  'incorrect_zip',
  'invalid_expiry_month',
  'invalid_expiry_year',
  'card_not_supported',
  'currency_not_supported',
  'transaction_not_allowed',
  'invalid_account',
  'new_account_information_available',
  'testmode_decline',
])

/** The class of a decline by its code and the gateway's advice. Codes nobody has told us of are soft: they may pass another day. */
export function classOfDecline(decline: { code: string; advice: string | null }): DeclineClass {
  if (HARD.has(decline.code) || decline.advice === 'do_not_try_again') return 'hard'
  if (NEEDS_BACKER.has(decline.code) || decline.advice === 'confirm_card_data') return 'needs_backer'
  return 'soft'
}

/** Whether a decline is mended by its holder on their bank's page, as long as its payment is open at the gateway. */
export function asksHolder(code: string): boolean {
  return ASKS_HOLDER.includes(code)
}
