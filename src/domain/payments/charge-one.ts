import { sql } from 'kysely'
import { reasonSentence } from '../../lib/reason-text.ts'
import { previewMove } from '../orders/move-orders.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, notFound } from '../shared/errors.ts'
import type { OrderKey } from '../shared/keys.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'
import type { ChargeRun } from './charge-run-state.ts'
import { startChargeRun } from './charge-runs.ts'

/** Why a run could not charge this one order now, as a code; null when it can, or when it owes nothing and would become paid. */
export async function whyNotCharged(db: Db, key: OrderKey, now: Date): Promise<string | null> {
  const picked = { campaign_id: key.campaign_id, name: 'start_charge' as const, selection: { ids: [key.order_id] } }
  const { left } = await previewMove(db, { now, actor: 'run' }, picked)
  const code = left[0]?.code ?? null
  return code === 'nothing_owed' ? null : code
}

/**
 * Charges one order by a run over it alone, its failed card again too: the same path as for thousands. Refuses with the code that would
 * leave it out, beside what `startChargeRun` refuses.
 */
export async function chargeOne(tx: Tx, actor: Actor, key: OrderKey): Promise<ChargeRun> {
  await ownCampaign(tx.db, actor, key.campaign_id)
  staffOnly(actor)
  const { rows } = await sql`select 1 from orders where campaign_id = ${key.campaign_id} and id = ${key.order_id}`.execute(tx.db)
  if (rows.length === 0) throw notFound('order')
  const code = await whyNotCharged(tx.db, key, tx.now)
  if (code) throw new DomainError(code, reasonSentence(code))
  return await startChargeRun(tx, actor, {
    campaign_id: key.campaign_id,
    selection: { ids: [key.order_id] },
    retry_errored: true,
  })
}
