import type { ImportView } from '../../domain/imports/find-imports.ts'
import { reasonSentence } from '../../lib/reason-text.ts'
import { paths } from '../paths.ts'
import { ButtonLink } from '../ui/button.tsx'
import { Note } from '../ui/note.tsx'
import { plural } from '../ui/numbers.tsx'

interface Props {
  campaign_id: string
  found: ImportView
  /** rows that stay out */
  kept: number
}

/** What became of an import, or will: one note on top of its page. */
export function ImportResult({ campaign_id, found, kept }: Props) {
  if (found.state === 'reading') {
    return (
      <Note tone="info" live end={<ButtonLink to={paths.import(campaign_id, found.id)}>Look again</ButtonLink>}>
        <b>The file is being read.</b> {plural(found.rows_total, 'row', 'rows')} so far. You may close this page.
      </Note>
    )
  }
  if (found.state === 'refused' && found.fault) return <Refused fault={found.fault} />
  if (found.state === 'failed') {
    return (
      <Note tone="danger">
        <b>Reading the file failed on our side.</b> Nothing was changed. Import it again; the reason was written to the log.
      </Note>
    )
  }
  if (found.state === 'discarded') return <Note tone="info">This import was discarded. Nothing was changed by it.</Note>
  if (found.state === 'applied') {
    return (
      <Note tone={found.reported ? 'warn' : 'good'}>
        <b>{doneText(found)}</b>{' '}
        {found.reported
          ? `${plural(found.reported, 'row is', 'rows are')} listed below and changed nothing.`
          : 'No row was left out. Nobody was mailed.'}
        <Outcomes found={found} />
      </Note>
    )
  }
  if (kept === 0 && found.outcomes.length === 0) return null
  return (
    <Note tone="warn">
      {kept > 0 && (
        <>
          <b>{plural(kept, 'row stays', 'rows stay')} out.</b> The rest is applied without them; correct them and import the file
          again.
        </>
      )}
      <Outcomes found={found} />
    </Note>
  )
}

function doneText({ counts }: ImportView): string {
  const { new: added = 0, changed = 0 } = counts
  if (added > 0) {
    return `${plural(added, 'backer was', 'backers were')} imported${changed > 0 ? `, ${plural(changed, 'other', 'others')} changed` : ''}.`
  }
  return changed > 0 ? `${plural(changed, 'backer was', 'backers were')} changed.` : 'Nothing had to be changed.'
}

function Outcomes({ found }: { found: ImportView }) {
  if (found.outcomes.length === 0) return null
  return (
    <ul>
      {found.outcomes.map(({ code, count }) => (
        <li key={code}>
          {plural(count, 'changed row', 'changed rows')}: {reasonSentence(code)}
        </li>
      ))}
    </ul>
  )
}

function Refused({ fault }: { fault: NonNullable<ImportView['fault']> }) {
  const place = [fault.file, fault.line === null ? null : `line ${fault.line}`, fault.column].filter(Boolean).join(', ')
  return (
    <Note tone="danger" live>
      <b>The file was refused, and nothing was changed.</b> {fault.message}
      <br />
      <span className="meta">
        <bdi>{place}</bdi>
      </span>
      <br />
      {fault.fix}
    </Note>
  )
}
