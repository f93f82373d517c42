import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import type { OrderKey } from '../shared/keys.ts'
import { cutPage, type Page, type PageInput, pageSize, readCursor, writeCursor } from '../shared/page.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { isServed } from './charging.ts'
import { hasMark, type Sweeper } from './sweeps.ts'

export const ATTEMPT_STATES = ['created', 'sent', 'succeeded', 'declined', 'refused', 'unknown'] as const
export type AttemptState = (typeof ATTEMPT_STATES)[number]
export type Attempt = Row<'payment_attempts'>

/** States of an attempt that is not over; the database allows one of those per order. */
export const NOT_OVER = ['created', 'sent', 'unknown'] as const satisfies readonly AttemptState[]

/** Whether nobody knows yet what becomes of an attempt: until then its order cannot be charged again. */
export function isNotOver({ state }: Pick<Attempt, 'state'>): boolean {
  return (NOT_OVER as readonly AttemptState[]).includes(state)
}

/** The same in SQL: an attempt whose state is among these is not over. */
export const notOver = sql`(${sql.join(NOT_OVER.map(sql.lit))})`

/** The attempt of an order that is not over: created, sent or unknown. The database allows one at most. */
export async function findAttemptUnderWay(db: Db, key: OrderKey): Promise<Attempt | null> {
  const attempt = await db
    .selectFrom('payment_attempts')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('order_id', '=', key.order_id)
    .where('state', 'in', NOT_OVER)
    .executeTakeFirst()
  return attempt ?? null
}

/** The attempt that was made last; null when none was. */
export async function findLastAttempt(db: Db, key: OrderKey): Promise<Attempt | null> {
  const attempt = await db
    .selectFrom('payment_attempts')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('order_id', '=', key.order_id)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return attempt ?? null
}

/** An attempt as pages and the API show it. */
export interface ShownAttempt {
  id: string
  number: number
  order: { id: string; number: number }
  backer: { id: string; name: string }
  state: AttemptState
  amount: number
  currency: string
  code: string | null
  decline_class: Attempt['decline_class']
  payment_method: { brand: string; last4: string; exp_month: number; exp_year: number }
  run_id: string | null
  /** the gateway's own id of the payment, where one exists */
  payment: string | null
  created_at: Date
  sent_at: Date | null
  settled_at: Date | null
  /** its backer is at their bank, or may be: until when their answer is waited for */
  ask_until: Date | null
  /** how long it has been under way, or was until it was over */
  age_seconds: number
}

export interface AttemptFilter {
  order_id?: string | undefined
  run_id?: string | undefined
  states?: readonly AttemptState[] | undefined
}

/** Attempts of a campaign, newest first, by cursor. */
export async function listAttempts(
  db: Db,
  campaign_id: string,
  input: AttemptFilter & PageInput & { now: Date },
): Promise<Page<ShownAttempt>> {
  const size = pageSize(input)
  const place = readCursor(input.cursor, 'newest', 1)
  // Ids are UUIDv7, so they ascend in time.
  const parts = [
    place ? sql`a.id::text < ${place[0]}` : sql`true`,
    input.order_id ? sql`a.order_id = ${input.order_id}` : sql`true`,
    input.run_id ? sql`a.run_id = ${input.run_id}` : sql`true`,
    input.states?.length ? sql`a.state = any(${[...input.states]}::text[])` : sql`true`,
  ]
  const { rows } = await sql<ShownAttempt>`select a.id, a.number, jsonb_build_object('id', o.id, 'number', o.number) as "order",
      jsonb_build_object('id', b.id, 'name', b.name) as backer, a.state, a.amount, a.currency, a.code, a.decline_class,
      jsonb_build_object('brand', p.brand, 'last4', p.last4, 'exp_month', p.exp_month, 'exp_year', p.exp_year) as payment_method,
      a.run_id, a.payment, a.created_at, a.sent_at, a.settled_at, a.ask_until,
      greatest(0, extract(epoch from coalesce(a.settled_at, ${input.now}::timestamptz) - a.created_at))::int as age_seconds
    from payment_attempts a
    join orders o on o.campaign_id = a.campaign_id and o.id = a.order_id
    join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    join payment_methods p on p.campaign_id = a.campaign_id and p.id = a.payment_method_id
    where a.campaign_id = ${campaign_id} and ${sql.join(parts, sql` and `)}
    order by a.id desc limit ${size + 1}`.execute(db)
  return cutPage(rows, size, (row) => writeCursor('newest', [row.id]))
}

/** An attempt that a worker took, with what it has to do. */
export interface TakenAttempt extends Attempt {
  /** how it stood before: created ones are sent for the first time, others are settled by asking the gateway */
  was: 'created' | 'sent' | 'unknown'
  /** its order still waits for just this: nothing that came late has paid it meanwhile */
  is_wanted: boolean
  /** earlier payments of its order that could still take something: canceled before this one is sent */
  open_payments: string[]
}

export interface Take {
  lease_id: string
  /** how long this worker may keep them; longer than a call can take */
  lease_ms: number
  limit: number
  /** without its mark nothing is taken: the gateway's payments were not listed yet */
  sweeper: Sweeper
}

/**
 * Takes attempts for this worker, its backers' own first (promises.md rule 2). Guarantees: one owner at a time, and an attempt that was never
 * sent is marked as sent before the request leaves. One that another worker left behind is unknown, and settled by asking the gateway.
 * Those of a run that is paused stay where they are until they are withdrawn.
 */
export async function takeAttempts(tx: Tx, campaign_id: string, take: Take): Promise<TakenAttempt[]> {
  const { rows } = await sql<TakenAttempt>`with due as (
      select a.id, a.state as was from payment_attempts a
      where a.campaign_id = ${campaign_id} and a.state in ${notOver} and ${hasMark(take.sweeper)}
        and (a.leased_until is null or a.leased_until <= ${tx.now}) and (a.next_try_at is null or a.next_try_at <= ${tx.now})
      order by (a.source <> 'backer'), a.created_at, a.id
      limit ${take.limit} for update skip locked
    )
    update payment_attempts a set state = case when d.was = 'created' then 'sent' else 'unknown' end,
      sent_at = coalesce(a.sent_at, ${tx.now}), sendings = a.sendings + 1, lease_id = ${take.lease_id}::uuid,
      leased_until = ${new Date(tx.now.getTime() + take.lease_ms)}, updated_at = ${tx.now}
    from due d, orders o where a.campaign_id = ${campaign_id} and a.id = d.id and o.campaign_id = a.campaign_id and o.id = a.order_id
    returning a.*, d.was, (o.status in ('locked', 'errored') and o.balance_due >= a.amount) as is_wanted,
      array(select e.payment from payment_attempts e where e.campaign_id = a.campaign_id and e.order_id = a.order_id
        and e.payment_open and e.id <> a.id) as open_payments`.execute(tx.db)
  return rows
}

/** What is canceled at the gateway, or is not there, can take nothing any more. */
export async function closePayments(tx: Tx, campaign_id: string, payments: readonly string[]): Promise<void> {
  if (payments.length === 0) return
  await sql`update payment_attempts set payment_open = false, updated_at = ${tx.now}
    where campaign_id = ${campaign_id} and payment = any(${payments}::text[]) and payment_open`.execute(tx.db)
}

/** The campaigns that have an attempt to send or to settle now, those first whose backers asked for one themselves. */
export async function findCampaignsWithAttempts(db: Db, now: Date): Promise<string[]> {
  const { rows } = await sql<{ campaign_id: string }>`select campaign_id from payment_attempts
    where state in ${notOver} and (leased_until is null or leased_until <= ${now})
      and (next_try_at is null or next_try_at <= ${now}) and ${isServed('payment_attempts')}
    group by campaign_id order by bool_and(source <> 'backer'), min(created_at)`.execute(db)
  return rows.map((row) => row.campaign_id)
}
