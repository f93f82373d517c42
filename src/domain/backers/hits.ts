/** What of a backer is searched, as texts. */
export interface Searched {
  name: string
  email: string
  staff_note: string
  report_note: string
  /** the pledge's id on the platform */
  pledge_id: string
  backer_number: number | null
  order_number: number | null
  /** the gateway's ids of what was charged */
  payments: readonly string[]
}

export type HitField =
  | 'order_number'
  | 'backer_number'
  | 'name'
  | 'email'
  | 'staff_note'
  | 'report_note'
  | 'pledge_id'
  | 'payment'

/** A word of the search as it stands in a field, with a little of what is around it. */
export interface Hit {
  field: HitField
  before: string
  match: string
  after: string
}

/** Letters of a note that are shown on either side. */
const AROUND = 28

/** Where each word stands, the first place in the order of the fields; a word that stands nowhere has no hit. Each place is told once. */
export function findHits(words: readonly string[], searched: Searched): Hit[] {
  const hits: Hit[] = []
  for (const word of words) {
    const hit = hitOf(word, searched)
    if (hit && !hits.some((one) => one.field === hit.field && one.match === hit.match)) hits.push(hit)
  }
  return hits
}

function hitOf(word: string, searched: Searched): Hit | null {
  const number = /^#?(\d{1,15})$/.exec(word)?.[1]
  for (const field of ['order_number', 'backer_number'] as const) {
    if (number !== undefined && searched[field] === Number(number)) return { field, before: '', match: number, after: '' }
  }
  for (const field of ['name', 'email', 'staff_note', 'report_note', 'pledge_id'] as const) {
    const hit = within(field, searched[field], word)
    if (hit) return hit
  }
  for (const payment of searched.payments) {
    const hit = within('payment', payment, word)
    if (hit) return hit
  }
  return null
}

function within(field: HitField, text: string, word: string): Hit | null {
  const lower = text.toLowerCase()
  const at = lower.indexOf(word.toLowerCase())
  if (at < 0) return null
  // A letter that is longer in small ("İ") moves what follows: the word is then told without its place.
  if (lower.length !== text.length) return { field, before: '', match: word, after: '' }
  const from = Math.max(0, at - AROUND)
  const to = Math.min(text.length, at + word.length + AROUND)
  return {
    field,
    before: `${from > 0 ? '…' : ''}${text.slice(from, at)}`,
    match: text.slice(at, at + word.length),
    after: `${text.slice(at + word.length, to)}${to < text.length ? '…' : ''}`,
  }
}
