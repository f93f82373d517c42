/*
 * The rights of a restricted key, by the names that the gateway's refusals use (`rak_customer_write`) without their prefix, and by those of
 * its dashboard. Source: Stripe's documentation, "API permissions reference" and "Restricted API keys".
 */

const RIGHTS = {
  customer_write: 'Customers: Write',
  payment_intent_write: 'PaymentIntents: Write',
  payment_method_write: 'PaymentMethods: Write',
  setup_intent_read: 'SetupIntents: Read',
  checkout_session_write: 'Checkout Sessions: Write',
  charge_write: 'Charges and Refunds: Write',
  dispute_read: 'Disputes: Read',
  connected_account_read: 'Connect, Accounts: Read',
} as const

export type Right = keyof typeof RIGHTS

/** What Afterfund asks of the gateway, and nothing else. */
export const RIGHTS_NEEDED = Object.keys(RIGHTS) as Right[]

/** A right as the gateway's dashboard shows it; one that it names and we do not know by its own name. */
export function rightText(right: string): string {
  return RIGHTS[right as Right] ?? `rak_${right}`
}

/** One sentence: what the key lacks and what to do. `right`: null where the gateway did not name it. */
export function missingRightText(right: string | null): string {
  if (right === null)
    return 'The restricted key lacks a right that the payment service did not name. Compare its rights with the guide.'
  return `The restricted key lacks the right “${rightText(right)}”. Give it to the key at the payment service.`
}

/** The page on which a key with exactly these rights is made, filled in. */
export function newKeyUrl(): string {
  const address = new URL('https://dashboard.stripe.com/apikeys/create')
  address.searchParams.set('name', 'Afterfund')
  for (const right of RIGHTS_NEEDED) address.searchParams.append('permissions[]', `rak_${right}`)
  return address.href
}
