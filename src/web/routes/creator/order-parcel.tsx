import { data, Form, redirect } from 'react-router'
import { changeShipment, findShipment } from '../../../domain/fulfilment/shipments.ts'
import { ParcelFields } from '../../components/transition-parts.tsx'
import { typedFields } from '../../form.server.ts'
import { paths, withQuery } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ErrorSummary, problemsOf, titleWith } from '../../ui/error-summary.tsx'
import { Note } from '../../ui/note.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/order-parcel'
import { attempt, requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const parcel = await orRefusalPage(findShipment(deps.db, campaign.id, args.params.shipment))
  if (parcel.order.id !== args.params.order) throw data({ message: 'This order has no such parcel.' }, { status: 404 })
  const { order, left_at, mailed_at, state, carrier, tracking_number, tracking_url } = parcel
  return {
    campaign: { id: campaign.id, name: campaign.name },
    order,
    parcel: { left_at, is_mailed: mailed_at !== null, is_undone: state === 'undone' },
    values: { carrier, tracking_number, tracking_url },
  }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const { carrier = '', tracking_number = '', tracking_url = '' } = await typedFields(args.request)
  const values = { carrier, tracking_number, tracking_url }
  const key = { campaign_id: desk.campaign.id, shipment_id: args.params.shipment }
  const { refusal } = await attempt(desk, (tx) => changeShipment(tx, desk.actor, { ...key, ...values }))
  if (!refusal) {
    throw redirect(withQuery(paths.order(desk.campaign.id, args.params.order), { saved: 'parcel' }), { status: 303 })
  }
  const errors = Object.fromEntries(refusal.fields.map(({ field, message }) => [field, [message]]))
  return data({ errors, values, message: refusal.fields.length === 0 ? refusal.message : null }, 422)
}

export default function OrderParcel({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, order, parcel } = loaderData
  const errors: Record<string, string[]> = actionData?.errors ?? {}
  const problems = problemsOf(errors)
  return (
    <>
      <title>{titleWith(problems, `Correct the parcel of order ${order.number} · ${campaign.name}`)}</title>
      <PageHead
        title="Correct the parcel"
        crumbs={{ label: `Order ${order.number}`, to: paths.order(campaign.id, order.id) }}
        facts={
          <>
            Left on <Time at={parcel.left_at} as="moment" />.{' '}
            {parcel.is_mailed
              ? 'Its backer was mailed a number; another one is not mailed by itself, but you can send the tracking mail again.'
              : 'Its backer was not mailed yet.'}
          </>
        }
      />
      <ErrorSummary problems={problems} />
      {actionData?.message && <Note tone="danger">{actionData.message}</Note>}
      {parcel.is_undone ? (
        <Note tone="info">This parcel was taken back, so it has no tracking number to correct.</Note>
      ) : (
        <Sheet label="Parcel">
          <Form method="post" className="form">
            <ParcelFields values={actionData?.values ?? loaderData.values} errors={errors} />
            <div className="row">
              <ButtonLink to={paths.order(campaign.id, order.id)}>Keep as it was</ButtonLink>
              <Button type="submit" variant="primary">
                Save the parcel
              </Button>
            </div>
          </Form>
        </Sheet>
      )}
    </>
  )
}
