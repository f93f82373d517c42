import { data, Form, Link, redirect } from 'react-router'
import { holdOrders, previewHold, releaseOrders } from '../../../domain/orders/hold-orders.ts'
import { REFUND_DECISIONS } from '../../../domain/orders/lifecycle.ts'
import { NOTICE_HOURS, scheduleNotice } from '../../../domain/orders/notices.ts'
import type { Selection } from '../../../domain/orders/selection.ts'
import { previewTransition, transitionOrders } from '../../../domain/orders/transition-orders.ts'
import { setLimits, type Tx } from '../../../domain/shared/tx.ts'
import { warningSentence } from '../../../lib/warning-text.ts'
import { readBackerFilter } from '../../backer-filter.server.ts'
import { filterQuery } from '../../components/filter-terms.ts'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { Deal, ParcelFields, RefundDecisionField, When } from '../../components/transition-parts.tsx'
import { TransitionPreview } from '../../components/transition-preview.tsx'
import { typedFields } from '../../form.server.ts'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { TextArea } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { countText, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { readWayBack } from '../../way-back.ts'
import type { Route } from './+types/transition'
import { selectionOf } from './selection.server.ts'
import { attempt, type Desk, requireCampaign } from './session.server.ts'
import { canBeNoticed, type Deed, GUIDE_OF, isDeed, startOf, WORDS } from './transition-words.ts'

function deedOf(name: string): Deed {
  if (!isDeed(name)) throw data({ message: 'There is no such act.' }, { status: 404 })
  return name
}

async function preview(desk: Desk & { campaign: { id: string } }, deed: Deed, selection: Selection) {
  if (deed !== 'hold' && deed !== 'release') {
    // What becomes of the money is asked for on the page, so that it keeps nobody out.
    const decided = deed === 'cancel' ? { refund_decision: 'keep' as const } : {}
    const asked = { campaign_id: desk.campaign.id, name: deed, selection, ...decided }
    return await previewTransition(desk.deps.db, desk.actor, asked, desk.now)
  }
  const counted = await previewHold(desk.deps.db, desk.actor, { campaign_id: desk.campaign.id, selection, hold: deed === 'hold' })
  return { ...counted, left: [], warnings: [], taken: null }
}

export async function loader(args: Route.LoaderArgs) {
  const desk = await requireCampaign(args)
  const deed = deedOf(args.params.deed)
  const selection = selectionOf(args.request)
  const search = new URL(args.request.url).searchParams
  const isTicked = 'ids' in selection
  const query = filterQuery(readBackerFilter(search).shown)
  return {
    campaign: {
      id: desk.campaign.id,
      name: desk.campaign.name,
      undo_hours: desk.campaign.undo_ship_hours,
      currency: desk.campaign.currency,
    },
    deed,
    back: readWayBack(desk.campaign.id, search.get('from')) ?? wayBack(desk.campaign.id, deed, query),
    query: isTicked ? null : query,
    is_one: isTicked && selection.ids.length === 1,
    notice_hours: NOTICE_HOURS,
    ...(await preview(desk, deed, selection)),
  }
}

/** For who did not come from a list: by SKUs from the page that ticks them. */
function wayBack(campaign_id: string, deed: Deed, query: Record<string, string | string[]>) {
  if (deed === 'finalize_address' && query.only_sku) {
    return { label: 'Finalize', to: paths.finalize(campaign_id, { only_sku: query.only_sku }) }
  }
  return { label: 'Orders', to: paths.orders(campaign_id, query) }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const deed = deedOf(args.params.deed)
  const fields = await typedFields(args.request)
  const from = new URL(args.request.url).searchParams.get('from')
  const input = { campaign_id: desk.campaign.id, selection: selectionOf(args.request), reason: fields.reason ?? '' }
  if (canBeNoticed(deed) && fields.when === 'notice') {
    const notice = { ...input, kind: deed, hours: Number(fields.hours) }
    const { done, refusal } = await attempt(desk, (tx) => scheduleNotice(tx, desk.actor, notice), setLimits)
    if (refusal) return data({ refusal, fields }, 422)
    const { id } = desk.campaign
    const to = done.state === 'queued' ? paths.operation(id, done.operation, { from }) : paths.notice(id, done.id, { from })
    throw redirect(to, { status: 303 })
  }
  const refund_decision = REFUND_DECISIONS.find((each) => each === fields.refund_decision)
  if (fields.asks_refund && !refund_decision) {
    const message = 'Say what becomes of the money.'
    const problem = [{ field: 'refund_decision', code: 'refund_decision_missing', message }]
    return data({ refusal: { code: 'refund_decision_missing', message, fields: problem, details: {} }, fields }, 422)
  }
  const command = (tx: Tx) => {
    if (deed === 'hold') return holdOrders(tx, desk.actor, input)
    if (deed === 'release') return releaseOrders(tx, desk.actor, input)
    return transitionOrders(tx, desk.actor, {
      ...input,
      name: deed,
      ...(deed === 'ship' ? { tracking: trackingIn(fields) } : {}),
      ...(deed === 'cancel' && refund_decision ? { refund_decision } : {}),
    })
  }
  const { done, refusal } = await attempt(desk, command, setLimits)
  if (refusal) return data({ refusal, fields }, 422)
  throw redirect(paths.operation(desk.campaign.id, done.operation, { from }), { status: 303 })
}

function trackingIn({ carrier = '', tracking_number = '', tracking_url = '' }: Record<string, string>) {
  return { carrier, tracking_number, tracking_url }
}

export default function Transition({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, deed, back, total, moved, warnings } = loaderData
  const words = WORDS[deed]
  const [one, many] = words.noun
  const title = total === 0 ? `${words.label}: no order fits` : words.act(`${countText(moved)} of ${plural(total, one, many)}`)
  const refusal = actionData?.refusal
  return (
    <>
      <title>{`${title} · ${campaign.name}`}</title>
      <PageHead
        title={title}
        crumbs={back}
        facts={
          total === 0
            ? 'Counted just now. Nothing has changed.'
            : 'Counted just now. Nothing has changed yet. Checked again when you press.'
        }
        help={GUIDE_OF[deed] && <HowThisWorks act={GUIDE_OF[deed]} />}
      />
      {refusal && (
        <Note tone="danger" live>
          {refusal.message}
        </Note>
      )}
      {warnings.map((code) => (
        <Note
          key={code}
          tone="warn"
          end={code === 'change_requests_open' && <Link to={paths.requests(campaign.id)}>Requests</Link>}
        >
          {warningSentence(code)}
        </Note>
      ))}
      <Sheet label="Outcome">
        {total === 0 ? (
          <>
            <p>No order is in this selection now. They may have gone on since you looked: look at the list again.</p>
            <div className="row">
              <ButtonLink to={back.to}>Back to {back.label.toLowerCase()}</ButtonLink>
            </div>
          </>
        ) : (
          <Outcome loaderData={loaderData} actionData={actionData} />
        )}
      </Sheet>
    </>
  )
}

/** Who moves, who stays and why, what it means, and the act. */
function Outcome({ loaderData, actionData }: Pick<Route.ComponentProps, 'loaderData' | 'actionData'>) {
  const { campaign, deed, query, moved, left } = loaderData
  const words = WORDS[deed]
  return (
    <>
      {words.to ? (
        <TransitionPreview
          effect={words.effect}
          rows={[
            { code: null, status: words.to, count: moved },
            ...left.map((row) => ({
              code: row.code,
              status: staysIn(deed, row.code),
              count: row.count,
              deal: (
                <Deal
                  campaign_id={campaign.id}
                  code={row.code}
                  deed={deed}
                  status={startOf(deed)}
                  query={query}
                  sample={row.sample_ids[0]}
                />
              ),
            })),
          ]}
        />
      ) : (
        <p>
          {plural(moved, 'order', 'orders')} will be {words.effect}. Those that are already, and canceled or shipped ones, stay as
          they are.
        </p>
      )}
      {deed === 'finalize_address' && <MailedNote left={left} />}
      <p>{typeof words.meaning === 'string' ? words.meaning : words.meaning(campaign)}</p>
      <ActForm loaderData={loaderData} actionData={actionData} />
    </>
  )
}

/** What is asked before the act, the way out, and the act with its count. Nothing is asked where nobody qualifies. */
function ActForm({ loaderData, actionData }: Pick<Route.ComponentProps, 'loaderData' | 'actionData'>) {
  const { deed, back, is_one, moved } = loaderData
  const words = WORDS[deed]
  const [one, many] = words.noun
  const errors = Object.fromEntries((actionData?.refusal.fields ?? []).map(({ field, message }) => [field, [message]]))
  return (
    <Form method="post" className="form">
      {moved > 0 && canBeNoticed(deed) && <When kind={deed} hours={loaderData.notice_hours} fields={actionData?.fields} />}
      {moved > 0 && deed === 'ship' && is_one && <ParcelFields values={actionData?.fields ?? {}} errors={errors} />}
      {moved > 0 && loaderData.taken && loaderData.taken.orders > 0 && (
        <RefundDecisionField
          taken={loaderData.taken}
          currency={loaderData.campaign.currency}
          fields={actionData?.fields}
          errors={errors}
        />
      )}
      {moved > 0 && words.asks_reason !== 'no' && (
        <TextArea
          name="reason"
          label="Why"
          help="Kept with each order, for you and your team."
          optional={words.asks_reason === 'offered'}
          required={words.asks_reason === 'needed'}
          errors={errors.reason}
          defaultValue={actionData?.fields.reason}
          rows={2}
          maxLength={1000}
        />
      )}
      <div className="row">
        <ButtonLink to={back.to}>{words.out}</ButtonLink>
        <Button
          type="submit"
          variant={deed === 'cancel' ? 'danger' : 'primary'}
          disabled_reason={moved > 0 ? null : 'No order qualifies; the reasons stand above.'}
        >
          {words.act(plural(moved, one, many))}
        </Button>
      </div>
    </Form>
  )
}

/** The status of what is left out, where the deed leaves no doubt: only open orders can be locked. */
function staysIn(deed: Deed, code: string) {
  return code === 'wrong_status' || code === 'changed_meanwhile' ? null : startOf(deed)
}

/** What is left behind by a finalize is told; the others are not. */
function MailedNote({ left }: { left: readonly { code: string; count: number }[] }) {
  const count = left.find(({ code }) => code === 'address_invalid')?.count ?? 0
  if (count === 0) return null
  return (
    <Note tone="info">
      {plural(count, 'backer whose address does not pass is', 'backers whose address does not pass are')} mailed what looks wrong,
      with a link to correct it or to say that it is right. Whoever was mailed about it before is not mailed again until something
      changes.
    </Note>
  )
}
