/* A card in words: the same on pages, in mails and on the timeline. */

const BRANDS: Readonly<Record<string, string>> = {
  amex: 'American Express',
  cartes_bancaires: 'Cartes Bancaires',
  diners: 'Diners Club',
  discover: 'Discover',
  eftpos_au: 'Eftpos',
  girocard: 'Girocard',
  interac: 'Interac',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
}

/** "Visa"; "Card" where the gateway names none that we know. */
export function cardBrand(brand: string): string {
  return BRANDS[brand] ?? 'Card'
}

/** "Visa ending 4242". */
export function cardText({ brand, last4 }: { brand: string; last4: string }): string {
  return `${cardBrand(brand)} ending ${last4}`
}

/** "08/29", as it stands on the card. */
export function cardExpiry({ exp_month, exp_year }: { exp_month: number; exp_year: number }): string {
  return `${String(exp_month).padStart(2, '0')}/${String(exp_year % 100).padStart(2, '0')}`
}
