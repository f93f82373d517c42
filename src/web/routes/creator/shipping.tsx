import { Link } from 'react-router'
import { previewExport } from '../../../domain/fulfilment/export-ready.ts'
import { finalizeChoices } from '../../../domain/fulfilment/finalize.ts'
import { listExports } from '../../../domain/fulfilment/list-exports.ts'
import { countOpenRequests } from '../../../domain/fulfilment/request-queries.ts'
import { previewTrackingMails } from '../../../domain/fulfilment/tracking-mails.ts'
import { listTrackingFiles } from '../../../domain/fulfilment/tracking-queries.ts'
import { countStages } from '../../../domain/orders/counts.ts'
import { ExportsTaken } from '../../components/exports-taken.tsx'
import { HandOver } from '../../components/hand-over.tsx'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { TrackingFiles } from '../../components/tracking-files.tsx'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Figures } from '../../ui/figures.tsx'
import { Note } from '../../ui/note.tsx'
import { countText, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/shipping'
import { queryOfSelection, selectionOf } from './selection.server.ts'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, actor, campaign, now } = await requireCampaign(args)
  const { db } = deps
  const key = { campaign_id: campaign.id }
  const stages = await countStages(db, campaign.id)
  const cursor = new URL(args.request.url).searchParams.get('cursor') ?? undefined
  const choices = await finalizeChoices(db, actor, key, now)
  const query = queryOfSelection(args.request)
  const isNarrowed = Object.keys(query).length > 0
  const all_ready = await previewExport(db, actor, { ...key, selection: { filter: {} } })
  return {
    campaign: { id: campaign.id, name: campaign.name, undo_hours: campaign.undo_ship_hours },
    orders: stages.orders,
    query,
    hand_over: isNarrowed ? await previewExport(db, actor, { ...key, selection: selectionOf(args.request) }) : all_ready,
    all_ready,
    skus: choices
      .filter(({ ready_quantity }) => ready_quantity > 0)
      .map(({ sku_id, code, name, option, ready_quantity }) => ({ id: sku_id, code, name, option, pieces: ready_quantity })),
    requests: await countOpenRequests(db, campaign.id),
    mails: await previewTrackingMails(db, actor, { ...key, selection: { filter: {} } }),
    exports: (await listExports(db, campaign.id, { limit: 5 })).data,
    files: await orRefusalPage(listTrackingFiles(db, campaign.id, { cursor, limit: 20 })),
  }
}

type Data = Route.ComponentProps['loaderData']

export default function Shipping({ loaderData }: Route.ComponentProps) {
  const { campaign, orders, all_ready, requests, exports, files } = loaderData
  return (
    <>
      <title>{`Shipping · ${campaign.name}`}</title>
      <PageHead
        title="Shipping"
        facts="Hand the warehouse a list, get tracking numbers back, tell your backers: three steps, each with a preview."
        help={<HowThisWorks act="marking-shipped" />}
        actions={<ButtonLink to={paths.finalize(campaign.id)}>Finalize addresses…</ButtonLink>}
      />
      {requests > 0 && (
        <Note tone="warn" end={<Link to={paths.requests(campaign.id)}>Requests</Link>}>
          <b>{plural(requests, 'backer waits', 'backers wait')} for another address.</b> Answer before you hand the list over:
          what ships goes to the old one.
        </Note>
      )}
      <Figures
        label="Where the parcels are"
        figures={[
          {
            count: all_ready.orders,
            label: 'Ready to ship',
            note: `${plural(all_ready.pieces, 'piece', 'pieces')}`,
            to: paths.orders(campaign.id, { status: 'ready_to_ship', hold: 'no' }),
          },
          {
            count: all_ready.on_hold,
            label: 'On hold',
            note: 'stay out of everything here',
            to: paths.orders(campaign.id, { status: 'ready_to_ship', hold: 'yes' }),
            marked: all_ready.on_hold > 0,
          },
          {
            count: orders.shipped.count,
            label: 'Shipped',
            note: 'complete',
            to: paths.orders(campaign.id, { status: 'shipped' }),
          },
        ]}
      />
      {orders.ready_to_ship.count === 0 && (
        <Note tone="info" end={<Link to={paths.finalize(campaign.id)}>Finalize</Link>}>
          <b>Nothing is ready to ship.</b>{' '}
          {orders.paid.count > 0
            ? `${plural(orders.paid.count, 'paid order waits', 'paid orders wait')} for a final address.`
            : 'Orders come here once they are paid and their address is final.'}
        </Note>
      )}
      <HandOver {...loaderData} />
      <MarkShipped {...loaderData} />
      <TellThem {...loaderData} />
      {exports.length > 0 && <ExportsTaken exports={exports} />}
      {files.data.length > 0 && <TrackingFiles campaign_id={campaign.id} files={files.data} next={files.next_cursor} />}
    </>
  )
}

function MarkShipped({ campaign, orders }: Data) {
  const ready = orders.ready_to_ship.count
  return (
    <Sheet title="2. Mark as shipped">
      <p>
        When the parcels have left. With a tracking file each order gets its number, and only what stands in the file is shipped.
        Without numbers, mark them by hand; numbers can be added on each order’s page.
        {campaign.undo_hours > 0 && ` Both can be undone within ${plural(campaign.undo_hours, 'hour', 'hours')}.`}
      </p>
      <div className="row">
        <ButtonLink
          to={paths.new_tracking(campaign.id)}
          disabled_reason={ready === 0 ? 'Nothing is ready to ship.' : null}
          reason_as="description"
        >
          Upload a tracking file…
        </ButtonLink>
        <ButtonLink
          to={paths.orders_transition(campaign.id, 'ship', { all: '1', status: 'ready_to_ship' })}
          disabled_reason={ready === 0 ? 'Nothing is ready to ship.' : null}
          reason_as="description"
        >
          Mark all as shipped…
        </ButtonLink>
        <Link to={paths.orders(campaign.id, { status: 'ready_to_ship' })}>Choose orders</Link>
        <a href={paths.tracking_template(campaign.id)} download>
          Template for the file
        </a>
      </div>
    </Sheet>
  )
}

function TellThem({ campaign, mails }: Data) {
  const facts = [
    mails.mailed_before > 0 && `${countText(mails.mailed_before)} mailed already`,
    mails.without_number > 0 && `${countText(mails.without_number)} without a number`,
  ].filter(Boolean)
  return (
    <Sheet title="3. Tell your backers">
      <p>
        {mails.mails > 0
          ? `${plural(mails.mails, 'parcel has', 'parcels have')} a tracking number that its backer was not mailed yet.`
          : mails.mailed_before > 0
            ? 'Every tracking number was mailed.'
            : mails.total > 0
              ? 'No tracking number waits to be mailed.'
              : 'Once parcels have left, their numbers are mailed from here.'}
        {facts.length > 0 && ` ${facts.join(', ')}.`} Marking as shipped mails nobody; send these when the numbers work at the
        carrier.
      </p>
      <div className="row">
        <ButtonLink
          to={paths.tracking_mails(campaign.id)}
          disabled_reason={mails.total === 0 ? 'Nothing has shipped yet.' : null}
          reason_as="description"
        >
          Tracking mails…
        </ButtonLink>
      </div>
    </Sheet>
  )
}
