import { exponentOf } from '../lib/money.ts'
import { invalidRequest } from './refusals.ts'

/** Stripe's smallest charge, in minor units. */
const minimums: Record<string, number> = {
  USD: 50,
  AED: 200,
  AUD: 50,
  BGN: 100,
  BRL: 50,
  CAD: 50,
  CHF: 50,
  CZK: 1500,
  DKK: 250,
  EUR: 50,
  GBP: 30,
  HKD: 400,
  HUF: 17500,
  INR: 50,
  JPY: 50,
  MXN: 1000,
  MYR: 200,
  NOK: 300,
  NZD: 50,
  PLN: 200,
  RON: 200,
  SEK: 300,
  SGD: 50,
  THB: 1000,
}
/** For currencies without a figure of their own Stripe asks for about 0.50 USD; without rates this is the same number of minor units. */
const otherwise = 50
const maximum = 99_999_999

/** The smallest amounts that exist, other than one minor unit: the gateway counts hundredths or thousandths that nobody can pay. */
function stepOf(currency: string): number {
  if (currency === 'ISK' || currency === 'UGX') return 100
  return exponentOf(currency) === 3 ? 10 : 1
}

/** Refuses amounts that Stripe would refuse. The currency may be written small or large. */
export function checkAmount(amount: number, given: string): void {
  const currency = given.toUpperCase()
  if (!Intl.supportedValuesOf('currency').includes(currency)) {
    throw invalidRequest(`Invalid currency: ${given}.`, { param: 'currency' })
  }
  if (amount < 1) throw invalidRequest('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' })
  if (amount < (minimums[currency] ?? otherwise)) {
    throw invalidRequest(`Amount must be no less than ${minimums[currency] ?? otherwise} (${currency}, minor units).`, {
      code: 'amount_too_small',
      param: 'amount',
    })
  }
  if (amount > maximum) {
    throw invalidRequest(`Amount must be no more than ${maximum} (minor units).`, { code: 'amount_too_large', param: 'amount' })
  }
  if (amount % stepOf(currency) !== 0) {
    throw invalidRequest(`Amounts in ${currency} must be a multiple of ${stepOf(currency)} minor units.`, { param: 'amount' })
  }
}
