import { type RawBuilder, sql } from 'kysely'
import type { ActorKind } from '../../db/tables/history.ts'
import { smallestCharge, stepOf } from '../../lib/charge-limits.ts'
import { CURRENCIES } from '../../lib/currencies.ts'
import { hasInvalidAddress, isUsable } from '../backers/filter.ts'
import { notOver } from '../payments/attempts.ts'
import { type CarriedTransition, type ReasonCode, type RefundDecision, TRANSITIONS } from './lifecycle.ts'
import type { Selection, TrackedOrders } from './selection.ts'

/** When, and by whom, a condition is asked. */
export interface Asking {
  now: Date
  actor: ActorKind
  /** cancel only: what becomes of the money that was taken here, for all of the selection */
  refund_decision?: RefundDecision | null
}

/** What tells one card from another, over payment_methods `p`. */
export const cardOfMethod = sql<string>`coalesce(p.fingerprint, p.id::text)`

/**
 * Attempts of the order `o` on the card it has now, which is told by its fingerprint. Refused ones never reached the card. No join: each
 * order is one probe, whatever the planner was told about sets.
 */
const triesOfThisCard = sql`payment_attempts a
  where a.campaign_id = o.campaign_id and a.order_id = o.id and a.state <> 'refused'
    and a.card = (select ${cardOfMethod} from payment_methods p where p.campaign_id = o.campaign_id and p.id = o.payment_method_id)`

/** At most three tries a day on one card (promises.md rule 8 has the networks' own limits). */
const TRIES_A_DAY = 3

/**
 * The conditions of the lifecycle as SQL, once: each is true when the order must be LEFT OUT for its code. They serve the move, its
 * preview and the state of a button. Aliases: `o` orders, `c` campaigns. A condition reads columns of the order row, or facts whose
 * every writer first updates that order's version in the same transaction (lifecycle.md, Concurrency).
 */
const LEFT_OUT_WHEN = {
  on_hold: () => sql`o.held_at is not null`,
  // `hasPaymentMethod`, of the row that `factsOf` joins.
  payment_method_missing: () => sql`((o.balance_due > 0 or c.payment_method_required) and card.id is null)`,
  charge_in_progress: () => sql`exists (select 1 from payment_attempts a where a.campaign_id = o.campaign_id and a.order_id = o.id
    and a.state in ${notOver})`,
  already_charged: () => sql`o.captured > o.refunded`,
  nothing_owed: () => sql`o.balance_due <= 0`,
  below_minimum: () => sql`(o.balance_due < ${byCurrency(smallestCharge)} or o.balance_due % ${byCurrency(stepOf)} <> 0)`,
  card_too_soon: ({ now, actor }: Asking) => sql`((select count(*) from ${triesOfThisCard}
      and a.created_at > ${now}::timestamptz - interval '1 day') >= ${sql.lit(TRIES_A_DAY)}
    or ${actor === 'backer'} and exists (select 1 from ${triesOfThisCard}
      and a.source = 'backer' and a.created_at > ${now}::timestamptz - interval '1 hour'))`,
  card_hard_declined: () => sql`exists (select 1 from ${triesOfThisCard} and a.decline_class = 'hard')`,
  balance_due: () => sql`o.balance_due > 0`,
  address_invalid: () => hasInvalidAddress,
  already_shipped: () =>
    sql`exists (select 1 from shipments s where s.campaign_id = o.campaign_id and s.order_id = o.id and s.state = 'left')`,
  undo_window_over: ({ now }: Asking) => sql`o.shipped_at < ${now}::timestamptz - make_interval(hours => c.undo_ship_hours)`,
  refund_decision_missing: ({ refund_decision }: Asking) =>
    refund_decision ? sql`false` : sql`(o.captured > o.refunded and o.refund_decision is null)`,
  // Totals are computed twice, stored and afresh (promises.md rule 9). Whoever asks joins `factsOf`.
  totals_differ: () => sql`o.balance_due <> coalesce(owed.amount, 0)`,
} as const satisfies Partial<Record<ReasonCode, (asking: Asking) => RawBuilder<unknown>>>

export type SqlCondition = keyof typeof LEFT_OUT_WHEN

/** The conditions of a transition that are asked of the row; the others are asked by the command that leads to it. */
export function conditionsOf(name: CarriedTransition): SqlCondition[] {
  const codes: readonly ReasonCode[] = TRANSITIONS[name].conditions
  // A dearer change is what makes an order owe again; the command that writes it has asked.
  if (name === 'owe_again') return []
  return codes.filter((code): code is SqlCondition & ReasonCode => code in LEFT_OUT_WHEN)
}

/** The code why an order is left out, the first that holds in this order, or null: an SQL expression. */
export function leftOutCode(codes: readonly SqlCondition[], asking: Asking): RawBuilder<string | null> {
  if (codes.length === 0) return sql`null::text`
  return sql`case ${sql.join(
    codes.map((code) => sql`when ${LEFT_OUT_WHEN[code](asking)} then ${sql.lit(code)}`),
    sql` `,
  )} end`
}

/**
 * The facts of other tables that these conditions need joined, left, to `o`: what the ledger says is owed, and the usable card. Of a few
 * orders their rows are found one by one; of a set the tables are read once from end to end, which a probe for each order takes twice as
 * long for.
 */
export function factsOf(
  codes: readonly SqlCondition[],
  campaign_id: string,
  selection: Selection | TrackedOrders,
): RawBuilder<unknown> {
  const card = sql`left join payment_methods card on card.campaign_id = o.campaign_id and card.id = o.payment_method_id
    and ${isUsable('card')}`
  return sql`${codes.includes('payment_method_missing') ? card : sql``}
    ${codes.includes('totals_differ') ? owedOf(campaign_id, selection) : sql``}`
}

function owedOf(campaign_id: string, selection: Selection | TrackedOrders): RawBuilder<unknown> {
  const few = 'ids' in selection ? sql`and l.order_id = any(${selection.ids}::uuid[])` : sql``
  return sql`left join (select l.order_id, sum(l.amount) as amount from ledger_entries l
    where l.campaign_id = ${campaign_id} and l.account = 'owed' ${few} group by l.order_id) owed on owed.order_id = o.id`
}

/** The balances that the gateway cannot take, as an SQL condition over `o` and `c`: what `below_minimum` says of an order that owes. */
export function isBelowMinimum(): RawBuilder<boolean> {
  return sql<boolean>`(o.balance_due > 0 and ${LEFT_OUT_WHEN.below_minimum()})`
}

/** What of a balance the gateway cannot take: all of one below the smallest charge, else what is over the step. Over `o` and `c`. */
export function unchargeableAmount(): RawBuilder<number> {
  return sql<number>`(case when o.balance_due < ${byCurrency(smallestCharge)} then o.balance_due
    else o.balance_due % ${byCurrency(stepOf)} end)`
}

function byCurrency(limit: (currency: string) => number): RawBuilder<number> {
  const special = CURRENCIES.filter((currency) => limit(currency) !== 1)
  return sql<number>`(case c.currency ${sql.join(
    special.map((currency) => sql`when ${sql.lit(currency)} then ${sql.lit(limit(currency))}`),
    sql` `,
  )} else 1 end)`
}

/** The columns a transition sets beside status and version; null: none. */
export const SETS: Record<CarriedTransition, ((now: Date, decision: RefundDecision | null) => RawBuilder<unknown>) | null> = {
  lock: (now) => sql`locked_at = ${now}::timestamptz, notice_id = null`,
  // All that was paid for it was given back so that it can be unlocked: that is done now.
  unlock: () => sql`locked_at = null, paid_at = null, notice_id = null, hold_reason = nullif(o.hold_reason, 'refunded'),
    held_at = case when o.hold_reason = 'refunded' then null else o.held_at end`,
  start_charge: null,
  charge_succeeded: (now) => sql`paid_at = ${now}::timestamptz, captured = o.captured + ${takenAmount},
    balance_due = o.balance_due - ${takenAmount}`,
  charge_failed: null,
  nothing_owed: (now) => sql`paid_at = ${now}::timestamptz`,
  owe_again: () => sql`paid_at = null, notice_id = null`,
  finalize_address: (now) => sql`address_finalized_at = ${now}::timestamptz, notice_id = null`,
  reopen_address: () => sql`address_finalized_at = null`,
  ship: (now) => sql`shipped_at = ${now}::timestamptz`,
  undo_ship: () => sql`shipped_at = null`,
  cancel: (now, decision) => sql`canceled_at = ${now}::timestamptz, notice_id = null,
    refund_decision = case when o.captured > o.refunded then coalesce(${decision}::text, o.refund_decision) end`,
}

/** What was taken and is not booked yet, by whichever of the order's attempts. */
const takenAmount = sql`(select sum(a.amount) from payment_attempts a where a.campaign_id = o.campaign_id and a.order_id = o.id
  and a.state = 'succeeded' and not a.is_booked)`
