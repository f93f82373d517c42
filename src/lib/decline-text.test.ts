import { expect, test } from 'vitest'
import { classOfDecline } from '../domain/payments/declines.ts'
import { cardExpiry, cardText } from './card-text.ts'
import { declineText, hasDeclineText } from './decline-text.ts'

/** Every decline code that Stripe documents, and the codes of a card error without one. */
const CODES = `approve_with_id authentication_not_handled authentication_required call_issuer card_declined card_not_supported
  card_velocity_exceeded currency_not_supported do_not_honor do_not_try_again duplicate_transaction expired_card fraudulent generic_decline
  incorrect_address incorrect_cvc incorrect_number incorrect_pin incorrect_zip insufficient_funds invalid_account invalid_amount invalid_cvc
  invalid_expiry_month invalid_expiry_year invalid_number invalid_pin issuer_not_available lost_card merchant_blacklist
  mobile_device_authentication_required new_account_information_available no_action_taken not_permitted offline_pin_required
  online_or_offline_pin_required pickup_card pin_try_exceeded processing_error reenter_transaction restricted_card
  revocation_of_all_authorizations revocation_of_authorization security_violation service_not_allowed stolen_card stop_payment_order
  testmode_decline transaction_not_allowed try_again_later withdrawal_count_limit_exceeded`.split(/\s+/)
const HIDDEN = [
  'lost_card',
  'stolen_card',
  'pickup_card',
  'restricted_card',
  'fraudulent',
  'merchant_blacklist',
  'security_violation',
]

test('every decline code has its words', () => {
  expect(CODES.filter((code) => !hasDeclineText(code))).toEqual([])
})

test.each(['creator', 'backer'] as const)('no code stands in the words for the %s, and what to do is a sentence', (reader) => {
  for (const code of [...CODES, 'a_code_of_tomorrow', 'constructor']) {
    const { reason, fix } = declineText(code, reader)
    expect(`${reason} ${fix}`).not.toMatch(/_|undefined/)
    expect(reason).toMatch(/^[^A-Z].*[^.]$/)
    expect(fix).toMatch(/^[A-Z].*card.*\.$|^[A-Z].*another one\.$/)
  }
})

test('a backer never reads that a card is lost, stolen or suspected', () => {
  const shown = new Set(HIDDEN.map((code) => JSON.stringify({ ...declineText(code, 'backer'), same_card: null })))
  expect([...shown]).toEqual([
    JSON.stringify({
      reason: 'declined by your bank',
      says_why: false,
      fix: 'Ask the bank what is wrong, or use another card.',
      same_card: null,
    }),
  ])
  expect(JSON.stringify({ ...declineText('generic_decline', 'backer'), same_card: null })).toBe([...shown][0])
  expect(declineText('lost_card', 'creator').reason).toBe('the card was reported lost')
})

test('the same card is offered again but where the bank refused it for good', () => {
  for (const code of CODES) {
    expect([code, declineText(code, 'backer').same_card === 'never']).toEqual([
      code,
      classOfDecline({ code, advice: null }) === 'hard',
    ])
  }
})

test('a code that nobody knows is a decline without a reason', () => {
  expect(declineText('a_code_of_tomorrow', 'creator')).toEqual(declineText('generic_decline', 'creator'))
  expect(declineText('a_code_of_tomorrow', 'backer').reason).toBe('declined by your bank')
})

test('a card is its brand and last four digits', () => {
  expect(cardText({ brand: 'amex', last4: '0005' })).toBe('American Express ending 0005')
  expect(cardText({ brand: 'unknown', last4: '1111' })).toBe('Card ending 1111')
  expect(cardExpiry({ exp_month: 8, exp_year: 2029 })).toBe('08/29')
})
