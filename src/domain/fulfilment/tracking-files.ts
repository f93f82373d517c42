import { createReadStream } from 'node:fs'
import { sql } from 'kysely'
import { newId } from '../../lib/id.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError } from '../shared/errors.ts'
import { jsonb } from '../shared/events.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import { cleanFileName, withSpooledUpload } from '../shared/spool-upload.ts'
import { inTransaction, planForSets, type Tx, type TxParts } from '../shared/tx.ts'
import { readTracking } from './read-tracking.ts'
import { findTrackingFile, type ShownTrackingFile } from './tracking-queries.ts'
import type { TrackingKey } from './tracking-rows.ts'
import { type TrackingFault, TrackingFileFault, type TrackingRow, trackingLimits } from './tracking-types.ts'

export interface TrackingUpload {
  campaign_id: string
  /** as the creator knows it */
  file_name: string
  body: AsyncIterable<Uint8Array>
}

/** Limits for the transaction that takes the rows in. */
const stageLimits = { timeout_ms: 120_000 }

/**
 * Reads a tracking file into its preview; nothing is shipped. Answers the file: *previewed*, or *refused* with the fault of the file and
 * no rows. Guarantees flat memory, and that a bad file changes nothing. Refuses an upload over the limit (`too_large`, 413).
 */
export async function stageTracking(parts: TxParts, actor: Actor, input: TrackingUpload): Promise<ShownTrackingFile> {
  await ownCampaign(parts.db, actor, input.campaign_id)
  staffOnly(actor)
  if (actor.kind !== 'staff')
    throw new DomainError('not_allowed', 'Only the creator can upload tracking numbers.', { status: 403 })
  const file = { file_name: cleanFileName(input.file_name), created_by: actor.id }
  const key = { campaign_id: input.campaign_id, file_id: newId() }
  const limit = { file_bytes: trackingLimits.file_bytes, advice: 'Split the file.' }
  const fault = await withSpooledUpload(input.body, limit, ({ path }) => stageRows(parts, key, file, path))
  if (fault) await inTransaction(parts, (tx) => insertFile(tx, key, { ...file, state: 'refused', rows_total: 0, fault }))
  return await findTrackingFile(parts.db, actor, key)
}

type NewFile = { file_name: string; created_by: string }

/** Takes all rows in, in one transaction; a fault of the file rolls it back and is answered. */
async function stageRows(parts: TxParts, key: TrackingKey, file: NewFile, path: string): Promise<TrackingFault | null> {
  try {
    await inTransaction(
      parts,
      async (tx) => {
        await insertFile(tx, key, { ...file, state: 'previewed', rows_total: 0, fault: null })
        let rows_total = 0
        for await (const rows of readTracking(createReadStream(path))) {
          rows_total += rows.length
          await insertRows(tx, key, rows)
        }
        await markRepeated(tx, key)
        await tx.db
          .updateTable('tracking_files')
          .set({ rows_total })
          .where('campaign_id', '=', key.campaign_id)
          .where('id', '=', key.file_id)
          .execute()
      },
      stageLimits,
    )
    return null
  } catch (error) {
    if (error instanceof TrackingFileFault) return error.fault
    throw error
  }
}

async function insertFile(
  tx: Tx,
  key: TrackingKey,
  file: NewFile & { state: 'previewed' | 'refused'; rows_total: number; fault: TrackingFault | null },
): Promise<void> {
  await tx.db
    .insertInto('tracking_files')
    .values({
      ...file,
      campaign_id: key.campaign_id,
      id: key.file_id,
      fault: file.fault ? jsonb(file.fault) : null,
      created_at: tx.now,
    })
    .execute()
}

/** As columns, not as JSON: a text may hold whatever a file can hold. */
async function insertRows(tx: Tx, { campaign_id, file_id }: TrackingKey, rows: readonly TrackingRow[]): Promise<void> {
  const column = <K extends keyof TrackingRow>(name: K) => rows.map((row) => row[name])
  await sql`insert into tracking_rows (campaign_id, file_id, n, line, order_text, order_number, carrier, tracking_number, tracking_url, problem)
    select ${campaign_id}::uuid, ${file_id}::uuid, r.* from unnest(${column('n')}::int[], ${column('line')}::int[],
      ${column('order_text')}::text[], ${column('order_number')}::bigint[], ${column('carrier')}::text[],
      ${column('tracking_number')}::text[], ${column('tracking_url')}::text[], ${column('problem')}::text[]) r`.execute(tx.db)
}

/**
 * Rows that name the same order: with one number it ships by the first, and the others are *repeated* (a warehouse that sends a line for
 * each SKU does that); with different numbers nobody can tell which is right, so none of them ships.
 */
async function markRepeated(tx: Tx, { campaign_id, file_id }: TrackingKey): Promise<void> {
  await planForSets(tx.db)
  await sql`update tracking_rows t set problem = case when s.differ then 'repeated_differently' else 'repeated' end
    from (select n, row_number() over (partition by order_number order by n) as place,
        min(number) over (partition by order_number) <> max(number) over (partition by order_number) as differ
      from (select n, order_number, upper(regexp_replace(tracking_number, '\s', '', 'g')) collate "C" as number from tracking_rows
        where campaign_id = ${campaign_id} and file_id = ${file_id} and problem is null) good) s
    where t.campaign_id = ${campaign_id} and t.file_id = ${file_id} and t.n = s.n and (s.differ or s.place > 1)`.execute(tx.db)
}
