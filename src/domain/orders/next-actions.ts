import type { BackerFilter } from '../backers/filter.ts'
import { findSetup, type Setup } from '../campaigns/find-setup.ts'
import { findMissingPrices } from '../catalog/pledge-prices.ts'
import type { MoveResult } from '../operations/result.ts'
import { previewChargeRun } from '../payments/charge-run-preview.ts'
import { isChargingSetUp } from '../payments/charging.ts'
import { SYSTEM } from '../shared/actor.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'
import { countLifecycle, type LifecycleCounts } from './counts.ts'
import { previewMove } from './move-orders.ts'

export const NEXT_ACTIONS = [
  'import_report',
  'save_prices',
  'offer_addons',
  'set_shipping',
  'send_surveys',
  'wait_for_answers',
  'lock',
  'ask_payment_method',
  'charge',
  'nothing_owed',
  'answer_requests',
  'hand_over',
  'apply_tracking',
  'send_tracking',
  'look_at_failed',
  'finalize_address',
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

interface Charge {
  orders: number
  amount: number
  left: { code: string; count: number }[]
}

export interface ActionFacts {
  counts: LifecycleCounts
  prices_saved: boolean
  /** locked or errored orders that owe nothing */
  owe_nothing: number
  /** what a charge run over all locked orders would do; nothing where charging is not set up or a run is under way */
  charge: Charge
  /** what "finalize all paid orders" would do */
  finalize: Pick<MoveResult, 'moved' | 'left'>
  /** requests for another address that wait for an answer */
  requests: number
  /** what was prepared and told so far */
  setup: Setup
  /** whether cards are being charged */
  run_under_way: boolean
  now: Date
}

/** So long after a survey or a reminder the next reminder makes sense: who was asked needs a weekend. */
const ANSWERS_NEED_MS = 3 * 24 * 60 * 60_000

/** When the next reminder makes sense; null when that is now, or nobody was mailed. */
export function answersNeedUntil(setup: Pick<Setup, 'mailed_at' | 'is_past_deadline'>, now: Date): Date | null {
  if (!setup.mailed_at || setup.is_past_deadline) return null
  const until = new Date(setup.mailed_at.getTime() + ANSWERS_NEED_MS)
  return until > now ? until : null
}

/** What could sensibly be done now, the most sensible first: a rule. Empty when there is nothing but to wait. */
export function nextActions(facts: ActionFacts): NextAction[] {
  const { counts, prices_saved, owe_nothing, charge, finalize, requests, setup } = facts
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
  const unanswered = surveys.sent + surveys.started
  const is_asked = unanswered + surveys.completed > 0
  const waits = unanswered > 0 && answersNeedUntil(setup, facts.now) !== null
  if (!prices_saved) add('save_prices', 0)
  else {
    // Once somebody was asked, what is not offered and what ships at no charge is meant so.
    if (!is_asked && surveys.not_sent > 0) {
      if (setup.hidden_addons > 0) add('offer_addons', setup.hidden_addons)
      if (setup.regions === 0) add('set_shipping', 0)
    }
    if (surveys.not_sent > 0) add('send_surveys', surveys.not_sent)
  }
  if (!waits && lock.can > 0) add('lock', lock.can, { left: lock.left })
  // A run makes paid what owes nothing, too.
  if (charge.orders > 0) add('charge', charge.orders, { amount: charge.amount, left: charge.left })
  else if (owe_nothing > 0) add('nothing_owed', owe_nothing)
  // An order that moved after its lock may owe without a card, too.
  const lacking = lock.payment_method_missing + countLeft(charge.left, 'payment_method_missing')
  if (lacking > 0) add('ask_payment_method', lacking)
  if (requests > 0) add('answer_requests', requests)
  const ready = orders.ready_to_ship.count - orders.ready_to_ship.on_hold
  if (ready > 0) add(setup.handed_over ? 'apply_tracking' : 'hand_over', ready)
  if (setup.untold_parcels > 0) add('send_tracking', setup.untold_parcels)
  if (orders.errored.count > 0) add('look_at_failed', orders.errored.count, { amount: orders.errored.owed })
  if (waits) {
    add('wait_for_answers', unanswered)
    if (lock.can > 0) add('lock', lock.can, { left: lock.left })
  }
  if (finalize.moved > 0) add('finalize_address', finalize.moved, { left: finalize.left })
  if (!waits && unanswered > 0) add('remind', unanswered)
  const held = Object.entries(orders).reduce((sum, [status, { on_hold }]) => (status === 'canceled' ? sum : sum + on_hold), 0)
  if (held > 0) add('look_at_holds', held)
  return actions
}

function countLeft(left: Charge['left'], code: string): number {
  return left.find((each) => each.code === code)?.count ?? 0
}

type Of = Pick<Campaign, 'id' | 'mode' | 'prices_saved_at' | 'lockdown_on' | 'time_zone'>

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
    ...(locked.count > 0 ? await findCharge(db, campaign, now) : { charge: NOTHING, run_under_way: false }),
    finalize: await preview('finalize_address', {}, paid.count),
    requests: await countRequests(db, campaign.id),
    setup: await findSetup(db, campaign, now),
    now,
  }
}

const NOTHING: Charge = { orders: 0, amount: 0, left: [] }

async function findCharge(db: Db, campaign: Of, now: Date): Promise<{ charge: Charge; run_under_way: boolean }> {
  if (!(await isChargingSetUp(db, campaign))) return { charge: NOTHING, run_under_way: false }
  const input = { campaign_id: campaign.id, selection: { filter: {} }, retry_errored: false }
  const { charge, left, run_under_way } = await previewChargeRun(db, SYSTEM, input, now)
  return { charge: run_under_way ? NOTHING : { ...charge, left }, run_under_way: run_under_way !== null }
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
