import { CirclePause, MapPin, Scale } from 'lucide-react'
import { Link } from 'react-router'
import { loadCatalog } from '../../../domain/catalog/load-catalog.ts'
import { listDiscrepancies } from '../../../domain/discrepancies/list.ts'
import { listChangeRequests } from '../../../domain/fulfilment/request-queries.ts'
import { listShipments } from '../../../domain/fulfilment/shipments.ts'
import { findNeighbours } from '../../../domain/orders/find-neighbours.ts'
import { mayTry } from '../../../domain/orders/lifecycle.ts'
import { orderSortSchema } from '../../../domain/orders/list-sorts.ts'
import { findOrder, type WholeOrder } from '../../../domain/orders/queries.ts'
import { listEvents } from '../../../domain/orders/timeline.ts'
import { listAttempts } from '../../../domain/payments/attempts.ts'
import { findChargeMails } from '../../../domain/payments/charge-mails.ts'
import { whyNotCharged } from '../../../domain/payments/charge-one.ts'
import { listRefunds } from '../../../domain/refunds/refund-queries.ts'
import type { Db } from '../../../domain/shared/tx.ts'
import { formatAddress } from '../../../domain/shipping/address-form.ts'
import { countryName } from '../../../lib/country-name.ts'
import { discrepancyTitle } from '../../../lib/discrepancy-text.ts'
import { reasonSentence } from '../../../lib/reason-text.ts'
import { readBackerFilter } from '../../backer-filter.server.ts'
import { conditionCount, type Filter, filterQuery, filterText } from '../../components/filter-terms.ts'
import { ParcelsSheet } from '../../components/order-parcels.tsx'
import { BackerSheet, DeliverySheet, LinesSheet, MoneySheet } from '../../components/order-sheets.tsx'
import { OrderTimeline } from '../../components/order-timeline.tsx'
import { PaymentSheet } from '../../components/payment-sheet.tsx'
import { Status } from '../../components/status.tsx'
import { filterKeys } from '../../filter-keys.server.ts'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Menu } from '../../ui/disclosure.tsx'
import { NeighbourLinks } from '../../ui/neighbours.tsx'
import { Note } from '../../ui/note.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet, Sheets } from '../../ui/sheet.tsx'
import { Pages } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { placeIn } from '../../way-back.ts'
import type { Route } from './+types/order'
import { requireCampaign } from './session.server.ts'
import { isDeed, WORDS } from './transition-words.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign, now } = await requireCampaign(args)
  const search = new URL(args.request.url).searchParams
  const { filter, shown } = readBackerFilter(search)
  const sort = orderSortSchema.catch('number').parse(search.get('sort'))
  const order = await orRefusalPage(findOrder(deps.db, { campaign_id: campaign.id }, args.params.order, now))
  const events = await listEvents(
    deps.db,
    { campaign_id: campaign.id, backer_id: order.backer.id },
    { cursor: search.get('cursor') ?? undefined, limit: 30 },
  )
  const { address } = order
  const key = { campaign_id: campaign.id, order_id: order.id }
  const attempts = await listAttempts(deps.db, campaign.id, { order_id: order.id, limit: 10, now })
  const ids = attempts.data.map(({ id }) => id)
  const requests = await listChangeRequests(deps.db, campaign.id, { order_id: order.id, state: 'open', limit: 1 })
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency },
    order,
    // the list that one came from, as its links carry it
    list: {
      query: { ...filterQuery(shown), ...(sort === 'number' ? {} : { sort }) },
      text: await textOf(deps.db, campaign.id, shown),
    },
    neighbours: await findNeighbours(deps.db, key, { filter, sort }),
    saved: search.get('saved'),
    address: address && {
      lines: formatAddress(address),
      country: countryName(address.country),
      phone: address.phone,
      notes: address.delivery_notes,
    },
    events,
    attempts,
    refunds: (await listRefunds(deps.db, campaign.id, { order_id: order.id, limit: 50, now })).data,
    parcels: (await listShipments(deps.db, key, { limit: 20 })).data,
    request: requests.data[0]?.id ?? null,
    discrepancies: (await listDiscrepancies(deps.db, campaign.id, { order_id: order.id, state: 'open', limit: 5 })).data.map(
      ({ id, kind }) => ({ id, kind }),
    ),
    mails: await findChargeMails(deps.db, { campaign_id: campaign.id, backer_id: order.backer.id }, ids),
    why_not_charged: isToBeCharged(order) ? await whyNotCharged(deps.db, key, now) : null,
  }
}

/** The list's filter in words; the catalogue is read only where there is one. */
async function textOf(db: Db, campaign_id: string, shown: Filter): Promise<string | null> {
  if (conditionCount(shown) === 0) return null
  return filterText(shown, filterKeys(await loadCatalog(db, campaign_id)))
}

/** A balance that a run may ask a card for. */
function isToBeCharged({ status, balance_due }: WholeOrder): boolean {
  return mayTry('start_charge', status, 'run') && balance_due > 0
}

const SAVED: Record<string, string> = {
  address: 'The address is saved.',
  settled: 'The amount is settled.',
  refund: 'The money is on its way back. Its backer is mailed when it has left.',
  changed: 'The order is changed.',
  answers: 'The order is changed, and its backer was mailed.',
  parcel: 'The parcel is corrected. Nobody was mailed by it.',
}

export default function Order({ loaderData }: Route.ComponentProps) {
  const { campaign, order, list, neighbours, address, events, attempts, mails, parcels, request, saved } = loaderData
  const to = (id: string, query = {}) => paths.order(campaign.id, id, { ...list.query, ...query })
  const here = to(order.id)
  return (
    <>
      <title>{`Order ${order.number} · ${campaign.name}`}</title>
      <PageHead
        title={`Order ${order.number}`}
        beside={<Status status={order.status} chip />}
        crumbs={{ label: 'Orders', to: paths.orders(campaign.id, list.query), rest: list.text && <bdi>{list.text}</bdi> }}
        neighbours={
          <NeighbourLinks
            noun="order"
            previous={neighbours.previous && to(neighbours.previous)}
            next={neighbours.next && to(neighbours.next)}
          />
        }
        facts={
          <>
            <bdi>{order.backer.name}</bdi> · <bdi>{order.level?.name ?? 'No reward'}</bdi>
            {order.country && ` · ${countryName(order.country)}`}
          </>
        }
        actions={
          <Actions
            campaign_id={campaign.id}
            order={order}
            from={placeIn(campaign.id, here)}
            why_not_charged={loaderData.why_not_charged}
          />
        }
      />
      {saved && SAVED[saved] && (
        <Note tone="good" live dismiss_to={here}>
          {SAVED[saved]}
        </Note>
      )}
      {loaderData.discrepancies.map(({ id, kind }) => (
        <Note key={id} tone="warn" icon={Scale} end={<Link to={paths.discrepancies(campaign.id, { kind })}>Decide…</Link>}>
          <b>{discrepancyTitle(kind)}.</b> The gateway and the books differ about this order until you decide.
        </Note>
      ))}
      <Notices campaign_id={campaign.id} order={order} request={request} from={placeIn(campaign.id, here)} />
      <Sheets columns="main-side">
        <div className="sheets">
          <LinesSheet campaign={campaign} order={order} />
          <ParcelsSheet campaign_id={campaign.id} order={order} parcels={parcels} />
          <MoneySheet order={order} />
          {(attempts.data.length > 0 || order.payment_method || order.balance_due > 0) && (
            <PaymentSheet
              campaign={campaign}
              order={order}
              attempts={attempts.data}
              mails={mails}
              has_more={attempts.next_cursor !== null}
              refunds={loaderData.refunds}
            />
          )}
          <Sheet title="Timeline">
            <OrderTimeline campaign={campaign} events={events.data} />
            <Pages older_to={events.next_cursor ? to(order.id, { cursor: events.next_cursor }) : null} />
          </Sheet>
        </div>
        <div className="sheets">
          <DeliverySheet campaign={campaign} order={order} address={address} />
          <BackerSheet campaign={campaign} order={order} />
        </div>
      </Sheets>
    </>
  )
}

interface ActionProps {
  campaign_id: string
  order: WholeOrder
  /** this page, to come back to */
  from: string
  why_not_charged: string | null
}

/** The ways back. */
const BACKWARDS: readonly string[] = ['unlock', 'reopen_address', 'undo_ship']

/** The next step of this order first; the rest under More. What cannot be done says why. */
function Actions({ campaign_id, order, from, why_not_charged }: ActionProps) {
  // Canceling is never the loudest step; what is not for this status stands behind what is, and the way back behind the way on.
  const rank = (one: WholeOrder['transitions'][number]) =>
    (one.name === 'cancel' ? 8 : 0) +
    (one.code === 'wrong_status' ? 4 : 0) +
    (BACKWARDS.includes(one.name) ? 2 : 0) +
    (one.possible ? 0 : 1)
  const sorted = [...order.transitions].sort((a, b) => rank(a) - rank(b))
  const charges = isToBeCharged(order)
  const first = charges ? undefined : sorted.find((one) => one.name !== 'cancel' && one.code !== 'wrong_status')
  const label = ({ name, verb }: WholeOrder['transitions'][number]) => (isDeed(name) ? WORDS[name].label : verb)
  const rest = sorted.filter((one) => one !== first)
  const to = (name: string) => paths.orders_transition(campaign_id, name, { id: order.id, from })
  const isOver = order.status === 'canceled' || order.status === 'shipped'
  const act = (one: WholeOrder['transitions'][number], variant: 'primary' | 'outlined' | 'text') =>
    one.possible ? (
      <ButtonLink key={one.name} to={to(one.name)} variant={variant}>
        {label(one)}…
      </ButtonLink>
    ) : (
      <Button
        key={one.name}
        type="button"
        variant={variant}
        disabled_reason={reasonSentence(one.code ?? 'wrong_status')}
        reason_as="description"
      >
        {label(one)}…
      </Button>
    )
  return (
    <>
      <Menu label="More">
        {rest.filter((one) => one.possible && one.name !== 'cancel').map((one) => act(one, 'text'))}
        {!isOver && (
          <ButtonLink to={to(order.hold ? 'release' : 'hold')} variant="text">
            {order.hold ? 'Release…' : 'Hold…'}
          </ButtonLink>
        )}
        {!isOver && order.balance_due > 0 && (
          <ButtonLink to={paths.order_part(campaign_id, order.id, 'settle')} variant="text">
            Settle outside…
          </ButtonLink>
        )}
        {order.status !== 'open' && (
          <ButtonLink to={paths.order_part(campaign_id, order.id, 'refund')} variant="text">
            {isOver ? 'Refund…' : 'Refund or change…'}
          </ButtonLink>
        )}
        <ButtonLink to={paths.backer_view(campaign_id, order.backer.id)} variant="text" reload new_tab>
          See as the backer
        </ButtonLink>
        {rest.filter((one) => one.possible && one.name === 'cancel').map((one) => act(one, 'text'))}
        {rest.filter((one) => !one.possible).map((one) => act(one, 'text'))}
      </Menu>
      {charges && (
        <ButtonLink
          to={paths.new_charge(campaign_id, { id: order.id, retry: '1', from })}
          variant="primary"
          disabled_reason={why_not_charged && reasonSentence(why_not_charged)}
          reason_as="description"
        >
          {order.status === 'errored' ? 'Try the card again…' : 'Charge this order…'}
        </ButtonLink>
      )}
      {first && act(first, BACKWARDS.includes(first.name) ? 'outlined' : 'primary')}
    </>
  )
}

/** What one should know before anything is done with it. */
function Notices({
  campaign_id,
  order,
  request,
  from,
}: Pick<ActionProps, 'campaign_id' | 'order' | 'from'> & { request: string | null }) {
  return (
    <>
      {order.hold && (
        <Note
          tone="warn"
          icon={CirclePause}
          end={<Link to={paths.orders_transition(campaign_id, 'release', { id: order.id, from })}>Release…</Link>}
        >
          <b>On hold</b> since <Time at={order.hold.at} as="day" />.{' '}
          <bdi>{order.hold.reason ?? (order.hold.code === 'staff' ? '' : reasonSentence(order.hold.code))}</bdi>
        </Note>
      )}
      {request && (
        <Note tone="warn" icon={MapPin} end={<Link to={paths.request(campaign_id, request)}>Answer…</Link>}>
          <b>Its backer asks for another address</b> and waits for your answer.
        </Note>
      )}
      {order.notice && order.status === (order.notice.kind === 'lock' ? 'open' : 'paid') && (
        <Note tone="info" end={<Link to={paths.notice(campaign_id, order.notice.id)}>Notice</Link>}>
          The clock {order.notice.kind === 'lock' ? 'locks this order' : 'finalizes its address'} on{' '}
          <Time at={order.notice.due_at} as="moment" />.
        </Note>
      )}
      {order.draft?.state === 'active' && <Note tone="info">Its backer is changing something and has not confirmed it yet.</Note>}
      {order.draft?.state === 'overtaken' && (
        <Note tone="info">Its backer was changing something when it was locked; that was not taken over.</Note>
      )}
    </>
  )
}
