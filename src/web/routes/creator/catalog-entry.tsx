import type { ReactNode } from 'react'
import { Form, Link } from 'react-router'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ErrorSummary, problemsOf, titleWith } from '../../ui/error-summary.tsx'
import { TextField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'

type Typed = Record<string, string>
type Errors = Record<string, string[]>

interface Props {
  campaign: { id: string; name: string }
  /** "item", "pledge level" */
  noun: string
  /** null on the form of a new one */
  name: string | null
  facts?: ReactNode
  answer: { errors: Errors; typed: Typed; refusal: { message: string } | null } | undefined
  /** What deleting means, and when it is refused. */
  delete_note: string
  children: ReactNode
}

/** A form of the catalogue: one entry, its fields, and the way to take it away. */
export function EntryPage({ campaign, noun, name, facts, answer, delete_note, children }: Props) {
  const problems = problemsOf(answer?.errors)
  const title = name === null ? `New ${noun}` : name
  return (
    <>
      <title>{titleWith(problems, `${title} · ${campaign.name}`)}</title>
      <PageHead title={<bdi>{title}</bdi>} crumbs={{ label: 'Catalogue', to: paths.catalog(campaign.id) }} facts={facts} />
      <ErrorSummary problems={problems} />
      {answer?.refusal && problems.length === 0 && (
        <Note tone="danger" live>
          {answer.refusal.message}
        </Note>
      )}
      <Form method="post" className="sheets" noValidate>
        {/* Enter in a field presses the first button: it must be the one that saves. */}
        <button type="submit" className="visually-hidden" tabIndex={-1} aria-hidden="true">
          Save
        </button>
        {children}
        <div className="row">
          <ButtonLink to={paths.catalog(campaign.id)}>{name === null ? 'Add nothing' : 'Leave it as it was'}</ButtonLink>
          <Button variant="primary">{name === null ? `Add this ${noun}` : `Save this ${noun}`}</Button>
        </div>
      </Form>
      {name !== null && (
        <Sheet title={`Delete this ${noun}`}>
          <p>{delete_note}</p>
          <details>
            <summary>Delete it…</summary>
            <Form method="post" className="row pt-3">
              <span>It cannot be brought back.</span>
              <Button name="intent" value="delete" variant="danger">
                {`Delete this ${noun}`}
              </Button>
            </Form>
          </details>
        </Sheet>
      )}
    </>
  )
}

interface ContentsProps {
  campaign_id: string
  rows: readonly { id: string; name: string; is_digital: boolean; quantity: number }[]
  typed: Typed | undefined
  errors: Errors
  help: string
}

/** How many of each item one piece holds. */
export function ContentsSheet({ campaign_id, rows, typed, errors, help }: ContentsProps) {
  return (
    <Sheet title="What it holds" id="items">
      <p className="meta">{help}</p>
      {errors.items && <Note tone="danger">{errors.items[0]}</Note>}
      {rows.length === 0 && (
        <p>
          There is no item yet. <Link to={paths.catalog_part(campaign_id, 'items', 'new')}>Add the first item</Link>, then say
          here how many are in it.
        </p>
      )}
      <div className="fields">
        {rows.map((row) => {
          const field = `items.${row.id}`
          return (
            <TextField
              key={row.id}
              name={field}
              label={<bdi>{row.name}</bdi>}
              help={row.is_digital ? 'digital' : undefined}
              errors={errors[field]}
              defaultValue={typed ? typed[field] : row.quantity || ''}
              placeholder="0"
              inputMode="numeric"
              suffix="in it"
              width_ch={5}
            />
          )
        })}
      </div>
    </Sheet>
  )
}
