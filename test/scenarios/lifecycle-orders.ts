import { sql } from 'kysely'
import type { TxParts } from '../../src/domain/shared/tx.ts'
import { newId } from '../../src/lib/id.ts'
import { makeBacker, makeCampaign, makeOrder, type TestCampaign } from '../factories/campaign.ts'
import {
  capture,
  detachMethods,
  giveMethods,
  holdShipped,
  putInto,
  shipLongAgo,
  startAttempts,
  warnAddresses,
} from '../factories/order-states.ts'
import type { Answer } from '../setup/api.ts'
import { type Facts, factsOf, type MoveName, reasonsAgainst, STATUSES, type Status } from './lifecycle-model.ts'

/** What makes the orders: the program over HTTP, or wired in the test. */
export interface Doors {
  parts: TxParts
  account_id: string
  post(path: string, body?: unknown): Promise<Answer>
}

export interface OrderCase {
  id: string
  backer_id: string
  status: Status
  facts: Facts
}

export const plainFacts: Facts = {
  method: true,
  owes: false,
  held: false,
  attempt: false,
  captured: 'no',
  warning: false,
  long_ago: false,
  method_asked_of_all: false,
}

/** A campaign of the API's own account: an add-on at 30.00, shipping at 12.00, and 20.00 to Nepal. */
export async function makeOwnCampaign(doors: Doors, method_asked_of_all = false): Promise<TestCampaign> {
  const { parts } = doors
  const campaign = await makeCampaign(parts, { addon_price: 3000 })
  await parts.db
    .updateTable('campaigns')
    .set({ account_id: doors.account_id, payment_method_required: method_asked_of_all })
    .where('id', '=', campaign.id)
    .execute()
  const region = { campaign_id: campaign.id, region_id: newId() }
  await parts.db
    .insertInto('shipping_regions')
    .values({ campaign_id: campaign.id, id: region.region_id, name: 'Himalaya', kind: 'countries', position: 1 })
    .execute()
  await parts.db
    .insertInto('shipping_region_countries')
    .values({ ...region, country: 'NP' })
    .execute()
  await parts.db
    .insertInto('level_shipping_fees')
    .values({ ...region, level_id: campaign.level_id, fee: 2000 })
    .execute()
  return { ...campaign, staff: { kind: 'staff', id: doors.account_id } }
}

/** Every status with every combination of facts. */
export function allCases(): Pick<OrderCase, 'status' | 'facts'>[] {
  return STATUSES.flatMap((status) => factsOf(status).map((facts) => ({ status, facts })))
}

/** For one transition: every combination of facts in the statuses it starts from; of the others the least and the most. */
export function casesFor(name: MoveName): Pick<OrderCase, 'status' | 'facts'>[] {
  return STATUSES.flatMap((status) => {
    const facts = factsOf(status)
    const starts = facts.some((each) => !reasonsAgainst(name, status, each).includes('wrong_status'))
    return (starts ? facts : [facts[0], facts.at(-1)]).flatMap((each) => (each ? [{ status, facts: each }] : []))
  })
}

/**
 * One order for each case, brought to its status by the commands through the API; errored on rows made for the test; facts as the rows
 * that state them.
 */
export async function makeOrders(
  doors: Doors,
  campaign: TestCampaign,
  cases: Pick<OrderCase, 'status' | 'facts'>[],
): Promise<OrderCase[]> {
  const { parts } = doors
  const made: OrderCase[] = []
  const make = async ({ status, facts }: (typeof cases)[number]) => {
    const backer = await makeBacker(parts, campaign)
    const order = await makeOrder(parts, campaign, backer, facts.owes ? { addons: { [campaign.addon_id]: 1 } } : {})
    made.push({ id: order.id, backer_id: backer.id, status, facts })
  }
  for (let from = 0; from < cases.length; from += 6) await Promise.all(cases.slice(from, from + 6).map(make))
  const pick = (which: (one: OrderCase) => boolean) => ({
    campaign_id: campaign.id,
    ids: made.filter(which).map(({ id }) => id),
  })
  const move = async (name: string, orders: { ids: string[] }) => {
    if (orders.ids.length === 0) return
    const { body } = await doors.post(`/campaigns/${campaign.id}/transitions`, {
      name,
      selection: { ids: orders.ids },
      reason: 'for the test',
    })
    if (body.moved !== orders.ids.length) throw new Error(`${name} moved ${body.moved} of ${orders.ids.length}`)
  }
  await giveMethods(
    parts,
    pick(() => true),
  )
  await move(
    'lock',
    pick(({ status }) => status !== 'open'),
  )
  await move(
    'nothing_owed',
    pick(({ status }) => ['paid', 'ready_to_ship', 'shipped'].includes(status)),
  )
  await move(
    'finalize_address',
    pick(({ status }) => status === 'ready_to_ship' || status === 'shipped'),
  )
  await move(
    'ship',
    pick(({ status }) => status === 'shipped'),
  )
  // Nobody puts a shipped order on hold; money that comes late does.
  await holdShipped(
    parts,
    pick(({ status, facts }) => facts.held && status === 'shipped'),
  )
  const held = pick(({ status, facts }) => facts.held && status !== 'shipped')
  if (held.ids.length > 0)
    await doors.post(`/campaigns/${campaign.id}/holds`, { selection: { ids: held.ids }, reason: 'for the test' })
  await putInto(
    parts,
    pick(({ status }) => status === 'errored'),
    'errored',
  )
  await move(
    'cancel',
    pick(({ status }) => status === 'canceled'),
  )
  await warnAddresses(
    parts,
    pick(({ facts }) => facts.warning),
  )
  await shipLongAgo(
    parts,
    pick(({ facts }) => facts.long_ago),
  )
  for (const then of ['captured', 'refunded', 'kept'] as const) {
    await capture(
      parts,
      pick(({ facts }) => facts.captured === then),
      then,
    )
  }
  await startAttempts(
    parts,
    pick(({ facts }) => facts.attempt),
  )
  await detachMethods(
    parts,
    pick(({ facts }) => !facts.method),
  )
  return made
}

export interface OrderNow {
  id: string
  status: string
  version: number
  last_event: string
  events: number
}

/** The orders as their rows stand, with their last event. */
export async function ordersNow(doors: Doors, campaign_id: string): Promise<Map<string, OrderNow>> {
  const { rows } = await sql<OrderNow>`select o.id, o.status, o.version, e.kind as last_event,
      (select count(*) from events a where a.campaign_id = o.campaign_id and a.order_id = o.id and a.order_version is not null) as events
    from orders o join events e on e.campaign_id = o.campaign_id and e.order_id = o.id and e.order_version = o.version
    where o.campaign_id = ${campaign_id}`.execute(doors.parts.db)
  return new Map(rows.map((row) => [row.id, row]))
}
