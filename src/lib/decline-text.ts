/*
 * Why a bank declined a charge, in words. The creator reads what the bank said; the backer reads only "declined by your bank" where it suspects
 * fraud or the card was reported lost or stolen, since whoever holds the card may not be its owner. No code of the gateway stands in any text.
 */
export type DeclineReader = 'creator' | 'backer'

export interface DeclineText {
  /** the bank's reason in a few words, as in "Your bank said: not enough funds" */
  reason: string
  /** whether `reason` says more than that it was declined */
  says_why: boolean
  /** a sentence: what the backer can do */
  fix: string
  /** whether the same card may well pay on another try; `never`: the bank refused it for good */
  same_card: 'soon' | 'later' | 'unlikely' | 'never'
}

interface Words {
  reason: string
  /** completes "The backer can …"; to the backer it is said as an imperative */
  fix: string
  same_card: DeclineText['same_card']
  /** the backer reads only that it was declined */
  hidden?: true
}

const ANOTHER = 'use another card'
const ASK_BANK = 'ask the bank what is wrong, or use another card'
const ENTER_AGAIN = 'enter the card again, or use another one'

const NO_REASON: Words = { reason: 'declined, and the bank gave no reason', fix: ASK_BANK, same_card: 'later' }
const SECURITY_CODE: Words = { reason: 'the security code of the card is wrong', fix: ENTER_AGAIN, same_card: 'unlikely' }
const NUMBER: Words = { reason: 'the card number is wrong', fix: ENTER_AGAIN, same_card: 'unlikely' }
const EXPIRY: Words = { reason: 'the expiry date of the card is wrong', fix: ENTER_AGAIN, same_card: 'unlikely' }
const PIN: Words = { reason: 'the bank asks for the PIN of the card', fix: ANOTHER, same_card: 'unlikely' }
const APPROVAL: Words = {
  reason: 'the bank wants its customer to approve this charge',
  fix: 'confirm it with the bank, or use another card',
  same_card: 'unlikely',
}
const NOT_ALLOWED: Words = { reason: 'the bank does not allow this kind of purchase', fix: ASK_BANK, same_card: 'unlikely' }
const STOPPED: Words = { reason: 'the cardholder told the bank to stop these charges', fix: ANOTHER, same_card: 'never' }
const UNREACHABLE: Words = {
  reason: 'the bank could not be reached',
  fix: 'try the same card again later, or use another card',
  same_card: 'soon',
}
const FAULT: Words = { ...UNREACHABLE, reason: 'something went wrong at the bank' }
const LIMIT: Words = {
  reason: 'the card is over its limit',
  fix: 'try the same card again in a few days, or use another card',
  same_card: 'later',
}

const DECLINES: Readonly<Record<string, Words>> = {
  // Tried again on a schedule.
  insufficient_funds: {
    reason: 'not enough funds',
    fix: 'try the same card again when there is money on the account, or use another card',
    same_card: 'later',
  },
  try_again_later: FAULT,
  processing_error: FAULT,
  issuer_not_available: UNREACHABLE,
  reenter_transaction: FAULT,
  approve_with_id: { ...APPROVAL, same_card: 'soon' },
  card_velocity_exceeded: LIMIT,
  withdrawal_count_limit_exceeded: LIMIT,
  generic_decline: NO_REASON,
  card_declined: NO_REASON,
  declined: NO_REASON,
  do_not_honor: NO_REASON,
  no_action_taken: NO_REASON,
  call_issuer: { reason: 'the bank asks its customer to call', fix: 'call the bank, or use another card', same_card: 'later' },
  duplicate_transaction: {
    reason: 'the bank saw the same charge a short while ago',
    fix: 'try the same card again later, or use another card',
    same_card: 'later',
  },
  // The backer has to do something.
  authentication_required: APPROVAL,
  authentication_not_handled: APPROVAL,
  mobile_device_authentication_required: APPROVAL,
  payment_intent_authentication_failure: { ...APPROVAL, reason: 'the charge was not confirmed with the bank' },
  // Our own: the question came to nothing.
  bank_not_answered: { ...APPROVAL, reason: 'the question of the bank was not answered in time' },
  bank_question_canceled: { reason: 'the question of the bank was taken back', fix: ANOTHER, same_card: 'unlikely' },
  bank_not_asked: { ...APPROVAL, reason: 'the bank could not be asked to confirm it' },
  expired_card: { reason: 'the card has expired', fix: 'enter the new card, or use another one', same_card: 'unlikely' },
  incorrect_cvc: SECURITY_CODE,
  invalid_cvc: SECURITY_CODE,
  incorrect_number: NUMBER,
  invalid_number: NUMBER,
  invalid_expiry_month: EXPIRY,
  invalid_expiry_year: EXPIRY,
  incorrect_zip: { reason: 'the postcode given with the card is wrong', fix: ENTER_AGAIN, same_card: 'unlikely' },
  incorrect_address: { reason: 'the address given with the card is wrong', fix: ENTER_AGAIN, same_card: 'unlikely' },
  incorrect_pin: PIN,
  invalid_pin: PIN,
  offline_pin_required: PIN,
  online_or_offline_pin_required: PIN,
  pin_try_exceeded: { reason: 'the PIN was entered wrongly too often', fix: ASK_BANK, same_card: 'unlikely' },
  card_not_supported: { reason: 'this kind of card cannot be used here', fix: ANOTHER, same_card: 'unlikely' },
  currency_not_supported: { reason: 'the card does not pay in this currency', fix: ANOTHER, same_card: 'unlikely' },
  transaction_not_allowed: NOT_ALLOWED,
  service_not_allowed: NOT_ALLOWED,
  not_permitted: NOT_ALLOWED,
  invalid_amount: { reason: 'the bank does not accept the amount', fix: ASK_BANK, same_card: 'unlikely' },
  invalid_account: { reason: 'the account of the card is closed or unknown', fix: ANOTHER, same_card: 'unlikely' },
  new_account_information_available: {
    reason: 'the card was replaced by a new one',
    fix: 'enter the new card, or use another one',
    same_card: 'unlikely',
  },
  testmode_decline: {
    reason: 'a test card cannot pay for real, nor a real one in a test',
    fix: ANOTHER,
    same_card: 'unlikely',
  },
  // Never again on that card.
  lost_card: { reason: 'the card was reported lost', fix: ANOTHER, same_card: 'never', hidden: true },
  stolen_card: { reason: 'the card was reported stolen', fix: ANOTHER, same_card: 'never', hidden: true },
  pickup_card: { reason: 'the bank wants the card back', fix: ANOTHER, same_card: 'never', hidden: true },
  restricted_card: { reason: 'the bank has blocked the card', fix: ANOTHER, same_card: 'never', hidden: true },
  fraudulent: { reason: 'the bank suspects fraud', fix: ANOTHER, same_card: 'never', hidden: true },
  merchant_blacklist: {
    reason: 'the card is on your block list at the payment provider',
    fix: ANOTHER,
    same_card: 'never',
    hidden: true,
  },
  security_violation: { reason: 'the bank sees a risk in this charge', fix: ANOTHER, same_card: 'never', hidden: true },
  do_not_try_again: { reason: 'the bank says not to try this card again', fix: ANOTHER, same_card: 'never' },
  stop_payment_order: STOPPED,
  revocation_of_authorization: STOPPED,
  revocation_of_all_authorizations: STOPPED,
}

/** The words of a decline. A code that nobody knows reads as a decline without a reason. */
export function declineText(code: string, reader: DeclineReader): DeclineText {
  const words = (Object.hasOwn(DECLINES, code) ? DECLINES[code] : undefined) ?? NO_REASON
  const isPlain = reader === 'backer' && (words === NO_REASON || words.hidden === true)
  return {
    reason: isPlain ? 'declined by your bank' : words.reason,
    says_why: !isPlain && words !== NO_REASON,
    fix: reader === 'backer' ? sentence(words.hidden ? ASK_BANK : words.fix) : `The backer can ${words.fix}.`,
    same_card: words.same_card,
  }
}

/** Whether a code has words of its own; the test asks this for every code of the list. */
export function hasDeclineText(code: string): boolean {
  return Object.hasOwn(DECLINES, code)
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}
