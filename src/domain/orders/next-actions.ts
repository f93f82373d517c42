import type { BackerFilter } from '../backers/filter.ts'
import { findMissingPrices } from '../catalog/pledge-prices.ts'
import type { MoveResult } from '../operations/result.ts'
import { previewChargeRun } from '../payments/charge-runs.ts'
import { isChargingSetUp } from '../payments/charging.ts'
import { SYSTEM } from '../shared/actor.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'
import { countLifecycle, type LifecycleCounts } from './counts.ts'
import { previewMove } from './move-orders.ts'

export const NEXT_ACTIONS = [
  'import_report',
  'save_prices',
  'send_surveys',
  'lock',
  'ask_payment_method',
  'charge',
  'nothing_owed',
  'look_at_failed',
  'answer_requests',
  'finalize_address',
  'hand_over',
  'remind',
  'look_at_holds',
] as const
export type NextActionCode = (typeof NEXT_ACTIONS)[number]

/** Something that could sensibly be done now; sentences in lib/action-text.ts. */
export interface NextAction {
  code: NextActionCode
  /** how many orders or backers it is about; 0 where it is about the campaign */
  count: number
  /** the money it is about, in minor units; null where it is about none */
  amount: number | null
  /** of the same orders: how many cannot be taken along, by reason */
  left: { code: string; count: number }[]
}

export interface ActionFacts {
  counts: LifecycleCounts
  prices_saved: boolean
  /** locked or errored orders that owe nothing */
  owe_nothing: number
  /** what a charge run over all locked orders would do; nothing where charging is not set up or a run is under way */
  charge: { orders: number; amount: number; left: { code: string; count: number }[] }
  /** what "finalize all paid orders" would do */
  finalize: Pick<MoveResult, 'moved' | 'left'>
  /** requests for another address that wait for an answer */
  requests: number
}

/** What could sensibly be done now, the most sensible first: a rule. Empty when there is nothing but to wait. */
export function nextActions(facts: ActionFacts): NextAction[] {
  const { counts, prices_saved, owe_nothing, charge, finalize, requests } = facts
  const { surveys, orders, lock } = counts
  const backers = Object.values(surveys).reduce((sum, count) => sum + count, 0)
  const actions: NextAction[] = []
  const add = (code: NextActionCode, count: number, more: Partial<Pick<NextAction, 'amount' | 'left'>> = {}) => {
    const left = (more.left ?? []).map((each) => ({ code: each.code, count: each.count }))
    actions.push({ code, count, amount: more.amount ?? null, left })
  }
  if (backers === 0) {
    add('import_report', 0)
    return actions
  }
  if (!prices_saved) add('save_prices', 0)
  else if (surveys.not_sent > 0) add('send_surveys', surveys.not_sent)
  if (lock.can > 0) add('lock', lock.can, { left: lock.left })
  // A run makes paid what owes nothing, too.
  if (charge.orders > 0) add('charge', charge.orders, { amount: charge.amount, left: charge.left })
  else if (owe_nothing > 0) add('nothing_owed', owe_nothing)
  // An order that moved after its lock may owe without a card, too.
  const lacking = lock.payment_method_missing + countLeft(charge.left, 'payment_method_missing')
  if (lacking > 0) add('ask_payment_method', lacking)
  if (orders.errored.count > 0) add('look_at_failed', orders.errored.count, { amount: orders.errored.owed })
  if (requests > 0) add('answer_requests', requests)
  if (finalize.moved > 0) add('finalize_address', finalize.moved, { left: finalize.left })
  const ready = orders.ready_to_ship.count - orders.ready_to_ship.on_hold
  if (ready > 0) add('hand_over', ready)
  const unanswered = surveys.sent + surveys.started
  if (unanswered > 0) add('remind', unanswered)
  const held = Object.entries(orders).reduce((sum, [status, { on_hold }]) => (status === 'canceled' ? sum : sum + on_hold), 0)
  if (held > 0) add('look_at_holds', held)
  return actions
}

function countLeft(left: ActionFacts['charge']['left'], code: string): number {
  return left.find((each) => each.code === code)?.count ?? 0
}

type Of = Pick<Campaign, 'id' | 'mode' | 'prices_saved_at'>

/** The same for a campaign, from its rows. The caller has checked whose campaign it is. */
export async function findNextActions(db: Db, campaign: Of, now: Date): Promise<NextAction[]> {
  return nextActions(await findActionFacts(db, campaign, now))
}

/** What the rule asks. A status without an order is not asked about. */
export async function findActionFacts(db: Db, campaign: Of, now: Date): Promise<ActionFacts> {
  const counts = await countLifecycle(db, campaign.id, now)
  const { locked, errored, paid } = counts.orders
  const preview = async (
    name: 'nothing_owed' | 'finalize_address',
    filter: BackerFilter,
    orders: number,
  ): Promise<MoveResult> => {
    if (orders === 0) return { total: 0, moved: 0, left: [] }
    return await previewMove(db, { now, actor: 'staff' }, { campaign_id: campaign.id, name, selection: { filter } })
  }
  const frozen = locked.count + errored.count
  return {
    counts,
    prices_saved: campaign.prices_saved_at !== null && (await findMissingPrices(db, campaign.id)).length === 0,
    // Two small questions instead of one about every locked order.
    owe_nothing:
      (await preview('nothing_owed', { balance: 'zero' }, frozen)).moved +
      (await preview('nothing_owed', { balance: 'credit' }, frozen)).moved,
    charge: locked.count > 0 ? await findCharge(db, campaign, now) : NOTHING,
    finalize: await preview('finalize_address', {}, paid.count),
    requests: await countRequests(db, campaign.id),
  }
}

const NOTHING: ActionFacts['charge'] = { orders: 0, amount: 0, left: [] }

async function findCharge(db: Db, campaign: Of, now: Date): Promise<ActionFacts['charge']> {
  if (!(await isChargingSetUp(db, campaign))) return NOTHING
  const input = { campaign_id: campaign.id, selection: { filter: {} }, retry_errored: false }
  const { charge, left, run_under_way } = await previewChargeRun(db, SYSTEM, input, now)
  return run_under_way ? NOTHING : { ...charge, left }
}

async function countRequests(db: Db, campaign_id: string): Promise<number> {
  const { count } = await db
    .selectFrom('change_requests')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('campaign_id', '=', campaign_id)
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow()
  return count
}
