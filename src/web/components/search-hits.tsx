import type { Hit, HitField } from '../../domain/backers/hits.ts'

const WORDS: Record<HitField, string> = {
  order_number: 'order',
  backer_number: 'backer',
  name: 'name',
  email: 'mail',
  staff_note: 'note',
  report_note: 'note in the report',
  pledge_id: 'pledge id',
  payment: 'payment',
}

/** Where the search stands in a row, for what the row itself does not show: "note: …asked for the English rulebook…". */
export function SearchHits({ hits = [], shown }: { hits?: readonly Hit[] | undefined; shown: readonly HitField[] }) {
  const told = hits.filter(({ field }) => !shown.includes(field))
  if (told.length === 0) return null
  return (
    <span className="search-hits">
      {told.map(({ field, before, match, after }) => (
        <span key={`${field} ${match}`}>
          {WORDS[field]}:{' '}
          <bdi>
            {before}
            <mark>{match}</mark>
            {after}
          </bdi>
        </span>
      ))}
    </span>
  )
}

/** One hit in a line, for a suggestion. */
export function hitText({ field, before, match, after }: Hit): string {
  return `${WORDS[field]}: ${before}${match}${after}`
}
