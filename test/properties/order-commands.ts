import { answerChangeRequest } from '../../src/domain/fulfilment/answer-request.ts'
import { requestChange, withdrawChangeRequest } from '../../src/domain/fulfilment/change-requests.ts'
import { findLastRequest } from '../../src/domain/fulfilment/request-queries.ts'
import { changeShipment, listShipments } from '../../src/domain/fulfilment/shipments.ts'
import { changeAddress, previewAddress } from '../../src/domain/orders/change-address.ts'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import { holdOrders, releaseOrders } from '../../src/domain/orders/hold-orders.ts'
import { findDueNotices, moveNotice, runNotice, scheduleNotice, withdrawNotice } from '../../src/domain/orders/notices.ts'
import type { Selection } from '../../src/domain/orders/selection.ts'
import { settleOutside } from '../../src/domain/orders/settle-outside.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import type { Actor } from '../../src/domain/shared/actor.ts'
import { inTransaction, type Tx } from '../../src/domain/shared/tx.ts'
import { saveDraft } from '../../src/domain/surveys/drafts.ts'
import { newId } from '../../src/lib/id.ts'
import { berlin, makeCampaign, type TestCampaign } from '../factories/campaign.ts'
import { type ImportParts, importReport } from '../factories/import.ts'
import { giveMethods } from '../factories/order-states.ts'
import { k5Report } from '../factories/report-file.ts'

/*
 * Commands as data, so that a property test can draw any sequence of them. What a command refuses is refused with a code: that is a right
 * answer at any time; only what breaks the books is wrong.
 */

export type Command =
  | { do: 'confirm'; who: number; by: 'backer' | 'staff'; addons: number; country: Country }
  | { do: 'draft'; who: number; addons: number }
  | { do: 'move_house'; who: number; by: 'backer' | 'staff'; country: Country }
  | {
      do: 'lock' | 'unlock' | 'nothing_owed' | 'finalize_address' | 'reopen_address' | 'ship' | 'undo_ship' | 'cancel'
      whom: number[] | 'all'
    }
  | { do: 'ask_change'; who: number; country: Country }
  | { do: 'approve' | 'decline' | 'withdraw'; who: number }
  | { do: 'correct_parcel'; who: number }
  | { do: 'hold' | 'release'; whom: number[] | 'all' }
  | { do: 'settle'; who: number; part: 1 | 2 }
  | { do: 'notice'; kind: 'lock' | 'finalize_address'; hours: number }
  | { do: 'move_notice' | 'withdraw_notice' }
  | { do: 'card'; who: number }
  | { do: 'hours_pass'; hours: number }
  | { do: 'report'; pledges: ReportedPledge[] }

type Country = 'DE' | 'NP' | 'AQ'
export type ReportedPledge = { bonus: number; status: 'collected' | 'dropped' | 'errored' | 'canceled' }

export const BACKERS = 4

export interface World {
  parts: ImportParts & { clock: { now(): Date } }
  campaign: TestCampaign
  backers: string[]
  /** hours that the test's own clock runs ahead */
  ahead: number
  /** codes of the refusals, for whom it interests which were drawn */
  refused: Map<string, number>
}

/** A campaign of four backers, imported; two pieces of an add-on at 30.00; 8.00 more to Nepal, not to Antarctica. */
export async function makeWorld(parts: ImportParts): Promise<World> {
  const world = { ahead: 0, refused: new Map(), backers: [] } as unknown as World
  const started = parts.clock.now().getTime()
  world.parts = { ...parts, clock: { now: () => new Date(started + world.ahead * 3_600_000) } }
  world.campaign = await makeCampaign(parts, { addon_price: 3000, stock: 2 })
  const campaign_id = world.campaign.id
  for (const [country, served] of [
    ['NP', true],
    ['AQ', false],
  ] as const) {
    const region_id = newId()
    const row = { campaign_id, id: region_id, name: country, kind: 'countries' as const, served, position: 1 }
    await parts.db.insertInto('shipping_regions').values(row).execute()
    await parts.db.insertInto('shipping_region_countries').values({ campaign_id, region_id, country }).execute()
    const fee = { campaign_id, region_id, level_id: world.campaign.level_id, fee: 2000 }
    await parts.db.insertInto('level_shipping_fees').values(fee).execute()
  }
  await report(world, Array(BACKERS).fill({ bonus: 0, status: 'collected' }))
  // The report's own add-on has no price on the platform that anybody typed.
  await parts.db
    .updateTable('addons')
    .set({ platform_price: 2500 })
    .where('campaign_id', '=', campaign_id)
    .where('platform_addon_id', 'is not', null)
    .execute()
  await parts.db.updateTable('backers').set({ survey: 'sent' }).where('campaign_id', '=', campaign_id).execute()
  const rows = await parts.db
    .selectFrom('backers')
    .select('id')
    .where('campaign_id', '=', campaign_id)
    .orderBy('platform_number')
    .execute()
  world.backers = rows.map(({ id }) => id)
  return world
}

/** Carries out one command. Answers the code of a refusal, null where it was done; throws what is neither. */
export async function carryOut(world: World, command: Command): Promise<string | null> {
  try {
    await run(world, command)
    return null
  } catch (error) {
    const code = (error as { code?: unknown }).code
    if (!(error instanceof Error) || error.name !== 'DomainError' || typeof code !== 'string') throw error
    world.refused.set(code, (world.refused.get(code) ?? 0) + 1)
    return code
  }
}

async function run(world: World, command: Command): Promise<void> {
  const { parts, campaign } = world
  const campaign_id = campaign.id
  const within = <T>(act: (tx: Tx) => Promise<T>) => inTransaction(parts, act)
  switch (command.do) {
    case 'confirm': {
      const backer_id = backerAt(world, command.who)
      const data = { address: { ...berlin, country: command.country } as never, addons: { [campaign.addon_id]: command.addons } }
      await within((tx) => confirmSurvey(tx, actorOf(world, command), { campaign_id, backer_id, data }))
      return
    }
    case 'draft': {
      const backer_id = backerAt(world, command.who)
      const data = { addons: { [campaign.addon_id]: command.addons } }
      await within((tx) => saveDraft(tx, actorOf(world, { ...command, by: 'backer' }), { campaign_id, backer_id, data }))
      return
    }
    case 'move_house':
      return await moveHouse(world, command)
    case 'card':
      return await giveCard(world, command.who)
    case 'settle':
      return await settle(world, command)
    case 'report':
      return await report(world, command.pledges)
    case 'hours_pass':
      return await hoursPass(world, command.hours)
    case 'notice':
      await within((tx) =>
        scheduleNotice(tx, campaign.staff, { campaign_id, kind: command.kind, selection: { filter: {} }, hours: command.hours }),
      )
      return
    case 'ask_change':
      return await askChange(world, command)
    case 'approve':
    case 'decline':
    case 'withdraw':
      return await endRequest(world, command)
    case 'correct_parcel':
      return await correctParcel(world, command.who)
    case 'move_notice':
    case 'withdraw_notice':
      return await changeNotice(world, command.do)
    default:
      return await overMany(world, command)
  }
}

type OverMany = Extract<Command, { whom: unknown }>

async function overMany(world: World, { do: name, whom }: OverMany): Promise<void> {
  const { campaign, parts } = world
  const input = { campaign_id: campaign.id, selection: await selectionOf(world, whom), reason: 'drawn' }
  await inTransaction(parts, async (tx) => {
    if (name === 'hold') return await holdOrders(tx, campaign.staff, input)
    if (name === 'release') return await releaseOrders(tx, campaign.staff, input)
    return await transitionOrders(tx, campaign.staff, { ...input, name })
  })
}

async function selectionOf(world: World, whom: number[] | 'all'): Promise<Selection> {
  if (whom === 'all') return { filter: {} }
  const orders = await Promise.all(whom.map((who) => orderOf(world, who)))
  const ids = orders.flatMap((order) => (order ? [order.id] : []))
  return { ids: ids.length > 0 ? ids : [newId()] }
}

async function moveHouse(world: World, command: Extract<Command, { do: 'move_house' }>): Promise<void> {
  const order = await orderOf(world, command.who)
  if (!order) return
  const key = { campaign_id: world.campaign.id, order_id: order.id, address: { ...berlin, country: command.country } as never }
  const { balance_after } = await previewAddress(world.parts.db, world.campaign.staff, key)
  await inTransaction(world.parts, (tx) => changeAddress(tx, actorOf(world, command), { ...key, agreed_balance: balance_after }))
}

async function askChange(world: World, command: Extract<Command, { do: 'ask_change' }>): Promise<void> {
  const order = await orderOf(world, command.who)
  if (!order) return
  const address = { ...berlin, line1: 'Neue Straße 1', country: command.country } as never
  const key = { campaign_id: world.campaign.id, order_id: order.id, address }
  const actor = actorOf(world, { ...command, by: 'backer' })
  const { balance_after } = await previewAddress(world.parts.db, actor, key)
  await inTransaction(world.parts, (tx) => requestChange(tx, actor, { ...key, agreed_balance: balance_after }))
}

async function endRequest(world: World, command: Extract<Command, { do: 'approve' | 'decline' | 'withdraw' }>): Promise<void> {
  const order = await orderOf(world, command.who)
  const request = order && (await findLastRequest(world.parts.db, { campaign_id: world.campaign.id, order_id: order.id }))
  if (!request) return
  const key = { campaign_id: world.campaign.id, request_id: request.id }
  await inTransaction(world.parts, async (tx) => {
    const { do: decision } = command
    if (decision === 'withdraw') await withdrawChangeRequest(tx, actorOf(world, { ...command, by: 'backer' }), key)
    else await answerChangeRequest(tx, world.campaign.staff, { ...key, decision })
  })
}

async function correctParcel(world: World, who: number): Promise<void> {
  const order = await orderOf(world, who)
  const parcels = order && (await listShipments(world.parts.db, { campaign_id: world.campaign.id, order_id: order.id }))
  const shipment_id = parcels?.data[0]?.id
  if (!shipment_id) return
  const input = { campaign_id: world.campaign.id, shipment_id, carrier: 'DHL', tracking_number: `N${world.ahead}-${who}` }
  await inTransaction(world.parts, (tx) => changeShipment(tx, world.campaign.staff, input))
}

async function giveCard(world: World, who: number): Promise<void> {
  const order = await orderOf(world, who)
  if (!order || order.payment_method_id || order.status === 'canceled') return
  await giveMethods(world.parts, { campaign_id: world.campaign.id, ids: [order.id] })
}

async function settle(world: World, { who, part }: Extract<Command, { do: 'settle' }>): Promise<void> {
  const order = await orderOf(world, who)
  if (!order) return
  const amount = Math.ceil(order.balance_due / part)
  const input = { campaign_id: world.campaign.id, order_id: order.id, amount, how: 'waived', reason: 'drawn' } as const
  await inTransaction(world.parts, (tx) => settleOutside(tx, world.campaign.staff, input))
}

/** The platform's report again, with other amounts and statuses. */
async function report(world: World, pledges: ReportedPledge[]): Promise<void> {
  const dollars = (amount: number) => `$${amount}.00`
  const rows = pledges.map(({ bonus, status }) => ({
    'Bonus Support': dollars(bonus),
    'Pledge Amount': dollars(61 + bonus),
    'Pledged Status': status,
  }))
  await importReport(world.parts, world.campaign.staff, world.campaign.id, k5Report(rows))
}

async function hoursPass(world: World, hours: number): Promise<void> {
  world.ahead += hours
  for (const key of await findDueNotices(world.parts.db, world.parts.clock.now())) {
    if (key.campaign_id === world.campaign.id) await inTransaction(world.parts, (tx) => runNotice(tx, key))
  }
}

async function changeNotice(world: World, how: 'move_notice' | 'withdraw_notice'): Promise<void> {
  const { campaign, parts } = world
  const notice = await parts.db
    .selectFrom('notices')
    .select('id')
    .where('campaign_id', '=', campaign.id)
    .where('state', '=', 'scheduled')
    .executeTakeFirst()
  if (!notice) return
  const key = { campaign_id: campaign.id, notice_id: notice.id }
  const due_at = new Date(parts.clock.now().getTime() + 3_600_000)
  await inTransaction(parts, (tx) =>
    how === 'move_notice' ? moveNotice(tx, campaign.staff, { ...key, due_at }) : withdrawNotice(tx, campaign.staff, key),
  )
}

function backerAt(world: World, who: number): string {
  return world.backers[who % BACKERS] ?? ''
}

function actorOf(world: World, { who, by }: { who: number; by: 'backer' | 'staff' }): Actor {
  return by === 'staff' ? world.campaign.staff : { kind: 'backer', id: backerAt(world, who), campaign_id: world.campaign.id }
}

async function orderOf(world: World, who: number) {
  return await world.parts.db
    .selectFrom('orders')
    .selectAll()
    .where('campaign_id', '=', world.campaign.id)
    .where('backer_id', '=', backerAt(world, who))
    .executeTakeFirst()
}
