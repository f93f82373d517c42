import { data, Form, redirect } from 'react-router'
import { findOrder } from '../../../domain/orders/queries.ts'
import { settleOutside } from '../../../domain/orders/settle-outside.ts'
import { typedFields } from '../../form.server.ts'
import { moneyField, readMoneyField } from '../../money-field.server.ts'
import { paths, withQuery } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ErrorSummary, problemsOf, titleWith } from '../../ui/error-summary.tsx'
import { Option, OptionGroup, TextArea, TextField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/order-settle'
import { attempt, requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const order = await orRefusalPage(findOrder(deps.db, { campaign_id: campaign.id }, args.params.order, deps.clock.now()))
  return {
    campaign: { id: campaign.id, name: campaign.name },
    order: {
      id: order.id,
      number: order.number,
      version: order.version,
      status: order.status,
      balance_due: order.balance_due,
      currency: order.currency,
    },
    amount: moneyField(Math.max(0, order.balance_due), order.currency),
  }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const fields = await typedFields(args.request)
  const { minor, problem } = readMoneyField(fields.amount, desk.campaign.currency)
  if (problem || minor === null) return data({ errors: { amount: [problem ?? 'Enter an amount.'] }, fields, message: null }, 422)
  const { refusal } = await attempt(desk, (tx) =>
    settleOutside(tx, desk.actor, {
      campaign_id: desk.campaign.id,
      order_id: args.params.order,
      amount: minor,
      how: fields.how === 'waived' ? 'waived' : 'paid_elsewhere',
      reason: fields.reason ?? '',
      expected_version: Number(fields.version),
    }),
  )
  if (refusal) {
    const errors: Record<string, string[]> = Object.fromEntries(refusal.fields.map(({ field, message }) => [field, [message]]))
    return data({ errors, fields, message: refusal.fields.length === 0 ? refusal.message : null }, 422)
  }
  throw redirect(withQuery(paths.order(desk.campaign.id, args.params.order), { saved: 'settled' }), { status: 303 })
}

export default function Settle({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, order, amount } = loaderData
  const errors: Record<string, string[]> = actionData?.errors ?? {}
  const problems = problemsOf(errors)
  const how = actionData?.fields.how ?? 'paid_elsewhere'
  return (
    <>
      <title>{titleWith(problems, `Settle order ${order.number} outside · ${campaign.name}`)}</title>
      <PageHead
        title="Settle outside"
        crumbs={{ label: `Order ${order.number}`, to: paths.order(campaign.id, order.id) }}
        facts={
          <>
            <Money minor={order.balance_due} currency={order.currency} /> is owed now
          </>
        }
      />
      <ErrorSummary problems={problems} />
      {actionData?.message && <Note tone="danger">{actionData.message}</Note>}
      <Sheet label="Settle">
        <Form method="post" className="form">
          <input type="hidden" name="version" value={order.version} />
          <TextField
            name="amount"
            label="Amount"
            help="What no card is asked for any more."
            errors={errors.amount}
            defaultValue={actionData?.fields.amount ?? amount}
            suffix={order.currency}
            inputMode="decimal"
            width_ch={12}
            required
          />
          <OptionGroup id="how" label="How">
            <Option
              type="radio"
              name="how"
              value="paid_elsewhere"
              defaultChecked={how !== 'waived'}
              label="Paid by other means"
              help="A transfer, cash, another order."
            />
            <Option
              type="radio"
              name="how"
              value="waived"
              defaultChecked={how === 'waived'}
              label="Waived"
              help="You ask for it no more."
            />
          </OptionGroup>
          <TextArea
            name="reason"
            label="Why"
            help="Kept with the order."
            errors={errors.reason}
            defaultValue={actionData?.fields.reason}
            rows={2}
            maxLength={1000}
            required
          />
          <div className="row">
            <ButtonLink to={paths.order(campaign.id, order.id)}>Leave it owed</ButtonLink>
            <Button type="submit" variant="primary">
              Settle this amount
            </Button>
          </div>
        </Form>
      </Sheet>
    </>
  )
}
