import type { Row } from '../../db/types.ts'
import type { StepAnswer } from '../operations/start-step.ts'
import { startTransition } from '../orders/transition-orders.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, notFound } from '../shared/errors.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Tx } from '../shared/tx.ts'
import type { TrackingKey } from './tracking-rows.ts'

/**
 * Ships exactly the good rows of a previewed tracking file: one operation *ship* with its own conditions, asked afresh; all other rows are
 * reported. Guarantees: shipped and reported together are the rows of the file; the same file applied again, also at once, ships nothing
 * twice and answers the same operation. Over 1,000 rows it is queued. Refuses a file that was refused or discarded.
 */
export async function applyTracking(tx: Tx, actor: Actor, key: TrackingKey): Promise<StepAnswer> {
  const { file, operation } = await takeFile(tx, actor, key)
  if (file.state === 'refused') throw new DomainError('tracking_refused', 'This file was refused, so there is nothing to ship.')
  if (file.state === 'discarded') throw new DomainError('tracking_discarded', 'This file was discarded. Upload it again.')
  if (operation && operation.state !== 'failed') return answerOf(operation)
  const answer = await startTransition(tx, actor, {
    campaign_id: key.campaign_id,
    name: 'ship',
    asked: { selection: { tracking_file: key.file_id }, reason_id: null },
    size: file.rows_total,
  })
  await tx.db
    .updateTable('tracking_files')
    .set({ operation_id: answer.operation })
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.file_id)
    .execute()
  return answer
}

/** Throws a preview away; its rows go with it. One that ships or has shipped stays (`tracking_applied`). */
export async function discardTracking(tx: Tx, actor: Actor, key: TrackingKey): Promise<void> {
  const { file, operation } = await takeFile(tx, actor, key)
  if (file.state === 'applied' || (operation && operation.state !== 'failed')) {
    throw new DomainError('tracking_applied', 'This file was applied; it cannot be discarded any more.')
  }
  await tx.db
    .updateTable('tracking_files')
    .set({ state: 'discarded' })
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.file_id)
    .execute()
  await tx.db.deleteFrom('tracking_rows').where('campaign_id', '=', key.campaign_id).where('file_id', '=', key.file_id).execute()
}

interface TakenFile {
  file: Row<'tracking_files'>
  operation: Row<'operations'> | undefined
}

/** Takes the file until the transaction ends: who applies it at once waits, and then finds it applied. */
async function takeFile(tx: Tx, actor: Actor, key: TrackingKey): Promise<TakenFile> {
  await ownCampaign(tx.db, actor, key.campaign_id)
  staffOnly(actor)
  const file = await tx.db
    .selectFrom('tracking_files')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.file_id)
    .forUpdate()
    .executeTakeFirst()
  if (!file) throw notFound('tracking file')
  if (!file.operation_id) return { file, operation: undefined }
  const operation = await tx.db
    .selectFrom('operations')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', file.operation_id)
    .executeTakeFirst()
  return { file, operation }
}

function answerOf({ id, state, total, moved, left_out }: Row<'operations'>): StepAnswer {
  return { operation: id, state: state === 'done' ? 'done' : 'queued', total, moved, left: left_out }
}
