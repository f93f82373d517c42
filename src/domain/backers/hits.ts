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
  /** the gateway's ids of payments, cards and customers */
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
  const whole = /^#?(\d{1,15})$/.exec(word)?.[1]
  for (const field of NUMBERS) {
    if (whole !== undefined && searched[field] === Number(whole)) return { field, before: '', match: whole, after: '' }
  }
  for (const [field, text] of textsOf(searched)) {
    const hit = within(field, text, word)
    if (hit) return hit
  }
  return null
}

const NUMBERS = ['order_number', 'backer_number'] as const

/** In the order in which they are told: what a person wrote first, what a machine gave last. */
function textsOf({ payments, ...searched }: Searched): [HitField, string][] {
  return [
    ...(['name', 'email', 'staff_note', 'report_note'] as const).map((field): [HitField, string] => [field, searched[field]]),
    ...NUMBERS.map((field): [HitField, string] => [field, String(searched[field] ?? '')]),
    ['pledge_id', searched.pledge_id],
    ...payments.map((payment): [HitField, string] => ['payment', payment]),
  ]
}

function within(field: HitField, text: string, word: string): Hit | null {
  const { letters, places } = folded(text)
  const wanted = folded(word).letters
  const found = letters.indexOf(wanted)
  if (found < 0 || wanted === '') return null
  const at = places[found] ?? 0
  const end = places[found + wanted.length] ?? text.length
  const from = Math.max(0, at - AROUND)
  const to = Math.min(text.length, end + AROUND)
  return {
    field,
    before: `${from > 0 ? '…' : ''}${text.slice(from, at)}`,
    match: text.slice(at, end),
    after: `${text.slice(end, to)}${to < text.length ? '…' : ''}`,
  }
}

/** Folded as the search folds (search.ts): without case, accents and typographic variants; and where each letter stood. */
function folded(text: string): { letters: string; places: number[] } {
  let letters = ''
  const places: number[] = []
  let place = 0
  for (const letter of text) {
    const plain = letter
      .normalize('NFKD')
      .replace(/[\u0300-\u036f]/g, '')
      .toLowerCase()
    letters += plain
    for (let at = 0; at < plain.length; at++) places.push(place)
    place += letter.length
  }
  return { letters, places }
}
