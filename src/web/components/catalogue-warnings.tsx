import { Link } from 'react-router'
import type { CatalogueWarning } from '../../domain/surveys/catalogue-warnings.ts'
import { countryName } from '../../lib/country-name.ts'
import { paths } from '../paths.ts'
import { Note } from '../ui/note.tsx'
import { plural } from '../ui/numbers.tsx'

const SENTENCES: Record<CatalogueWarning['code'], (names: string, backers: string) => string> = {
  level_without_contents: (names, backers) => `Nothing is in ${names}: ${backers} would get nothing.`,
  addon_without_contents: (names) => `Nothing is in ${names}, so the warehouse would not know what to pack.`,
  shipping_not_set: () => 'No shipping region is set: you ship everywhere at no charge.',
  shipping_fee_missing: (names) => `${names}: no shipping fee is set, so shipping costs nothing there.`,
  country_not_served: (names, backers) =>
    `You do not ship to ${names}: ${backers} cannot confirm before they name another country.`,
}

/** What looks unfinished in the catalogue; none of it stops anything. */
export function CatalogueWarnings({ campaign_id, warnings }: { campaign_id?: string; warnings: readonly CatalogueWarning[] }) {
  if (warnings.length === 0) return null
  // The catalogue itself names no campaign: a link to the page one reads leads nowhere.
  return (
    <Note tone="warn" end={campaign_id && <Link to={paths.catalog(campaign_id)}>Catalogue</Link>}>
      <ul className="plain-list">
        {warnings.map(({ code, names, backers }) => (
          <li key={code}>
            {SENTENCES[code](
              listed(code === 'country_not_served' ? names.map((name) => countryName(name)) : names),
              plural(backers, 'backer', 'backers'),
            )}
          </li>
        ))}
      </ul>
    </Note>
  )
}

const SHOWN = 6

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN
  const first = names.slice(0, SHOWN)
  return new Intl.ListFormat('en').format(more > 0 ? [...first, `${more} more`] : first)
}
