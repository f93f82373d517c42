import { data, Form, Link, redirect } from 'react-router'
import { applyTracking, discardTracking } from '../../../domain/fulfilment/apply-tracking.ts'
import { findTrackingFile, listTrackingRows, type ShownTrackingFile } from '../../../domain/fulfilment/tracking-queries.ts'
import { setLimits } from '../../../domain/shared/tx.ts'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { type RowsShown, TrackingRows } from '../../components/tracking-rows.tsx'
import { GROUP_WORDS, TRACKING_GROUPS, type TrackingGroup, trackingStateText } from '../../components/tracking-words.ts'
import { useLookAgain } from '../../components/use-look-again.ts'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Figures } from '../../ui/figures.tsx'
import { Note } from '../../ui/note.tsx'
import { countText, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import type { Route } from './+types/tracking'
import { attempt, requireCampaign } from './session.server.ts'

const GROUPS = Object.keys(TRACKING_GROUPS) as TrackingGroup[]
const SHOWN: readonly RowsShown[] = ['good', 'reported', ...GROUPS]

export async function loader(args: Route.LoaderArgs) {
  const { deps, actor, campaign } = await requireCampaign(args)
  const key = { campaign_id: campaign.id, file_id: args.params.file }
  const file = await orRefusalPage(findTrackingFile(deps.db, actor, key))
  const search = new URL(args.request.url).searchParams
  const show = SHOWN.find((one) => one === search.get('show')) ?? (file.reported > 0 ? 'reported' : 'good')
  const cursor = search.get('cursor') ?? undefined
  const problems = show === 'good' || show === 'reported' ? show : TRACKING_GROUPS[show]
  return {
    campaign: { id: campaign.id, name: campaign.name, undo_hours: campaign.undo_ship_hours },
    file,
    show,
    is_first: cursor === undefined,
    page: await orRefusalPage(listTrackingRows(deps.db, key, { show: problems, cursor, limit: 50 })),
  }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const key = { campaign_id: desk.campaign.id, file_id: args.params.file }
  const isApply = (await args.request.formData()).get('intent') === 'apply'
  const { refusal } = isApply
    ? await attempt(desk, (tx) => applyTracking(tx, desk.actor, key), setLimits)
    : await attempt(desk, (tx) => discardTracking(tx, desk.actor, key))
  if (refusal) return data({ refusal }, 409)
  throw redirect(paths.tracking(key.campaign_id, key.file_id), { status: 303 })
}

export default function Tracking({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, file, show, is_first, page } = loaderData
  const isApplied = file.state === 'applied'
  const hasRows = file.state === 'previewed' || file.state === 'applying' || isApplied
  useLookAgain(file.state === 'applying')
  return (
    <>
      <title>{`${file.file_name} · ${campaign.name}`}</title>
      <PageHead
        title={<bdi>{file.file_name}</bdi>}
        crumbs={{ label: 'Shipping', to: paths.shipping(campaign.id) }}
        facts={`${plural(file.rows_total, 'row', 'rows')} · ${file.state === 'previewed' ? 'nothing is shipped yet' : trackingStateText(file.state).toLowerCase()}`}
        help={<HowThisWorks act="marking-shipped" />}
        actions={<Actions campaign_id={campaign.id} file={file} />}
      />
      {actionData && (
        <Note tone="danger" live>
          {actionData.refusal.message}
        </Note>
      )}
      <Result {...loaderData} />
      {hasRows && (
        <>
          <Figures label="What the rows would do" figures={figuresOf(campaign.id, file)} />
          <p className="meta">{sumText(file)}</p>
          <TrackingRows
            campaign_id={campaign.id}
            file_id={file.id}
            show={show}
            rows={page.data}
            is_first={is_first}
            next={page.next_cursor}
            is_applied={isApplied}
          />
        </>
      )}
    </>
  )
}

function Actions({ campaign_id, file }: { campaign_id: string; file: ShownTrackingFile }) {
  if (file.state === 'previewed') {
    return (
      <Form method="post" className="row">
        <Button type="submit" name="intent" value="discard">
          Discard
        </Button>
        <Button
          type="submit"
          name="intent"
          value="apply"
          variant="primary"
          disabled_reason={file.ships === 0 ? 'No row of the file ships anything.' : null}
          reason_as="description"
        >
          {`Mark ${plural(file.ships, 'order', 'orders')} as shipped`}
        </Button>
      </Form>
    )
  }
  if (file.state === 'applied' && file.ships > 0 && file.operation_id) {
    return (
      <>
        <ButtonLink to={paths.orders(campaign_id, { operation: file.operation_id })}>Show the orders</ButtonLink>
        <ButtonLink to={paths.tracking_mails(campaign_id, { operation: file.operation_id })} variant="primary">
          Tracking mails…
        </ButtonLink>
      </>
    )
  }
  if (file.state === 'applying') return null
  return (
    <ButtonLink to={paths.new_tracking(campaign_id)} variant="primary">
      Upload another file…
    </ButtonLink>
  )
}

/** What became of the file, or will: one note on top of its page. */
function Result({ campaign, file }: Route.ComponentProps['loaderData']) {
  if (file.state === 'refused' && file.fault) {
    const place = [file.fault.line === null ? null : `line ${file.fault.line}`, file.fault.column].filter(Boolean).join(', ')
    return (
      <Note tone="danger">
        <b>The file was refused, and nothing was shipped.</b> {file.fault.message} {place && <bdi>({place})</bdi>}
        <br />
        {file.fault.fix}
      </Note>
    )
  }
  if (file.state === 'discarded') return <Note tone="info">This file was discarded. Nothing was shipped by it.</Note>
  if (file.state === 'applying') {
    return (
      <Note
        tone="info"
        live
        end={file.operation_id && <Link to={paths.operation(campaign.id, file.operation_id)}>Progress</Link>}
      >
        <b>The orders are being marked as shipped.</b> You may close this page. It goes on without it.
      </Note>
    )
  }
  if (file.state === 'applied') {
    return (
      <Note
        tone={file.ships > 0 ? 'good' : 'warn'}
        live
        end={file.operation_id && <Link to={paths.operation(campaign.id, file.operation_id)}>Result and undo</Link>}
      >
        <b>{`Shipped: ${plural(file.ships, 'order', 'orders')}.`}</b>{' '}
        {file.reported > 0 && `${plural(file.reported, 'row is', 'rows are')} listed below and shipped nothing. `}
        Nobody was mailed yet.
      </Note>
    )
  }
  if (file.reported === 0) return null
  return (
    <Note tone={file.ships === 0 ? 'danger' : 'warn'}>
      <b>{plural(file.reported, 'row ships', 'rows ship')} nothing.</b> {file.ships > 0 && 'The rest ships without them. '}Mend
      them and upload the file again: what has shipped by then is reported, never shipped twice.
    </Note>
  )
}

function countOf(file: ShownTrackingFile, group: TrackingGroup): number {
  const codes: readonly string[] = TRACKING_GROUPS[group]
  return file.problems.reduce((sum, { code, count }) => (codes.includes(code) ? sum + count : sum), 0)
}

function figuresOf(campaign_id: string, file: ShownTrackingFile) {
  const to = (show: RowsShown) => paths.tracking(campaign_id, file.id, { show })
  return [
    {
      count: file.ships,
      label: file.state === 'applied' ? 'Shipped' : 'Will ship',
      note: file.state === 'applied' ? 'with their number' : 'once you say so',
      to: to('good'),
    },
    ...GROUPS.map((group) => ({
      count: countOf(file, group),
      ...GROUP_WORDS[group],
      to: to(group),
      marked: countOf(file, group) > 0 && group !== 'shipped_before' && group !== 'repeated',
    })),
  ]
}

function sumText(file: ShownTrackingFile): string {
  const parts = [file.ships, ...GROUPS.map((group) => countOf(file, group))].map((count) => countText(count))
  return `${parts.join(' + ')} = ${countText(file.rows_total)}: every row of the file is in one of them.`
}
