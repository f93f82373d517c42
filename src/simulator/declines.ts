/** Why a bank says no: the words of Stripe's card errors. */
export interface DeclineReason {
  code: string
  decline_code: string
  advice_code?: 'confirm_card_data' | 'do_not_try_again' | 'try_again_later'
  message: string
}

const declined = 'Your card was declined.'

/** The declines that the test cards know, by decline code (but `final_decline`). */
export const DECLINES = {
  generic_decline: { code: 'card_declined', decline_code: 'generic_decline', message: declined },
  /** the bank says no, and that it will go on saying so */
  final_decline: { code: 'card_declined', decline_code: 'generic_decline', advice_code: 'do_not_try_again', message: declined },
  insufficient_funds: {
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    advice_code: 'try_again_later',
    message: 'Your card has insufficient funds.',
  },
  do_not_honor: { code: 'card_declined', decline_code: 'do_not_honor', message: declined },
  call_issuer: { code: 'card_declined', decline_code: 'call_issuer', message: declined },
  lost_card: { code: 'card_declined', decline_code: 'lost_card', advice_code: 'do_not_try_again', message: declined },
  stolen_card: { code: 'card_declined', decline_code: 'stolen_card', advice_code: 'do_not_try_again', message: declined },
  fraudulent: { code: 'card_declined', decline_code: 'fraudulent', advice_code: 'do_not_try_again', message: declined },
  card_velocity_exceeded: {
    code: 'card_declined',
    decline_code: 'card_velocity_exceeded',
    advice_code: 'try_again_later',
    message: 'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  },
  transaction_not_allowed: { code: 'card_declined', decline_code: 'transaction_not_allowed', message: declined },
  card_not_supported: {
    code: 'card_declined',
    decline_code: 'card_not_supported',
    message: 'Your card does not support this type of purchase.',
  },
  issuer_not_available: {
    code: 'card_declined',
    decline_code: 'issuer_not_available',
    advice_code: 'try_again_later',
    message: declined,
  },
  expired_card: {
    code: 'expired_card',
    decline_code: 'expired_card',
    advice_code: 'confirm_card_data',
    message: 'Your card has expired.',
  },
  incorrect_cvc: {
    code: 'incorrect_cvc',
    decline_code: 'incorrect_cvc',
    advice_code: 'confirm_card_data',
    message: "Your card's security code is incorrect.",
  },
  processing_error: {
    code: 'processing_error',
    decline_code: 'processing_error',
    advice_code: 'try_again_later',
    message: 'An error occurred while processing your card. Try again in a little bit.',
  },
  authentication_required: {
    code: 'authentication_required',
    decline_code: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  },
} as const satisfies Record<string, DeclineReason>

export type DeclineName = keyof typeof DECLINES
