import { data, redirect } from 'react-router'
import { decideDiscrepancies } from '../../../domain/discrepancies/decide.ts'
import { RESOLUTIONS } from '../../../domain/discrepancies/decisions.ts'
import { DISCREPANCY_KINDS } from '../../../domain/discrepancies/kinds.ts'
import { countDiscrepancies, listDiscrepancies } from '../../../domain/discrepancies/list.ts'
import { discrepancyTitle } from '../../../lib/discrepancy-text.ts'
import { isId } from '../../../lib/id.ts'
import { reasonText } from '../../../lib/reason-text.ts'
import { DiscrepanciesOfKind, SettledDiscrepancies } from '../../components/discrepancy-parts.tsx'
import { FilterTabs } from '../../components/filter-bar.tsx'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { ErrorSummary, problemsOf, titleWith } from '../../ui/error-summary.tsx'
import { Note } from '../../ui/note.tsx'
import { countText, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Empty } from '../../ui/states.tsx'
import { Pages } from '../../ui/table.tsx'
import type { Route } from './+types/discrepancies'
import { attempt, requireCampaign } from './session.server.ts'

/** So many of a kind stand on the page of all kinds; on its own page it has more. */
const SOME = 10
const MORE = 100

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const { db } = deps
  const search = new URL(args.request.url).searchParams
  const cursor = search.get('cursor') ?? undefined
  const kind = DISCREPANCY_KINDS.find((one) => one === search.get('kind')) ?? null
  const counts = await countDiscrepancies(db, campaign.id)
  const shown = search.get('state') === 'settled' ? [] : counts.kinds.filter((one) => kind === null || one.kind === kind)
  const open = await Promise.all(
    shown.map(async (one) => {
      const page = listDiscrepancies(db, campaign.id, {
        ...{ state: 'open', kind: one.kind, limit: kind ? MORE : SOME },
        ...(kind ? { cursor } : {}),
      })
      return { ...one, ...(await orRefusalPage(page)) }
    }),
  )
  const isSettled = search.get('state') === 'settled'
  const settled = isSettled
    ? await orRefusalPage(listDiscrepancies(db, campaign.id, { state: 'settled', cursor, limit: 50 }))
    : null
  return {
    campaign: { id: campaign.id, name: campaign.name },
    counts,
    kind,
    open,
    settled,
    is_first: cursor === undefined,
    done: Number(search.get('done')) || 0,
    left: search.getAll('left').slice(0, 10),
  }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const form = await args.request.formData()
  const kind = String(form.get('kind') ?? '')
  const ids = form
    .getAll(form.has('all') ? 'shown' : 'id')
    .map(String)
    .filter(isId)
  const resolution = RESOLUTIONS.find((one) => one === form.get('resolution'))
  const reason = String(form.get('reason') ?? '')
  const errors: Record<string, string[]> = {}
  if (ids.length === 0) errors[`${kind}-id`] = ['Tick what you decide about.']
  if (!resolution) errors[`${kind}-resolution`] = ['Choose what becomes of it.']
  if (reason.trim() === '') errors[`${kind}-reason`] = ['Say why: it is kept with what is done.']
  if (!resolution || Object.keys(errors).length > 0) return data({ errors, kind, ids, resolution, reason, message: null }, 422)
  const input = { campaign_id: desk.campaign.id, ids: ids.slice(0, MORE), resolution, reason }
  const { done, refusal } = await attempt(desk, (tx) => decideDiscrepancies(tx, desk.actor, input))
  if (refusal) return data({ errors, kind, ids, resolution, reason, message: refusal.message }, 409)
  const left = done.left.map(({ code, count }) => `${count} ${code}`)
  throw redirect(paths.discrepancies(desk.campaign.id, { done: done.settled, left }), { status: 303 })
}

type Props = Route.ComponentProps

export default function Discrepancies({ loaderData, actionData }: Props) {
  const { campaign, counts, open, settled, kind } = loaderData
  const problems = problemsOf(actionData?.errors ?? {})
  return (
    <>
      <title>{titleWith(problems, `Discrepancies · ${campaign.name}`)}</title>
      <PageHead
        title="Discrepancies"
        crumbs={{ label: 'Charges', to: paths.charges(campaign.id) }}
        facts={
          counts.open === 0
            ? 'The payment gateway and the books agree, as far as is known.'
            : `${plural(counts.open, 'difference', 'differences')} between the payment gateway and the books. Nothing of these orders is charged or shipped until you decide.`
        }
        help={<HowThisWorks act="charging" />}
      />
      <ErrorSummary problems={problems} />
      {actionData?.message && (
        <Note tone="danger" live>
          {actionData.message}
        </Note>
      )}
      <Done {...loaderData} />
      <Tabs {...loaderData} />
      {open.map((one, index) => (
        <DiscrepanciesOfKind
          key={one.kind}
          campaign_id={campaign.id}
          {...one}
          is_first={index === 0}
          more_to={kind === null && one.next_cursor ? paths.discrepancies(campaign.id, { kind: one.kind }) : null}
          sent={actionData?.kind === one.kind ? actionData : null}
        />
      ))}
      {kind && open[0]?.next_cursor && (
        <Pages older_to={paths.discrepancies(campaign.id, { kind, cursor: open[0].next_cursor })} />
      )}
      {!settled && open.length === 0 && (
        <Sheet label="Discrepancies">
          <Empty title="Nothing differs">
            What the payment gateway says and the books do not expect appears here: a refund made there, a dispute, money taken
            for an order that had moved on.
          </Empty>
        </Sheet>
      )}
      {settled && <SettledDiscrepancies campaign_id={campaign.id} {...settled} is_first={loaderData.is_first} />}
    </>
  )
}

/** What came of the last decision. */
function Done({ campaign, done, left }: Props['loaderData']) {
  if (done === 0 && left.length === 0) return null
  const why = left.map((one) => {
    const [count, code = ''] = one.split(' ')
    return `${countText(Number(count) || 1)}: ${reasonText(code)}`
  })
  return (
    <Note tone={left.length > 0 ? 'warn' : 'good'} live dismiss_to={paths.discrepancies(campaign.id)}>
      <b>{done > 0 ? `${plural(done, 'difference is', 'differences are')} decided.` : 'Nothing was decided.'}</b>{' '}
      {why.length > 0 && `Left open, ${why.join('; ')}.`}
    </Note>
  )
}

function Tabs({ campaign, counts, kind, settled }: Props['loaderData']) {
  const to = (query: Record<string, string>) => paths.discrepancies(campaign.id, query)
  return (
    <FilterTabs
      label="Kinds"
      tabs={[
        { label: 'All open', count: counts.open, to: to({}), current: kind === null && !settled },
        ...counts.kinds.map((one) => ({
          label: discrepancyTitle(one.kind),
          count: one.count,
          to: to({ kind: one.kind }),
          current: one.kind === kind && !settled,
        })),
        { label: 'Decided', to: to({ state: 'settled' }), current: settled !== null },
      ]}
    />
  )
}
