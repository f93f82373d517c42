/*
 * Charges in words for the desk: what became of an attempt, and of an order in a run. "No answer yet" is its own word: never a failure.
 */
import { declineText } from './decline-text.ts'
import { reasonText } from './reason-text.ts'

const ATTEMPT: Readonly<Record<string, string>> = {
  created: 'About to be sent',
  sent: 'Under way',
  unknown: 'No answer yet',
  succeeded: 'Charged',
  declined: 'Declined',
  refused: 'Not carried out',
}

/** The bank wants to hear from its holder, who was led there: the code of an attempt without an answer. */
const AT_BANK = 'bank_asks'

/** What became of an attempt: "Declined". */
export function attemptWord(state: string, code: string | null = null): string {
  if (state === 'unknown' && code === AT_BANK) return 'Waiting for the bank'
  return ATTEMPT[state] ?? state.replaceAll('_', ' ')
}

const RUN_ORDER: Readonly<Record<string, string>> = {
  waiting: 'Still to do',
  charging: 'Under way',
  unknown: 'No answer yet',
  succeeded: 'Charged',
  declined: 'Declined',
  refused: 'Not carried out',
  left_out: 'Left out',
  nothing_owed: 'Paid, nothing was owed',
}

/** What became of an order in a run: "Left out". */
export function runOrderWord(state: string): string {
  return RUN_ORDER[state] ?? state.replaceAll('_', ' ')
}

/** What the gateway says about a request that it does not carry out. Nothing was taken. */
const REFUSED: Readonly<Record<string, string>> = {
  http_401: 'the gateway refused our keys',
  http_403: 'the gateway does not allow our keys to charge',
  other_account: 'the card was saved at another gateway account',
  resource_missing: 'the gateway does not know this card any more',
  payment_method_unactivated: 'the gateway does not take this kind of payment',
  amount_too_small: 'the amount is below what the gateway takes',
  amount_too_large: 'the amount is above what the gateway takes',
}

const THEN = {
  soon: 'may pass when tried again',
  later: 'may pass another day',
  unlikely: 'needs its backer',
  never: 'needs another card',
} as const

/** What may help after a decline: "needs another card". Its backer was mailed in every case. */
export function afterDecline(code: string): string {
  return THEN[declineText(code, 'creator').same_card]
}

/** Why, as words that follow the state: "not enough funds", "on hold". Null where there is nothing to say. */
export function chargeReason(state: string, code: string | null): string | null {
  if (state === 'unknown' && code === AT_BANK) return 'its backer was led to their bank; nothing else is charged meanwhile'
  if (state === 'unknown') return 'we keep asking the gateway; nothing is charged again meanwhile'
  if (!code) return null
  if (state === 'left_out' || state === 'waiting') return reasonText(code)
  if (state === 'refused') return REFUSED[code] ?? `the gateway did not take the request (${code.replaceAll('_', ' ')})`
  // The state before it says "declined" already.
  return declineText(code, 'creator').reason.replace(/^declined, and /, '')
}

/** The same as the start of a line: "Not enough funds". */
export function reasonTitle(state: string, code: string): string {
  const text = chargeReason(state, code) ?? code
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
