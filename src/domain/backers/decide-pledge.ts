import type { Row } from '../../db/types.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import type { BackerKey } from '../shared/keys.ts'
import { requireReason } from '../shared/reason.ts'
import type { Tx } from '../shared/tx.ts'
import { saveBacker, takeBacker } from './take-backer.ts'

/** collected: the amount counts here; dropped: nothing was paid, the backer pays everything here. */
export const PLEDGE_DECISIONS = ['collected', 'dropped'] as const
export type PledgeDecision = (typeof PLEDGE_DECISIONS)[number]

/**
 * Staff decide about a pledge that waits for the platform's money. Guarantees: from then on it can be surveyed; the event says what it
 * was. Refuses: no reason (`reason_missing`), a pledge that is not waiting (`pledge_not_waiting`).
 */
export async function decidePledge(
  tx: Tx,
  actor: Actor,
  input: BackerKey & { decision: PledgeDecision; reason?: string | null },
): Promise<Row<'backers'>> {
  const { backer } = await takeBacker(tx, actor, input)
  const reason = requireReason(input.reason)
  if (backer.survey !== 'waiting') {
    throw new DomainError('pledge_not_waiting', 'This pledge does not wait for the platform, so there is nothing to decide.')
  }
  const saved = await saveBacker(tx, backer, { pledge_status: input.decision, survey: 'not_sent' })
  await appendEvent(tx, actor, {
    campaign_id: backer.campaign_id,
    kind: 'pledge_decided',
    backer_id: backer.id,
    code: input.decision,
    reason,
    data: { from: backer.pledge_status, to: input.decision },
  })
  return saved
}
