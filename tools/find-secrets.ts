import { TEST_CARDS } from '../src/simulator/test-cards.ts'

export interface FoundSecret {
  kind: 'card number' | 'link secret' | 'API key' | 'gateway key' | 'password'
  line: number
}

/** Digits of each number with nothing, a space or a dash between them. */
const cardNumbers = new RegExp(`(?<!\\d)(?:${TEST_CARDS.map(({ number }) => [...number].join('[ -]?')).join('|')})(?!\\d)`, 'g')
/** 32 bytes in base64url, as backers' secrets and the program's own are: 43 letters and digits, of which none is a word. */
const secretOf32Bytes = /(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{43}(?![\w-])/g
const linkWithSecret = /\/b\/[^/\s"']+\/[^/\s"'?]+\/(?!\[hidden\])[\w-]{40,}/gi
const apiKey = /\baf_[A-Za-z0-9_-]{20,}/g
const gatewayKey = /\b(?:[rs]k_(?:test|live)|whsec)_[A-Za-z0-9]+/g
const passwordInAddress = /\b[a-z][a-z0-9+.-]*:\/\/[^:@/\s"]*:(?!\[hidden\]@)[^@/\s"]+@/gi

const patterns: [FoundSecret['kind'], RegExp][] = [
  ['card number', cardNumbers],
  ['link secret', linkWithSecret],
  ['link secret', secretOf32Bytes],
  ['API key', apiKey],
  ['gateway key', gatewayKey],
  ['password', passwordInAddress],
]

/** Finds what no log may hold: numbers of the test cards, secrets of backers' links, keys, and passwords in addresses. */
export function findSecrets(text: string): FoundSecret[] {
  // The simulator keeps a hash over each call's parameters, and a card's fingerprint: as long as a secret, and none.
  const searched = text.replace(/"fingerprint":"[\w-]+"/g, '""')
  return patterns.flatMap(([kind, pattern]) =>
    [...searched.matchAll(pattern)].map(({ index }) => ({ kind, line: searched.slice(0, index).split('\n').length })),
  )
}
