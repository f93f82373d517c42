import { data, Form, Link, redirect } from 'react-router'
import { holdOrders, previewHold, releaseOrders } from '../../../domain/orders/hold-orders.ts'
import { NOTICE_HOURS, scheduleNotice } from '../../../domain/orders/notices.ts'
import type { Selection } from '../../../domain/orders/selection.ts'
import { previewTransition, transitionOrders } from '../../../domain/orders/transition-orders.ts'
import { setLimits, type Tx } from '../../../domain/shared/tx.ts'
import { warningSentence } from '../../../lib/warning-text.ts'
import { readBackerFilter } from '../../backer-filter.server.ts'
import { filterQuery } from '../../components/filter-terms.ts'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { TransitionPreview } from '../../components/transition-preview.tsx'
import { typedFields } from '../../form.server.ts'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Option, OptionGroup, TextArea, TextField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { countText, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/transition'
import { selectionOf } from './selection.server.ts'
import { attempt, type Desk, requireCampaign } from './session.server.ts'
import { type Deed, GUIDE_OF, isDeed, WORDS } from './transition-words.ts'

function deedOf(name: string): Deed {
  if (!isDeed(name)) throw data({ message: 'There is no such act.' }, { status: 404 })
  return name
}

async function preview(desk: Desk & { campaign: { id: string } }, deed: Deed, selection: Selection) {
  if (deed !== 'hold' && deed !== 'release') {
    return await previewTransition(desk.deps.db, desk.actor, { campaign_id: desk.campaign.id, name: deed, selection }, desk.now)
  }
  const counted = await previewHold(desk.deps.db, desk.actor, { campaign_id: desk.campaign.id, selection, hold: deed === 'hold' })
  return { ...counted, left: [], warnings: [] }
}

export async function loader(args: Route.LoaderArgs) {
  const desk = await requireCampaign(args)
  const deed = deedOf(args.params.deed)
  const selection = selectionOf(args.request)
  const search = new URL(args.request.url).searchParams
  return {
    campaign: { id: desk.campaign.id, name: desk.campaign.name },
    deed,
    back: paths.orders(desk.campaign.id, filterQuery(readBackerFilter(search).shown)),
    ...(await preview(desk, deed, selection)),
  }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const deed = deedOf(args.params.deed)
  const fields = await typedFields(args.request)
  const input = { campaign_id: desk.campaign.id, selection: selectionOf(args.request), reason: fields.reason ?? '' }
  if (deed === 'lock' && fields.when === 'notice') {
    const hours = Number(fields.hours)
    const { done, refusal } = await attempt(desk, (tx) => scheduleNotice(tx, desk.actor, { ...input, hours }), setLimits)
    if (refusal) return data({ refusal, fields }, 422)
    throw redirect(paths.notice(desk.campaign.id, done.id), { status: 303 })
  }
  const command = (tx: Tx) => {
    if (deed === 'hold') return holdOrders(tx, desk.actor, input)
    if (deed === 'release') return releaseOrders(tx, desk.actor, input)
    return transitionOrders(tx, desk.actor, { ...input, name: deed })
  }
  const { done, refusal } = await attempt(desk, command, setLimits)
  if (refusal) return data({ refusal, fields }, 422)
  throw redirect(paths.operation(desk.campaign.id, done.operation), { status: 303 })
}

export default function Transition({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, deed, back, total, moved, left, warnings } = loaderData
  const words = WORDS[deed]
  const title = words.act(`${countText(moved)} of ${plural(total, 'order', 'orders')}`)
  const refusal = actionData?.refusal
  const reasonErrors = refusal?.fields.filter(({ field }) => field === 'reason').map(({ message }) => message)
  return (
    <>
      <title>{`${title} · ${campaign.name}`}</title>
      <PageHead
        title={title}
        crumbs={{ label: 'Orders', to: back }}
        facts="Counted just now. Nothing has changed yet. Checked again when you press."
        help={GUIDE_OF[deed] && <HowThisWorks act={GUIDE_OF[deed]} />}
      />
      {refusal && (
        <Note tone="danger" live>
          {refusal.message}
        </Note>
      )}
      {warnings.map((code) => (
        <Note key={code} tone="warn">
          {warningSentence(code)}
        </Note>
      ))}
      <Sheet label="Outcome">
        {words.to ? (
          <TransitionPreview
            effect={words.effect}
            rows={[
              { code: null, status: words.to, count: moved },
              ...left.map((row) => ({
                code: row.code,
                status: staysIn(deed, row.code),
                count: row.count,
                deal: <Deal campaign_id={campaign.id} code={row.code} deed={deed} sample={row.sample_ids[0]} />,
              })),
            ]}
          />
        ) : (
          <p>
            {plural(moved, 'order', 'orders')} will be {words.effect}. Those that are already, and canceled or shipped ones, stay
            as they are.
          </p>
        )}
        <p>{words.meaning}</p>
        <Form method="post" className="form">
          {deed === 'lock' && <When fields={actionData?.fields} />}
          {words.asks_reason !== 'no' && (
            <TextArea
              name="reason"
              label="Why"
              help="Kept with each order, for you and your team."
              optional={words.asks_reason === 'offered'}
              required={words.asks_reason === 'needed'}
              errors={reasonErrors}
              defaultValue={actionData?.fields.reason}
              rows={2}
              maxLength={1000}
            />
          )}
          <div className="row">
            <ButtonLink to={back}>{words.out}</ButtonLink>
            <Button
              type="submit"
              variant={deed === 'cancel' ? 'danger' : 'primary'}
              disabled_reason={
                moved > 0
                  ? null
                  : total === 0
                    ? 'There is no order to do this with.'
                    : 'No order qualifies; the reasons stand above.'
              }
            >
              {words.act(plural(moved, 'order', 'orders'))}
            </Button>
          </div>
        </Form>
      </Sheet>
    </>
  )
}

/** The status of what is left out, where the deed leaves no doubt: only open orders can be locked. */
function staysIn(deed: Deed, code: string) {
  return deed === 'lock' && code !== 'wrong_status' && code !== 'changed_meanwhile' ? ('open' as const) : null
}

/** Now, or after a notice that backers are told. */
function When({ fields }: { fields: Record<string, string> | undefined }) {
  const when = fields?.when ?? 'now'
  return (
    <>
      <OptionGroup id="when" label="When">
        <Option
          type="radio"
          name="when"
          value="now"
          defaultChecked={when === 'now'}
          label="Now"
          help="Backers are not told beforehand."
        />
        <Option
          type="radio"
          name="when"
          value="notice"
          defaultChecked={when === 'notice'}
          label="With notice"
          help="The backers of these orders are mailed now; the clock locks what is still open and qualifies then. You can move or withdraw it."
        />
      </OptionGroup>
      <TextField
        name="hours"
        label="Hours of notice"
        help="Counts only with notice. Mails leave one after the other, about 10 a second: for tens of thousands of orders give a day or more."
        type="number"
        min={1}
        max={1440}
        defaultValue={fields?.hours ?? NOTICE_HOURS}
        width_ch={8}
      />
    </>
  )
}

/** A way to deal with those that stay. */
function Deal({
  campaign_id,
  code,
  deed,
  sample,
}: {
  campaign_id: string
  code: string
  deed: Deed
  sample: string | undefined
}) {
  if (code === 'payment_method_missing' && deed === 'lock') {
    return <Link to={paths.survey_ask(campaign_id)}>Mail these…</Link>
  }
  if (code === 'on_hold') return <Link to={paths.orders(campaign_id, { hold: 'yes', status: 'open' })}>Show them</Link>
  return sample ? <Link to={paths.order(campaign_id, sample)}>Show one</Link> : null
}
