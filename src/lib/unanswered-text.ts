/*
 * Charges without an answer, in words: why nobody knows yet, and what is being done about it. Never a failure.
 */

interface Words {
  /** as the start of a line */
  why: string
  /** what happens now, by itself or by somebody */
  next: string
}

const NOT_REACHED: Words = {
  why: 'The gateway did not answer',
  next: 'It is asked every minute what became of it. Nothing is charged again meanwhile.',
}

const WORDS: Readonly<Record<string, Words>> = {
  bank_asks: {
    why: 'Its backer is at their bank’s page',
    next: 'The bank has an hour. After it the charge counts as declined, and its backer can try again.',
  },
  processing: {
    why: 'The bank is still working at it',
    next: 'It is asked every minute. Some banks take hours.',
  },
  http_409: {
    why: 'The gateway is still busy with the first request',
    next: 'It is asked again in a minute, with the same key, so that it counts once.',
  },
  http_429: {
    why: 'The gateway said it was too many at once',
    next: 'It is asked again more slowly, with the same key, so that it counts once.',
  },
  other_account: {
    why: 'It was sent with the keys of another gateway account',
    next: 'Only that account knows what became of it. Start Afterfund with its keys once, and it is settled.',
  },
  internal_error: {
    why: 'Our mistake; it was logged',
    next: 'The gateway is asked again every minute.',
  },
}

/** The same answer under other names. */
const SAME: Readonly<Record<string, string>> = {
  payment_processing: 'processing',
  payment_requires_action: 'bank_asks',
  asks: 'bank_asks',
  idempotency_key_in_use: 'http_409',
  rate_limit: 'http_429',
  lock_timeout: 'http_409',
}

/** Why a charge has no answer yet, and what is being done about it. `code`: its attempt's. */
export function unansweredText(code: string): Words {
  const words = WORDS[SAME[code] ?? code]
  if (words) return words
  if (/^http_5/.test(code)) return { ...NOT_REACHED, why: 'The gateway had a fault of its own' }
  if (/^http_4|key/.test(code)) {
    return { why: 'The gateway refused the question', next: 'It is asked every minute; mend the keys, and it answers.' }
  }
  return NOT_REACHED
}
