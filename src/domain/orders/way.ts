import type { ActionFacts, NextActionCode } from './next-actions.ts'

/** The steps from a report to the last parcel, in their order. */
const WAY = [
  'import',
  'prices',
  'catalogue',
  'shipping',
  'payments',
  'survey_few',
  'survey_all',
  'answers',
  'lock',
  'charge',
  'failed',
  'finalize',
  'hand_over',
  'tracking',
] as const
export type WayCode = (typeof WAY)[number]

export interface WayStep {
  code: WayCode
  state: 'done' | 'now' | 'later'
  /** how much of it is done, in backers or orders; null where it is not counted */
  done: number | null
  of: number | null
}

/** Which step an action is a part of. */
const STEP_OF: Record<NextActionCode, WayCode> = {
  import_report: 'import',
  save_prices: 'prices',
  offer_addons: 'catalogue',
  set_shipping: 'shipping',
  send_surveys: 'survey_few',
  wait_for_answers: 'answers',
  remind: 'answers',
  ask_payment_method: 'lock',
  lock: 'lock',
  charge: 'charge',
  nothing_owed: 'charge',
  look_at_failed: 'failed',
  finalize_address: 'finalize',
  answer_requests: 'hand_over',
  hand_over: 'hand_over',
  apply_tracking: 'tracking',
  send_tracking: 'tracking',
  look_at_holds: 'lock',
}

/**
 * Where a campaign stands on its way: a rule. A step counts as done when nobody is left in it; steps that were left out on purpose (no
 * add-on offered, no shipping charged) are done once somebody was asked. `next`: the action proposed first; `charging`: whether cards can
 * be charged.
 */
export function campaignWay(facts: ActionFacts, next: NextActionCode | null, charging: boolean): WayStep[] {
  const { surveys, orders } = facts.counts
  const asked = surveys.sent + surveys.started + surveys.completed
  const backers = Object.values(surveys).reduce((sum, count) => sum + count, 0)
  const after = {
    shipped: orders.shipped.count,
    ready: orders.shipped.count + orders.ready_to_ship.count,
    paid: orders.shipped.count + orders.ready_to_ship.count + orders.paid.count,
  }
  const frozen = after.paid + orders.locked.count + orders.errored.count
  const all = frozen + orders.open.count
  const counted = (done: number, of: number) => ({ done, of, is_done: of > 0 && done === of })
  const plain = (is_done: boolean) => ({ done: null, of: null, is_done })
  const told: Record<WayCode, { done: number | null; of: number | null; is_done: boolean }> = {
    import: { done: backers, of: null, is_done: backers > 0 },
    prices: plain(backers > 0 && facts.prices_saved),
    catalogue: plain(asked > 0 || (backers > 0 && facts.prices_saved && facts.setup.hidden_addons === 0)),
    shipping: plain(asked > 0 || facts.setup.regions > 0),
    payments: plain(charging),
    survey_few: plain(asked > 0),
    survey_all: asked > 0 ? counted(asked, asked + surveys.not_sent) : plain(false),
    answers: counted(surveys.completed, asked),
    lock: counted(frozen, all),
    charge: counted(after.paid + orders.errored.count, frozen),
    failed: { ...plain(after.paid > 0 && orders.errored.count === 0) },
    finalize: counted(after.ready, after.paid),
    hand_over: counted(after.shipped, after.ready),
    tracking: plain(after.shipped > 0 && orders.ready_to_ship.count === 0 && facts.setup.untold_parcels === 0),
  }
  const now = stepNow(next, asked > 0)
  return WAY.map((code) => {
    const { is_done, done, of } = told[code]
    return { code, done, of, state: code === now ? 'now' : is_done ? 'done' : 'later' }
  })
}

function stepNow(next: NextActionCode | null, is_asked: boolean): WayCode | null {
  if (next === null) return null
  return next === 'send_surveys' && is_asked ? 'survey_all' : STEP_OF[next]
}
