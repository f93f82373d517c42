import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { cardOfMethod } from '../orders/conditions.ts'
import { previewMove } from '../orders/move-orders.ts'
import type { Db } from '../shared/tx.ts'
import { isNotOver } from './attempts.ts'
import { type BankQuestion, findBankQuestion } from './bank-visits.ts'
import { ASKED_IN_VAIN } from './declines.ts'

/** What a backer's page tells of the charges of their order. Amounts in minor units. */
export interface BackersCharges {
  /** a charge that is not over; `is_asked`: the bank was asked, and nobody knows its answer */
  under_way: { amount: number; is_asked: boolean; since: Date } | null
  /**
   * why the last charge failed, while the order is errored; `is_decline`: by the bank, else it was not asked, or took no answer;
   * `is_of_card`: it was of the card that is on file now, as it was entered last
   */
  failed: { amount: number; code: string; at: Date; is_decline: boolean; is_of_card: boolean } | null
  /** what the bank wants to hear from its holder about the last charge */
  bank: BankQuestion | null
  /** what was charged here, oldest first */
  receipts: { amount: number; at: Date; brand: string; last4: string }[]
  /** the card on file can be tried again: null; else why not */
  retry_refusal: string | null
  /** when it can, where only time is missing */
  retry_at: Date | null
  /** why an order that was paid owes again: the code of that; null where it does not */
  owes_again: string | null
}

/** The charges of one order as its backer sees them. Changes nothing. */
export async function findChargesForBacker(db: Db, order: Row<'orders'>, now: Date): Promise<BackersCharges> {
  const attempts = await attemptsOf(db, order)
  // One that a paused run took back never left, and says nothing of the card.
  const last = attempts.filter(({ state, sent_at }) => state !== 'refused' || sent_at !== null).at(-1)
  const under_way = attempts.find(isNotOver)
  const failed = order.status === 'errored' && (last?.state === 'declined' || last?.state === 'refused') ? last : undefined
  const retry_refusal = order.status === 'errored' ? await findRetryRefusal(db, order, now) : null
  return {
    under_way: under_way
      ? { amount: under_way.amount, is_asked: under_way.state === 'unknown', since: under_way.created_at }
      : null,
    failed: failed
      ? {
          amount: failed.amount,
          code: failed.code ?? '',
          at: failed.settled_at ?? failed.updated_at,
          is_decline: failed.state === 'declined' && !ASKED_IN_VAIN.includes(failed.code ?? ''),
          is_of_card: failed.payment_method_id === order.payment_method_id,
        }
      : null,
    bank: await findBankQuestion(db, order, now),
    receipts: attempts
      .filter(({ state }) => state === 'succeeded')
      .map(({ amount, settled_at, updated_at, brand, last4 }) => ({ amount, at: settled_at ?? updated_at, brand, last4 })),
    retry_refusal,
    retry_at: retry_refusal === 'card_too_soon' ? nextTryAt(attempts, await findCard(db, order), now) : null,
    owes_again: order.status === 'locked' || order.status === 'errored' ? await findOwesAgain(db, order) : null,
  }
}

type Attempt = Row<'payment_attempts'> & { brand: string; last4: string }

async function attemptsOf(db: Db, order: Row<'orders'>): Promise<Attempt[]> {
  return await db
    .selectFrom('payment_attempts as a')
    .innerJoin('payment_methods as p', (join) =>
      join.onRef('p.campaign_id', '=', 'a.campaign_id').onRef('p.id', '=', 'a.payment_method_id'),
    )
    .selectAll('a')
    .select(['p.brand', 'p.last4'])
    .where('a.campaign_id', '=', order.campaign_id)
    .where('a.order_id', '=', order.id)
    .orderBy('a.number')
    .execute()
}

/** What the charge itself would answer: its own statement without the write. */
async function findRetryRefusal(db: Db, order: Row<'orders'>, now: Date): Promise<string | null> {
  const { moved, left } = await previewMove(
    db,
    { now, actor: 'backer' },
    { campaign_id: order.campaign_id, name: 'start_charge', selection: { ids: [order.id] } },
  )
  return moved === 1 ? null : (left[0]?.code ?? 'wrong_status')
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The card on the order, told from others as attempts tell it: by its fingerprint. */
async function findCard(db: Db, { campaign_id, payment_method_id }: Row<'orders'>): Promise<string | null> {
  const { rows } = await sql<{ card: string }>`select ${cardOfMethod} as card from payment_methods p
    where p.campaign_id = ${campaign_id} and p.id = ${payment_method_id}`.execute(db)
  return rows[0]?.card ?? null
}

/** An hour after the backer's own last try of this card, and a day after the third-last of all its tries (conditions.ts: card_too_soon). */
function nextTryAt(attempts: readonly Attempt[], card: string | null, now: Date): Date | null {
  const tries = attempts
    .filter((attempt) => attempt.state !== 'refused' && attempt.card === card)
    .map(({ created_at, run_id }) => ({ at: created_at.getTime(), is_own: run_id === null }))
  const own = tries.filter(({ is_own }) => is_own).at(-1)
  const third = tries.at(-3)
  const at = Math.max(own ? own.at + HOUR_MS : 0, third ? third.at + DAY_MS : 0)
  return at > now.getTime() ? new Date(at) : null
}

/** What made a paid order owe: the newest of being paid and owing again tells which of them stands. */
async function findOwesAgain(db: Db, order: Row<'orders'>): Promise<string | null> {
  const event = await db
    .selectFrom('events')
    .select(['kind', 'code'])
    .where('campaign_id', '=', order.campaign_id)
    .where('order_id', '=', order.id)
    .where((eb) => eb.or([eb('kind', '=', 'owe_again'), eb('kind', '=', 'unlock'), eb('to_status', '=', sql.lit('paid'))]))
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return event?.kind === 'owe_again' ? (event.code ?? 'changed') : null
}
