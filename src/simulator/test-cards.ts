import type { DeclineName } from './declines.ts'
import type { DisputeReason } from './resources/disputes.ts'

/** What a saved card does when it is charged without its holder. */
export type ChargeBehaviour =
  | { kind: 'succeed' }
  | { kind: 'decline'; reason: DeclineName }
  /** the first charge is declined, every later one succeeds */
  | { kind: 'decline_once'; reason: DeclineName }
  /** the money is taken, the answer to the first sending of each key never comes */
  | { kind: 'hang_after' }
  /** nothing happens at the first sending of each key and no answer comes; the same key then succeeds */
  | { kind: 'hang_before' }
  /** answers `processing`, and has succeeded a few seconds later */
  | { kind: 'process' }
  /** the bank asks its holder: without them it declines, with them it asks on a page of its own, and then pays or `declines` */
  | { kind: 'ask'; declines: DeclineName | null }
  /** pays; a refund looks pending first and has succeeded a few seconds later, or looks well and has failed */
  | { kind: 'refund_later'; becomes: 'succeeded' | 'failed' }
  /** pays; its holder objects at once */
  | { kind: 'dispute'; as: DisputeReason }

export interface TestCard {
  /** digits only, with a right check digit */
  number: string
  /** how forms, logs and tests call it */
  name: string
  /** the test payment method that stands for it in `paymentMethods.attach` */
  token: string
  brand: 'visa' | 'mastercard' | 'amex'
  country: string
  /** for people: what happens */
  happens: string
  /** why it cannot be saved; null when it can */
  refused: DeclineName | null
  charged: ChargeBehaviour
}

const succeed: ChargeBehaviour = { kind: 'succeed' }

function good(number: string, name: string, token: string, happens: string, more: Partial<TestCard> = {}): TestCard {
  return { number, name, token, brand: 'visa', country: 'US', happens, refused: null, charged: succeed, ...more }
}

function refused(number: string, reason: DeclineName, token: string, why: string): TestCard {
  return good(number, `refused_${reason}`, token, `Cannot be saved: ${why}`, { refused: reason })
}

/** Saves and is declined at every charge. */
function later(number: string, reason: DeclineName, token: string, why: string): TestCard {
  return good(number, `later_${reason}`, token, `Saves; every charge fails: ${why}`, { charged: { kind: 'decline', reason } })
}

/** Is declined without its holder; with them, the bank's page asks first. */
function asks(number: string, name: string, token: string, declines: DeclineName | null, after: string): TestCard {
  const happens = `Saves; a charge fails: the bank wants to ask its holder. Once asked, ${after}`
  return good(number, name, token, happens, { charged: { kind: 'ask', declines } })
}

/**
 * The only cards that the simulator takes. The first part is Stripe's own test cards, with what they do there; numbers that begin with
 * 4000 0099 are ours.
 */
export const TEST_CARDS: readonly TestCard[] = [
  good('4242424242424242', 'visa', 'pm_card_visa', 'Saves and pays'),
  good('5555555555554444', 'mastercard', 'pm_card_mastercard', 'Saves and pays (Mastercard)', { brand: 'mastercard' }),
  good('378282246310005', 'amex', 'pm_card_amex', 'Saves and pays (American Express)', { brand: 'amex' }),
  good('4000002760000016', 'visa_germany', 'pm_card_de', 'Saves and pays (Germany)', { country: 'DE' }),
  good('4000008260000000', 'visa_britain', 'pm_card_gb', 'Saves and pays (United Kingdom)', { country: 'GB' }),
  good('4000003560000008', 'visa_india', 'pm_card_in', 'Saves and pays (India)', { country: 'IN' }),
  good(
    '4000000000000341',
    'later_generic_decline',
    'pm_card_chargeCustomerFail',
    'Saves; every charge fails: declined, no reason given',
    { charged: { kind: 'decline', reason: 'generic_decline' } },
  ),
  asks('4000002760003184', 'always_asks', 'pm_card_authenticationRequired', null, 'it pays'),
  good(
    '4000002500003155',
    'asks_on_setup',
    'pm_card_authenticationRequiredOnSetup',
    'Saves and pays (its bank asks when it is saved; that question counts as answered)',
  ),
  good(
    '4000003800000446',
    'set_up_off_session',
    'pm_card_authenticationRequiredSetupForOffSession',
    'Saves and pays (already set up for charges without its holder)',
  ),
  asks(
    '4000008260003178',
    'asks_then_insufficient_funds',
    'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
    'insufficient_funds',
    'there is not enough money',
  ),
  good('4000000000007726', 'refund_pending', 'pm_card_pendingRefund', 'Saves and pays; a refund is pending for 5 seconds', {
    charged: { kind: 'refund_later', becomes: 'succeeded' },
  }),
  good(
    '4000000000005126',
    'refund_fails',
    'pm_card_refundFail',
    'Saves and pays; a refund looks well, and has failed 5 seconds later',
    {
      charged: { kind: 'refund_later', becomes: 'failed' },
    },
  ),
  good('4000000000000259', 'disputed', 'pm_card_createDispute', 'Saves and pays; its holder then calls the charge a fraud', {
    charged: { kind: 'dispute', as: 'fraudulent' },
  }),
  good(
    '4000000000002685',
    'disputed_not_received',
    'pm_card_createDisputeProductNotReceived',
    'Saves and pays; its holder then says that nothing arrived',
    { charged: { kind: 'dispute', as: 'product_not_received' } },
  ),
  good(
    '4000000000001976',
    'inquired',
    'pm_card_createDisputeInquiry',
    'Saves and pays; its holder then asks what the charge was',
    {
      charged: { kind: 'dispute', as: 'inquiry' },
    },
  ),
  refused('4000000000000002', 'generic_decline', 'pm_card_chargeDeclined', 'declined, no reason given'),
  refused('4000000000009995', 'insufficient_funds', 'pm_card_chargeDeclinedInsufficientFunds', 'not enough money'),
  refused('4000000000009987', 'lost_card', 'pm_card_chargeDeclinedLostCard', 'reported lost'),
  refused('4000000000009979', 'stolen_card', 'pm_card_chargeDeclinedStolenCard', 'reported stolen'),
  refused('4000000000000069', 'expired_card', 'pm_card_chargeDeclinedExpiredCard', 'expired'),
  refused('4000000000000127', 'incorrect_cvc', 'pm_card_chargeDeclinedIncorrectCvc', 'wrong security code'),
  refused('4000000000000119', 'processing_error', 'pm_card_chargeDeclinedProcessingError', 'an error at the bank'),
  refused('4000000000006975', 'card_velocity_exceeded', 'pm_card_chargeDeclinedVelocityLimitExceeded', 'over its limit'),
  later('4000009900000012', 'insufficient_funds', 'pm_card_laterInsufficientFunds', 'not enough money'),
  later('4000009900000020', 'expired_card', 'pm_card_laterExpiredCard', 'expired'),
  later('4000009900000038', 'lost_card', 'pm_card_laterLostCard', 'reported lost'),
  later('4000009900000046', 'stolen_card', 'pm_card_laterStolenCard', 'reported stolen'),
  later('4000009900000053', 'do_not_honor', 'pm_card_laterDoNotHonor', 'the bank does not honour it'),
  later('4000009900000061', 'processing_error', 'pm_card_laterProcessingError', 'an error at the bank'),
  later('4000009900000079', 'card_velocity_exceeded', 'pm_card_laterCardVelocityExceeded', 'over its limit'),
  later('4000009900000087', 'incorrect_cvc', 'pm_card_laterIncorrectCvc', 'wrong security code'),
  later('4000009900000095', 'fraudulent', 'pm_card_laterFraudulent', 'the bank suspects fraud'),
  later('4000009900000103', 'call_issuer', 'pm_card_laterCallIssuer', 'its holder should call the bank'),
  later('4000009900000111', 'final_decline', 'pm_card_laterFinalDecline', 'declined, and the bank says never to try again'),
  later(
    '4000009900000129',
    'transaction_not_allowed',
    'pm_card_laterTransactionNotAllowed',
    'not allowed for this kind of purchase',
  ),
  later('4000009900000137', 'card_not_supported', 'pm_card_laterCardNotSupported', 'this kind of card is not supported'),
  later('4000009900000145', 'issuer_not_available', 'pm_card_laterIssuerNotAvailable', 'the bank cannot be reached'),
  good(
    '4000009900000202',
    'funds_arrive',
    'pm_card_fundsArrive',
    'Saves; the first charge fails (not enough money), later ones pay',
    { charged: { kind: 'decline_once', reason: 'insufficient_funds' } },
  ),
  good(
    '4000009900000210',
    'times_out_and_pays',
    'pm_card_timesOutAndPays',
    'Saves; a charge takes the money, but its answer never comes',
    { charged: { kind: 'hang_after' } },
  ),
  good(
    '4000009900000228',
    'times_out_first',
    'pm_card_timesOutFirst',
    'Saves; a charge takes nothing and gets no answer; sent again with the same key it pays',
    { charged: { kind: 'hang_before' } },
  ),
  good(
    '4000009900000236',
    'pays_slowly',
    'pm_card_paysSlowly',
    'Saves; a charge is in processing at first, and paid 5 seconds later',
    { charged: { kind: 'process' } },
  ),
]

const byNumber = new Map(TEST_CARDS.map((card) => [card.number, card]))
const byName = new Map(TEST_CARDS.map((card) => [card.name, card]))
const byToken = new Map(TEST_CARDS.map((card) => [card.token, card]))

export function cardOfNumber(number: string): TestCard | undefined {
  return byNumber.get(number)
}

export function cardOfName(name: string): TestCard | undefined {
  return byName.get(name)
}

export function cardOfToken(token: string): TestCard | undefined {
  return byToken.get(token)
}
