/*
 * The smallest amounts the gateway takes, in its own minor units. Source: Stripe's documentation, "Minimum and maximum charge amounts" and
 * "Special cases" of supported currencies.
 */

const MINIMUM: Record<string, number> = {
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

/** Three-decimal currencies end in 0; ISK and UGX are sent in hundredths but know whole units only. */
const STEP: Record<string, number> = { BHD: 10, JOD: 10, KWD: 10, OMR: 10, TND: 10, ISK: 100, UGX: 100 }

/** The smallest amount that the gateway names for a currency, in minor units; null where it names none, and decides by its rates of the day. */
export function namedMinimum(currency: string): number | null {
  return MINIMUM[currency] ?? null
}

/** The smallest amount that can be charged as far as is known, in minor units. */
export function smallestCharge(currency: string): number {
  return namedMinimum(currency) ?? stepOf(currency)
}

/** Every amount is a multiple of this, in minor units. */
export function stepOf(currency: string): number {
  return STEP[currency] ?? 1
}

/** What of a balance cannot be charged, in minor units: all of one below the smallest charge, else what is over the step. 0: all can. */
export function unchargeablePart(balance_due: number, currency: string): number {
  if (balance_due <= 0) return 0
  return balance_due < smallestCharge(currency) ? balance_due : balance_due % stepOf(currency)
}
