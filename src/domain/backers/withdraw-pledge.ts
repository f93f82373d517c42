import type { Row } from '../../db/types.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import type { BackerKey } from '../shared/keys.ts'
import { requireReason } from '../shared/reason.ts'
import type { Tx } from '../shared/tx.ts'
import { orderOf, saveBacker, takeBacker } from './take-backer.ts'

/**
 * Withdraws a pledge that has no order yet: never surveyed, counted or mailed again; what was filled in is dropped. A pledge withdrawn
 * already stays as it is. Refuses: no reason (`reason_missing`), a pledge with an order (`order_exists`: cancel the order).
 */
export async function withdrawPledge(
  tx: Tx,
  actor: Actor,
  input: BackerKey & { reason?: string | null },
): Promise<Row<'backers'>> {
  const { backer } = await takeBacker(tx, actor, input)
  const reason = requireReason(input.reason)
  if (backer.survey === 'withdrawn') return backer
  const order = await orderOf(tx, backer)
  if (order) {
    throw new DomainError('order_exists', `This backer has order ${order.number}. Cancel the order instead.`, {
      details: { order_id: order.id, status: order.status },
    })
  }
  const saved = await saveBacker(tx, backer, { survey: 'withdrawn' })
  await tx.db.deleteFrom('drafts').where('campaign_id', '=', backer.campaign_id).where('backer_id', '=', backer.id).execute()
  await appendEvent(tx, actor, {
    campaign_id: backer.campaign_id,
    kind: 'pledge_withdrawn',
    backer_id: backer.id,
    reason,
    data: { survey_before: backer.survey },
  })
  return saved
}
