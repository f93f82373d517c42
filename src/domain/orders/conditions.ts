import { type RawBuilder, sql } from 'kysely'
import { hasPaymentMethod } from '../backers/filter.ts'
import { type CarriedTransition, type ReasonCode, TRANSITIONS } from './lifecycle.ts'

/**
 * The conditions of the lifecycle as SQL, once: each is true when the order must be LEFT OUT for its code. They serve the move, its
 * preview and the state of a button. Aliases: `o` orders, `c` campaigns. A condition reads columns of the order row, or facts whose
 * every writer first updates that order's version in the same transaction (lifecycle.md, Concurrency).
 */
const LEFT_OUT_WHEN = {
  on_hold: sql`o.held_at is not null`,
  payment_method_missing: sql`((o.balance_due > 0 or c.payment_method_required) and not ${hasPaymentMethod})`,
  charge_in_progress: sql`exists (select 1 from payment_attempts a where a.campaign_id = o.campaign_id and a.order_id = o.id
    and a.state in ('created', 'sent', 'unknown'))`,
  already_charged: sql`o.captured > o.refunded`,
  balance_due: sql`o.balance_due > 0`,
  refund_decision_missing: sql`(o.captured > o.refunded and o.refund_decision is null)`,
  // Totals are computed twice, stored and afresh (promises.md rule 9).
  totals_differ: sql`o.balance_due <> coalesce((select sum(l.amount) from ledger_entries l
    where l.campaign_id = o.campaign_id and l.order_id = o.id and l.account = 'owed'), 0)`,
} as const satisfies Partial<Record<ReasonCode, RawBuilder<unknown>>>

export type SqlCondition = keyof typeof LEFT_OUT_WHEN

/** The conditions of a transition that are asked of the row; the others are asked by the command that leads to it. */
export function conditionsOf(name: CarriedTransition): SqlCondition[] {
  return TRANSITIONS[name].conditions.filter((code): code is SqlCondition & typeof code => code in LEFT_OUT_WHEN)
}

/** The code why an order is left out, the first that holds in this order, or null: an SQL expression. */
export function leftOutCode(codes: readonly SqlCondition[]): RawBuilder<string | null> {
  if (codes.length === 0) return sql`null::text`
  return sql`case ${sql.join(
    codes.map((code) => sql`when ${LEFT_OUT_WHEN[code]} then ${sql.lit(code)}`),
    sql` `,
  )} end`
}

/** The columns a transition sets beside status and version. */
export const SETS: Record<CarriedTransition, (now: Date) => RawBuilder<unknown>> = {
  lock: (now) => sql`locked_at = ${now}::timestamptz, notice_id = null`,
  unlock: () => sql`locked_at = null, paid_at = null`,
  nothing_owed: (now) => sql`paid_at = ${now}::timestamptz`,
  owe_again: () => sql`paid_at = null`,
  cancel: (now) => sql`canceled_at = ${now}::timestamptz, notice_id = null`,
}
