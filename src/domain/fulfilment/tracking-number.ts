import { isWebAddress } from '../../lib/tracking-link.ts'

/*
 * What a tracking number and its page may be, and how a spreadsheet spoils numbers. Pure.
 */

export interface Tracking {
  carrier: string
  tracking_number: string
  /** the page to follow it on; '' where the carrier's own is meant */
  tracking_url: string
}

export const TRACKING_LENGTH = { carrier: 100, tracking_number: 100, tracking_url: 1_000 } as const

export type TrackingProblem = 'number_missing' | 'number_damaged' | 'tracking_url_invalid'

/** Takes off what spreadsheets and people put around a number: quotes of protection (`="123"`, `'123`), spaces at the ends, controls. */
export function tidyCell(text: string): string {
  const plain = text.replace(/[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu, ' ').trim()
  const protectedText = /^="(.*)"$/u.exec(plain)?.[1]
  return (protectedText ?? plain).replace(/^'/u, '').trim()
}

/**
 * Whether a spreadsheet has spoiled a number beyond repair: 9.25E+11 (or with a comma), a trailing .0, a column of #, a formula in place
 * of its result, or twenty digits and more that end in zeros, which is what is left where only the first fifteen were kept. Zeros lost
 * at the start cannot be seen.
 */
export function isDamagedNumber(number: string): boolean {
  if (/^[+-]?\d+([.,]\d+\s*E\s*[+-]?|\s*E\s*[+-])\d+$/i.test(number)) return true
  if (/^\d{5,}[.,]0+$/.test(number)) return true
  if (/^#+$|#(N\/A|REF|VALUE|NAME|DIV)/i.test(number)) return true
  if (/^[=@]/.test(number)) return true
  return number.length >= 20 && /^\d{15}0+$/.test(number)
}

/** Why a parcel cannot be recorded like this; null: it can. A number is only asked for where `needs_number` says so. */
export function trackingProblem(tracking: Tracking, needs_number: boolean): TrackingProblem | null {
  const { tracking_number, tracking_url } = tracking
  if (tracking_number === '' && needs_number) return 'number_missing'
  if (isDamagedNumber(tracking_number) || tracking_number.length > TRACKING_LENGTH.tracking_number) return 'number_damaged'
  if (tracking_url !== '' && (tracking_url.length > TRACKING_LENGTH.tracking_url || !isWebAddress(tracking_url)))
    return 'tracking_url_invalid'
  return null
}
