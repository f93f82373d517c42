import { data, Form, redirect } from 'react-router'
import { applyImport, applyLimits, discardImport } from '../../../domain/imports/apply-import.ts'
import { findImport, type ImportRowFilter, listImportRows } from '../../../domain/imports/find-imports.ts'
import { ImportResult } from '../../components/import-result.tsx'
import { ImportRows } from '../../components/import-rows.tsx'
import { generationText, importStateText } from '../../components/import-words.ts'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Figures } from '../../ui/figures.tsx'
import { Note } from '../../ui/note.tsx'
import { countText, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import type { Route } from './+types/import'
import { attempt, requireCampaign } from './session.server.ts'

const SHOWN: readonly ImportRowFilter[] = ['reported', 'problem', 'twice', 'new', 'changed', 'unchanged']

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const key = { campaign_id: campaign.id, import_id: args.params.import }
  const found = await orRefusalPage(findImport(deps.db, key))
  const search = new URL(args.request.url).searchParams
  const wanted = search.get('show')
  const show = SHOWN.find((one) => one === wanted) ?? 'reported'
  const cursor = Number(search.get('after')) || undefined
  const hasRows = found.state === 'previewed' || found.state === 'applied'
  const page = hasRows ? await listImportRows(deps.db, key, { show, cursor, limit: 50 }) : { rows: [], next: null }
  return { campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency }, import: found, show, page, cursor }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const key = { campaign_id: desk.campaign.id, import_id: args.params.import }
  const intent = (await args.request.formData()).get('intent')
  const { refusal } =
    intent === 'apply'
      ? await attempt(desk, (tx) => applyImport(tx, desk.actor, key), applyLimits)
      : await attempt(desk, (tx) => discardImport(tx, desk.actor, key))
  if (refusal) return data({ refusal }, 409)
  throw redirect(paths.import(key.campaign_id, key.import_id), { status: 303 })
}

export default function Import({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, import: found, show, page, cursor } = loaderData
  const { counts } = found
  const kept = (counts.problem ?? 0) + (counts.twice ?? 0)
  const isPreview = found.state === 'previewed'
  const facts = [
    found.generation ? generationText(found.generation) : null,
    found.files.length > 1 ? plural(found.files.length, 'file', 'files') : null,
    plural(found.rows_total, 'row', 'rows'),
    isPreview ? 'nothing is written yet, and importing mails nobody' : importStateText(found.state).toLowerCase(),
  ]
  return (
    <>
      <title>{`${found.file_name} · ${campaign.name}`}</title>
      <PageHead
        title={<bdi>{found.file_name}</bdi>}
        crumbs={{ label: 'Imports', to: paths.imports(campaign.id) }}
        facts={facts.filter(Boolean).join(' · ')}
        actions={
          isPreview ? (
            <Form method="post" className="row">
              <Button type="submit" name="intent" value="discard">
                Discard
              </Button>
              <Button type="submit" name="intent" value="apply" variant="primary">
                {applyText(counts)}
              </Button>
            </Form>
          ) : found.state === 'applied' ? (
            <ButtonLink to={paths.prices(campaign.id)} variant="primary">
              Say what the pledges paid for…
            </ButtonLink>
          ) : (
            <ButtonLink to={paths.new_import(campaign.id)} variant="primary">
              Import another file…
            </ButtonLink>
          )
        }
      />
      {actionData && <Note tone="danger">{actionData.refusal.message}</Note>}
      <ImportResult campaign_id={campaign.id} found={found} kept={kept} />
      {(isPreview || found.state === 'applied') && (
        <>
          <Figures
            label="What the rows would do"
            figures={[
              figure(campaign.id, found.id, 'new', counts.new, 'New', isPreview ? 'backers to add' : 'backers added'),
              figure(campaign.id, found.id, 'changed', counts.changed, 'Changed', 'pledge, contact or answers'),
              figure(campaign.id, found.id, 'unchanged', counts.unchanged, 'Unchanged', 'nothing to do'),
              {
                ...figure(campaign.id, found.id, 'problem', counts.problem, 'Problems', 'kept out, see below'),
                marked: (counts.problem ?? 0) > 0,
              },
              { count: counts.gone ?? 0, label: 'Gone', note: 'here, but not in the file: they stay' },
            ]}
          />
          <p className="meta">{sumText(counts, found.rows_total)}</p>
          <ImportRows {...{ campaign, found, show, page, cursor: cursor ?? null }} />
        </>
      )}
    </>
  )
}

function figure(campaign: string, id: string, show: ImportRowFilter, count: number | undefined, label: string, note: string) {
  return { count: count ?? 0, label, note, to: paths.import(campaign, id, { show }) }
}

/** "Import 13 backers"; a later report also changes some: "Import 2 backers, change 5". */
function applyText({ new: added = 0, changed = 0 }: Record<string, number>): string {
  if (added > 0) {
    return `Import ${plural(added, 'backer', 'backers')}${changed > 0 ? `, change ${countText(changed)}` : ''}`
  }
  return changed > 0 ? `Change ${plural(changed, 'backer', 'backers')}` : 'Apply: no changes'
}

function sumText(counts: Record<string, number>, total: number): string {
  const twice = counts.twice ?? 0
  const parts = [counts.new, counts.changed, counts.unchanged, counts.problem, ...(twice > 0 ? [twice] : [])].map((n) =>
    countText(n ?? 0),
  )
  const also = twice > 0 ? ` ${plural(twice, 'row stands', 'rows stand')} twice in the file and counts once.` : ''
  return `${parts.join(' + ')} = ${countText(total)}: every row of the file is in one of them.${also}`
}
