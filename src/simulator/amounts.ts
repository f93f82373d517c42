import { namedMinimum, stepOf } from '../lib/charge-limits.ts'
import { invalidRequest } from './refusals.ts'

/** For currencies without a figure of their own Stripe asks for about 0.50 USD; without rates this is the same number of minor units. */
const otherwise = 50
const maximum = 99_999_999

/** Refuses amounts that Stripe would refuse. The currency may be written small or large. */
export function checkAmount(amount: number, given: string): void {
  const currency = given.toUpperCase()
  if (!Intl.supportedValuesOf('currency').includes(currency)) {
    throw invalidRequest(`Invalid currency: ${given}.`, { param: 'currency' })
  }
  if (amount < 1) throw invalidRequest('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' })
  const minimum = namedMinimum(currency) ?? otherwise
  if (amount < minimum) {
    throw invalidRequest(`Amount must be no less than ${minimum} (${currency}, minor units).`, {
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
