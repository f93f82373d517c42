import { cardOfName, cardOfNumber, type TestCard } from '../test-cards.ts'

export interface CardForm {
  test_card: string
  expiry: string
  name: string
}

export interface FieldProblem {
  field: 'test_card' | 'number' | 'expiry' | 'cvc'
  text: string
}

type ReadCard =
  | { ok: true; card: TestCard; exp_month: number; exp_year: number; name: string | null }
  | { ok: false; problems: FieldProblem[] }

/** Reads what was entered on the hosted page. A number that was typed goes before the chosen test card. */
export function readCardForm(form: URLSearchParams, now: Date): ReadCard {
  const number = (form.get('number') ?? '').replace(/[\s-]/g, '')
  const card = number ? cardOfNumber(number) : cardOfName(form.get('test_card') ?? '')
  const expiry = readExpiry(form.get('expiry') ?? '', now)
  const problems: FieldProblem[] = []
  if (!card) problems.push({ field: cardField(form), text: numberProblem(number) })
  if (typeof expiry === 'string') problems.push({ field: 'expiry', text: expiry })
  if (!/^\d{3,4}$/.test((form.get('cvc') ?? '').trim())) {
    problems.push({ field: 'cvc', text: 'Enter the security code: 3 digits, or 4 for American Express. Any will do.' })
  }
  if (!card || typeof expiry === 'string' || problems.length > 0) return { ok: false, problems }
  return { ok: true, card, ...expiry, name: (form.get('name') ?? '').trim().slice(0, 200) || null }
}

/** Which field the card comes from. */
export function cardField(form: URLSearchParams): 'test_card' | 'number' {
  return form.get('number')?.trim() ? 'number' : 'test_card'
}

function numberProblem(number: string): string {
  if (!number) return 'Choose a test card, or enter the number of one.'
  if (!/^\d{12,19}$/.test(number) || !hasRightCheckDigit(number)) return 'This is not a card number. Check the digits.'
  return 'This is not a test card. Real cards are refused here, and this one was not kept: choose a test card.'
}

/** The expiry as month and year, or what is wrong with it. A card is good until the end of its month. */
function readExpiry(text: string, now: Date): { exp_month: number; exp_year: number } | string {
  const [, month = '', year = ''] = /^\s*(\d{1,2})\s*\/?\s*(\d{4}|\d{2})\s*$/.exec(text) ?? []
  const exp_month = Number(month)
  const exp_year = year.length === 2 ? 2000 + Number(year) : Number(year)
  if (exp_month < 1 || exp_month > 12) return 'Enter the expiry as month and year, like 12/34.'
  if (Date.UTC(exp_year, exp_month, 1) <= now.getTime()) return 'This expiry date is over. Enter one to come, like 12/34.'
  if (exp_year > now.getUTCFullYear() + 50) return 'This expiry date is too far away. Enter one like 12/34.'
  return { exp_month, exp_year }
}

/** Luhn's check of the last digit. */
export function hasRightCheckDigit(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, at) => {
    const value = at % 2 === 0 ? Number(digit) : Number(digit) * 2
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}
