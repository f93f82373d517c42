import { data, Form, redirect } from 'react-router'
import { changePaid } from '../../../domain/refunds/change-paid.ts'
import { cardText } from '../../../lib/card-text.ts'
import { formatMoney } from '../../../lib/money.ts'
import { reasonSentence } from '../../../lib/reason-text.ts'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { RefundFields, RefundPreview } from '../../components/refund-parts.tsx'
import { typedFields } from '../../form.server.ts'
import { paths, withQuery } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ErrorSummary, problemsOf, titleWith } from '../../ui/error-summary.tsx'
import { Note } from '../../ui/note.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/order-refund'
import { markOf, openRefund, problemFields, readRefund, shownPreview, workOut } from './order-refund.server.ts'
import { attempt, requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const desk = await requireCampaign(args)
  const { order, now, stays, start } = await openRefund(desk, args.params.order)
  const { id, number, status, currency, balance_due } = order
  const payments = now.payments.filter(({ rest, is_busy, is_ours }) => rest > 0 && is_ours && !is_busy)
  return {
    campaign: { id: desk.campaign.id, name: desk.campaign.name },
    order: { id, number, status, currency, balance_due },
    start,
    rest: now.rest,
    is_busy: now.payments.some(({ is_busy }) => is_busy),
    cards: [...new Set(payments.map(({ card }) => cardText(card)))],
    items_stay: stays && status !== 'canceled' ? `What is in the order stays: ${reasonSentence(stays)}` : null,
  }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const opened = await openRefund(desk, args.params.order)
  const fields = await typedFields(args.request)
  const read = readRefund(fields, opened)
  const { form } = read
  if (Object.keys(read.errors).length > 0) return data({ form, errors: read.errors, preview: null, message: null }, 422)
  const { change, preview } = await workOut(desk, args.params.order, read)
  const errors = { ...problemFields(preview), ...(form.reason.trim() === '' ? { reason: ['Say why.'] } : {}) }
  if (Object.keys(errors).length > 0) return data({ form, errors, preview: null, message: null }, 422)
  const shown = { form, errors, preview: shownPreview(preview) }
  if (fields.intent !== 'confirm') return data({ ...shown, message: null }, 200)
  if (fields.seen !== markOf(preview)) {
    const message = 'It comes to something else than you saw. Look at it again.'
    return data({ ...shown, message }, 409)
  }
  const { refusal } = await attempt(desk, (tx) =>
    changePaid(tx, desk.actor, {
      ...change,
      reason: form.reason,
      expected_version: preview.version,
      agreed_balance: preview.balance_after,
    }),
  )
  if (refusal) return data({ ...shown, preview: null, message: refusal.message }, 409)
  const saved = preview.to_card > 0 ? 'refund' : 'changed'
  throw redirect(withQuery(paths.order(desk.campaign.id, args.params.order), { saved }), { status: 303 })
}

export default function OrderRefund({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, order, rest, cards, items_stay, is_busy } = loaderData
  const form = actionData?.form ?? loaderData.start
  const errors: Record<string, string[]> = actionData?.errors ?? {}
  const problems = problemsOf(errors)
  const preview = actionData?.preview
  const title = order.status === 'canceled' ? 'Refund' : 'Refund or change'
  const back = paths.order(campaign.id, order.id)
  return (
    <>
      <title>{titleWith(problems, `${title} · Order ${order.number} · ${campaign.name}`)}</title>
      <PageHead
        title={title}
        crumbs={{ label: `Order ${order.number}`, to: back }}
        facts={preview ? 'Nothing has changed yet.' : 'You see what it comes to before anything changes.'}
        help={<HowThisWorks act="refunds" />}
      />
      <ErrorSummary problems={problems} />
      {is_busy && <Note tone="info">A refund of this order is on its way already. Look again when it has left.</Note>}
      {actionData?.message && (
        <Note tone="danger" live>
          {actionData.message}
        </Note>
      )}
      <Form method="post" className="sheets" noValidate>
        {/* Enter in a field works it out; only its own button does it. */}
        <button type="submit" name="intent" value="look" className="visually-hidden" tabIndex={-1} aria-hidden="true">
          See what it comes to
        </button>
        {preview && (
          <Sheet title="What it comes to">
            <input type="hidden" name="seen" value={preview.mark} key={preview.mark} />
            <RefundPreview
              seen={preview}
              currency={order.currency}
              unlocks={form.money === 'all'}
              canceled={order.status === 'canceled'}
            />
            <div className="row">
              <ButtonLink to={back}>Change nothing</ButtonLink>
              <Button type="submit" name="intent" value="confirm" variant="primary">
                {preview.to_card > 0 ? `Give back ${formatMoney(preview.to_card, order.currency)}` : 'Change the order'}
              </Button>
            </div>
          </Sheet>
        )}
        <Sheet title={preview ? 'Not right yet?' : undefined} label="Refund or change">
          <div className="form">
            <RefundFields
              form={form}
              errors={errors}
              currency={order.currency}
              status={order.status}
              rest={rest}
              cards={cards}
              items_stay={items_stay}
            />
            <div className="row">
              {!preview && <ButtonLink to={back}>Change nothing</ButtonLink>}
              <Button type="submit" name="intent" value="look" variant={preview ? 'outlined' : 'primary'}>
                {preview ? 'Work it out again' : 'See what it comes to'}
              </Button>
            </div>
          </div>
        </Sheet>
      </Form>
    </>
  )
}
