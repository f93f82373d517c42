/*
 * Money is an integer of minor units plus a currency. The exponents are the gateway's own table, not Intl's: Intl gives HUF, ISK
 * and UGX other digits than the gateway counts in, and the gateway's count is what gets charged.
 */

const zeroDecimal = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '))
const threeDecimal = new Set('BHD JOD KWD OMR TND'.split(' '))
/** Counted in hundredths by the gateway, though no coin smaller than the unit exists: shown without decimals. */
const wholeUnitsOnly = new Set(['ISK', 'UGX'])

/** How many decimals one unit of the currency is counted in: 2 for EUR, 0 for JPY, 3 for KWD. */
export function exponentOf(currency: string): number {
  if (zeroDecimal.has(currency)) return 0
  return threeDecimal.has(currency) ? 3 : 2
}

/** The amount as a plain decimal for files and input fields, with a plain minus: 5950 EUR is "59.50". */
export function decimalText(minor: number, currency: string): string {
  const exponent = exponentOf(currency)
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0')
  const sign = minor < 0 ? '-' : ''
  if (exponent === 0) return sign + digits
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}

/** The amount with its currency for prose, with a true minus: -500 USD is "−$5.00". */
export function formatMoney(minor: number, currency: string, locale = 'en'): string {
  return format(minor, currency, locale, 'currency')
}

/** The amount alone, for columns whose head names the currency: -500 USD is "−5.00". */
export function formatAmount(minor: number, currency: string, locale = 'en'): string {
  return format(minor, currency, locale, 'decimal')
}

function format(minor: number, currency: string, locale: string, style: 'currency' | 'decimal'): string {
  const digits = wholeUnitsOnly.has(currency) && minor % 100 === 0 ? 0 : exponentOf(currency)
  const formatter = formatterFor(locale, currency, style, digits)
  // A decimal text, not a number, so that large amounts are never rounded through a float.
  return formatter.format(decimalText(minor, currency) as Intl.StringNumericLiteral).replace('-', '−')
}

const formatters = new Map<string, Intl.NumberFormat>()

function formatterFor(locale: string, currency: string, style: 'currency' | 'decimal', digits: number) {
  const key = `${locale} ${currency} ${style} ${digits}`
  let formatter = formatters.get(key)
  if (!formatter) {
    formatter = new Intl.NumberFormat(locale, {
      style,
      ...(style === 'currency' ? { currency } : {}),
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
    formatters.set(key, formatter)
  }
  return formatter
}

/*
 * Reads an amount as people and platforms write it: `$17.17 AUD`, `$98.9`, `SEK 1,000.00`, `$ 59`, `CA$ 25`, `€25,00`, `1.234,56`.
 */

export type MoneyTextProblem = 'amount_invalid' | 'amount_negative' | 'currency_differs'

export type MoneyText =
  /** `stated` is the currency that the text names beyond doubt; a bare `$` or no sign at all names none. */
  { ok: true; minor: number; stated: string | null } | { ok: false; code: MoneyTextProblem; stated: string | null }

const dollars = 'USD AUD CAD NZD SGD HKD MXN TWD ARS BBD BMD BND BSD BZD CLP COP FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD'.split(
  ' ',
)
const crowns = ['SEK', 'NOK', 'DKK', 'ISK']
const signs: Record<string, string[]> = {
  $: dollars,
  US$: ['USD'],
  USD$: ['USD'],
  A$: ['AUD'],
  AU$: ['AUD'],
  AUD$: ['AUD'],
  C$: ['CAD'],
  CA$: ['CAD'],
  CAD$: ['CAD'],
  NZ$: ['NZD'],
  S$: ['SGD'],
  SG$: ['SGD'],
  HK$: ['HKD'],
  MX$: ['MXN'],
  NT$: ['TWD'],
  R$: ['BRL'],
  '€': ['EUR'],
  '£': ['GBP'],
  '¥': ['JPY', 'CNY'],
  円: ['JPY'],
  'JP¥': ['JPY'],
  'CN¥': ['CNY'],
  '￥': ['JPY', 'CNY'],
  '₩': ['KRW'],
  '₹': ['INR'],
  '₽': ['RUB'],
  '₫': ['VND'],
  '₪': ['ILS'],
  '₺': ['TRY'],
  '₴': ['UAH'],
  '฿': ['THB'],
  '₱': ['PHP'],
  '₦': ['NGN'],
  zł: ['PLN'],
  Kč: ['CZK'],
  Ft: ['HUF'],
  kr: crowns,
  'kr.': crowns,
  'Fr.': ['CHF'],
  Fr: ['CHF'],
  RM: ['MYR'],
  Rp: ['IDR'],
}

/**
 * Reads `text` as an amount of `currency`, in its minor units. Refuses what is not one amount (`amount_invalid`), what is below
 * zero (`amount_negative`), and a sign or code of another currency (`currency_differs`); a bare `$` fits every dollar.
 * The decimal sign is the last separator, unless three digits follow it in a currency that has fewer decimals.
 */
export function parseMoneyText(text: string, currency: string): MoneyText {
  const shape = /^([^\d]*?)([\d][\d.,'’٬٫\s\u00a0\u202f\u2009]*)([^\d]*)$/u.exec(normalise(text))
  if (!shape) return { ok: false, code: 'amount_invalid', stated: null }
  const [, before = '', figure = '', after = ''] = shape
  const marks = readMarks(before, after)
  if (!marks) return { ok: false, code: 'amount_invalid', stated: null }
  const stated = statedCurrency(marks.words, currency)
  if (stated === 'unknown') return { ok: false, code: 'amount_invalid', stated: null }
  if (stated.differs) return { ok: false, code: 'currency_differs', stated: stated.code }
  const minor = readFigure(figure.replace(/[\s\u00a0\u202f\u2009'’٬]/gu, ''), exponentOf(currency))
  if (minor === null) return { ok: false, code: 'amount_invalid', stated: stated.code }
  if (marks.negative && minor !== 0) return { ok: false, code: 'amount_negative', stated: stated.code }
  return { ok: true, minor, stated: stated.code }
}

function normalise(text: string): string {
  return text
    .trim()
    .replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[−–‐‑﹣－]/gu, '-')
}

/** Splits what stands around the figure into a minus and currency words; null when the marks contradict each other. */
function readMarks(before: string, after: string): { negative: boolean; words: string[] } | null {
  const inParentheses = before.includes('(') && after.includes(')')
  if (!inParentheses && /[()]/.test(before + after)) return null
  const minuses = (before + after).match(/-/g)?.length ?? 0
  if (minuses + (inParentheses ? 1 : 0) > 1 || (after.includes('-') && !after.endsWith('-'))) return null
  const words = [before, after]
    .flatMap((part) =>
      part
        .replace(/[-+()]/g, ' ')
        .trim()
        .split(/\s+/),
    )
    .filter((word) => word !== '')
  return words.length > 2 ? null : { negative: minuses > 0 || inParentheses, words }
}

function statedCurrency(words: string[], currency: string): 'unknown' | { code: string | null; differs: boolean } {
  let code: string | null = null
  let differs = false
  for (const word of words) {
    const possible = signs[word] ?? signs[word.toUpperCase()] ?? (/^[A-Za-z]{3}$/.test(word) ? [word.toUpperCase()] : null)
    if (!possible) return 'unknown'
    if (possible.length === 1 && possible[0]) code = possible[0]
    if (!possible.includes(currency)) differs = true
  }
  return { code, differs }
}

/** "1.234,56" with exponent 2 is 123456; null when the separators make no number, or it has more decimals than the currency. */
function readFigure(figure: string, exponent: number): number | null {
  const plain = figure.replace(/٫/g, '.').replace(/[.,]$/, '')
  const last = Math.max(plain.lastIndexOf('.'), plain.lastIndexOf(','))
  let whole = plain
  let decimals = ''
  if (last >= 0 && isDecimalSign(plain, last, exponent)) {
    whole = plain.slice(0, last)
    decimals = plain.slice(last + 1)
  }
  const grouped = /^\d{1,3}(?:([.,])\d{2,3})*$/.exec(whole)
  if (!/^\d+$/.test(whole) && !(grouped && isGrouped(whole))) return null
  if (decimals.length > exponent && !/^0*$/.test(decimals.slice(exponent))) return null
  const minor = Number(whole.replace(/[.,]/g, '') + decimals.slice(0, exponent).padEnd(exponent, '0'))
  return Number.isSafeInteger(minor) && minor <= 1_000_000_000_000 ? minor : null
}

function isDecimalSign(figure: string, at: number, exponent: number): boolean {
  const sign = figure.charAt(at)
  const count = figure.split(sign).length - 1
  if (count > 1) return false
  const other = sign === '.' ? ',' : '.'
  if (figure.includes(other)) return figure.indexOf(other) < at
  const digitsAfter = figure.length - at - 1
  if (digitsAfter !== 3) return true
  // Three digits: thousands in most currencies; where three decimals exist, only the comma groups thousands.
  return exponent === 3 && sign === '.'
}

/** One kind of separator, last group of three, the others of three or (as India writes) two. */
function isGrouped(whole: string): boolean {
  const separator = whole.includes('.') ? '.' : ','
  const groups = whole.split(separator)
  if (groups.some((group) => !/^\d+$/.test(group)) || groups.at(-1)?.length !== 3) return false
  const middle = groups.slice(1, -1).map((group) => group.length)
  return middle.every((length) => length === 3) || middle.every((length) => length === 2)
}
