import { sql } from 'kysely'
import { newId } from '../../lib/id.ts'
import { reasonSentence } from '../../lib/reason-text.ts'
import { cardOfMethod } from '../orders/conditions.ts'
import { takeOrder } from '../orders/find-order.ts'
import { moveEach } from '../orders/move-orders.ts'
import { changedMeanwhile } from '../orders/refusals.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError } from '../shared/errors.ts'
import type { OrderKey } from '../shared/keys.ts'
import { mayActFor, ownCampaign } from '../shared/policy.ts'
import type { Tx } from '../shared/tx.ts'
import type { Attempt } from './attempts.ts'
import type { ChargeRequest } from './gateway.ts'

/** What became of one order that was to be charged: its attempt, or the code why none was made. */
export interface StartedCharge {
  order_id: string
  attempt_id: string | null
  /** null when the attempt was made */
  code: string | null
}

/**
 * A backer asks to be charged: after a failed charge, with the card that is on file now. Guarantees: one attempt at most that is not over,
 * however often it is pressed; the attempt is committed with the caller's transaction, before the gateway hears of it; the worker sends it
 * first in line. Refuses with the lifecycle's code: another status than errored (`wrong_status`), `nothing_owed`, `below_minimum`,
 * `payment_method_missing`, `on_hold`, `charge_in_progress`, `card_too_soon`, `card_hard_declined`.
 */
export async function startCharge(tx: Tx, actor: Actor, key: OrderKey): Promise<Attempt> {
  await ownCampaign(tx.db, actor, key.campaign_id)
  const order = await takeOrder(tx, key)
  mayActFor(actor, order.backer_id)
  // The table lets a backer try on `errored` only: a locked order is charged by the run.
  if (order.status !== 'errored') throw refusal('wrong_status')
  const [started] = await startCharges(tx, actor, {
    campaign_id: key.campaign_id,
    order_ids: [order.id],
    run_id: null,
    source: 'backer',
  })
  if (started?.code === 'changed_meanwhile') throw changedMeanwhile(order)
  if (!started?.attempt_id) throw refusal(started?.code ?? 'wrong_status')
  await tx.enqueue({ job: 'charge' })
  return await tx.db
    .selectFrom('payment_attempts')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', started.attempt_id)
    .executeTakeFirstOrThrow()
}

function refusal(code: string): DomainError {
  return new DomainError(code, reasonSentence(code))
}

/**
 * Makes an attempt for each of these orders that may be charged: the order's version first, then the attempt (promises.md rule 1), in
 * the caller's transaction. The amount is what is due at that version. Answers order by order.
 */
export async function startCharges(
  tx: Tx,
  actor: Actor,
  input: { campaign_id: string; order_ids: string[]; run_id: string | null; source: Attempt['source'] },
): Promise<StartedCharge[]> {
  if (input.order_ids.length === 0) return []
  const moves = await moveEach(tx, actor, {
    campaign_id: input.campaign_id,
    name: 'start_charge',
    selection: { ids: input.order_ids },
    operation_id: input.run_id,
    reason_id: null,
    data: sql`jsonb_build_object('amount', m.balance_due, 'source', ${input.source}::text)`,
  })
  const moved = moves.filter(({ code }) => code === 'moved').map(({ id }) => id)
  const attempts = await writeAttempts(tx, input, moved)
  return moves.map(({ id, code }) => ({
    order_id: id,
    attempt_id: attempts.get(id) ?? null,
    code: code === 'moved' ? null : code,
  }))
}

interface Chargeable {
  order_id: string
  amount: number
  currency: string
  number: number
  order_number: number
  campaign_name: string
  payment_method_id: string
  gateway_id: string
  gateway_customer: string
  gateway_account: string
  card: string
}

async function writeAttempts(
  tx: Tx,
  { campaign_id, run_id, source }: { campaign_id: string; run_id: string | null; source: Attempt['source'] },
  order_ids: string[],
): Promise<Map<string, string>> {
  if (order_ids.length === 0) return new Map()
  const { rows } = await sql<Chargeable>`select o.id as order_id, o.balance_due as amount, c.currency, o.number as order_number,
      c.name as campaign_name, p.id as payment_method_id, p.gateway_id, p.gateway_customer, p.gateway_account,
      ${cardOfMethod} as card,
      1 + coalesce((select max(a.number) from payment_attempts a where a.campaign_id = o.campaign_id and a.order_id = o.id), 0) as number
    from orders o join campaigns c on c.id = o.campaign_id
    join payment_methods p on p.campaign_id = o.campaign_id and p.id = o.payment_method_id
    where o.campaign_id = ${campaign_id} and o.id = any(${order_ids}::uuid[])`.execute(tx.db)
  const attempts = rows.map((row) => ({ id: newId(), ...row }))
  await tx.db
    .insertInto('payment_attempts')
    .values(
      attempts.map((row) => ({
        campaign_id,
        id: row.id,
        order_id: row.order_id,
        number: row.number,
        key: `order:${row.order_id}:charge:${row.number}`,
        amount: row.amount,
        currency: row.currency,
        payment_method_id: row.payment_method_id,
        state: 'created' as const,
        run_id,
        source,
        request: JSON.stringify(requestOf(campaign_id, row)),
        gateway_account: row.gateway_account,
        card: row.card,
        created_at: tx.now,
        updated_at: tx.now,
      })),
    )
    .execute()
  return new Map(attempts.map(({ order_id, id }) => [order_id, id]))
}

function requestOf(campaign_id: string, row: Chargeable & { id: string }): ChargeRequest {
  return {
    amount: row.amount,
    currency: row.currency,
    customer: row.gateway_customer,
    payment_method: row.gateway_id,
    description: `${row.campaign_name}, order ${row.order_number}`,
    metadata: { afterfund_campaign: campaign_id, afterfund_order: row.order_id, afterfund_attempt: row.id },
  }
}
