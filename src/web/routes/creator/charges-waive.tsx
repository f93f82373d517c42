import { data, Form, redirect } from 'react-router'
import { previewWaive, waiveSmallBalances } from '../../../domain/payments/waive-small-balances.ts'
import { setLimits } from '../../../domain/shared/tx.ts'
import { formatMoney } from '../../../lib/money.ts'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { typedFields } from '../../form.server.ts'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { TextArea } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { Money, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/charges-waive'
import { queryOfSelection, selectionOf } from './selection.server.ts'
import { attempt, requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, actor, campaign } = await requireCampaign(args)
  const from = new URL(args.request.url).searchParams.get('from')
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency },
    preview: await previewWaive(deps.db, actor, { campaign_id: campaign.id, selection: selectionOf(args.request) }),
    back: paths.new_charge(campaign.id, { ...queryOfSelection(args.request), from }),
  }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const fields = await typedFields(args.request)
  const input = { campaign_id: desk.campaign.id, selection: selectionOf(args.request), reason: fields.reason ?? '' }
  const { done, refusal } = await attempt(desk, (tx) => waiveSmallBalances(tx, desk.actor, input), setLimits)
  if (refusal) return data({ refusal, fields }, 422)
  const from = new URL(args.request.url).searchParams.get('from')
  throw redirect(paths.operation(desk.campaign.id, done.operation, { from }), { status: 303 })
}

/** Forgiving, for all at once, what no card can be charged. */
export default function Waive({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, preview, back } = loaderData
  const balances = plural(preview.orders, 'small balance', 'small balances')
  const refusal = actionData?.refusal
  const errors = refusal?.fields.filter(({ field }) => field === 'reason').map(({ message }) => message) ?? []
  return (
    <>
      <title>{`Waive ${balances} · ${campaign.name}`}</title>
      <PageHead
        title={`Waive ${balances}`}
        crumbs={{ label: 'Charge', to: back }}
        facts="Counted just now. Nothing has changed yet. Checked again when you press."
        help={<HowThisWorks act="charging" />}
      />
      {refusal && errors.length === 0 && (
        <Note tone="danger" live>
          {refusal.message}
        </Note>
      )}
      <Sheet label="Outcome">
        <p>
          {preview.orders === 0 ? (
            'No locked or errored order owes less than a card can be charged.'
          ) : (
            <>
              <b>
                <Money minor={preview.amount} currency={campaign.currency} />
              </b>{' '}
              in all is asked for no more. {plural(preview.orders, 'order owes', 'orders owe')} less than a card can be charged,
              or a rest that the gateway cannot take; what owes nothing then becomes paid. Backers are not mailed. This cannot be
              undone.
            </>
          )}
        </p>
        <Form method="post" className="form">
          {preview.orders > 0 && (
            <TextArea
              name="reason"
              label="Why"
              help="Kept with each order, for you and your team."
              errors={errors}
              defaultValue={actionData?.fields.reason}
              rows={2}
              maxLength={1000}
              required
            />
          )}
          <div className="row">
            <ButtonLink to={back}>Leave them owed</ButtonLink>
            <Button type="submit" variant="primary" disabled_reason={preview.orders > 0 ? null : 'There is no balance to waive.'}>
              Waive {balances}, {formatMoney(preview.amount, campaign.currency)}
            </Button>
          </div>
        </Form>
      </Sheet>
    </>
  )
}
