import { createReadStream } from 'node:fs'
import { newId } from '../../lib/id.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError } from '../shared/errors.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import { cleanFileName, type Spooled, withSpooledUpload } from '../shared/spool-upload.ts'
import { inTransaction, type Tx, type TxParts } from '../shared/tx.ts'
import { reportLimits } from './report-types.ts'

export interface UploadInput {
  campaign_id: string
  /** as the creator knows it; it names levels where the report does not */
  file_name: string
  body: AsyncIterable<Uint8Array>
}

const partSize = 1024 * 1024

/**
 * Takes an upload in: its bytes and the work to read them commit together, so that nothing is lost when the program dies now.
 * Answers the id of the import, which is *reading*. Refuses an upload over the limit (`too_large`, 413).
 */
export async function receiveUpload(
  app: TxParts,
  actor: Actor,
  input: UploadInput,
): Promise<{ import_id: string; file_size: number }> {
  await ownCampaign(app.db, actor, input.campaign_id)
  staffOnly(actor)
  if (actor.kind !== 'staff') throw new DomainError('not_allowed', 'Only the creator can import a report.', { status: 403 })
  const { campaign_id } = input
  const file_name = cleanFileName(input.file_name)
  const limit = { file_bytes: reportLimits.file_bytes, advice: 'Split the report by reward.' }
  return await withSpooledUpload(input.body, limit, async (spooled) => {
    const import_id = await saveUpload(app, actor.id, { campaign_id, file_name, ...spooled })
    return { import_id, file_size: spooled.file_size }
  })
}

interface SpooledUpload extends Spooled {
  campaign_id: string
  file_name: string
}

async function saveUpload(app: TxParts, created_by: string, { path, campaign_id, ...file }: SpooledUpload): Promise<string> {
  const id = newId()
  const key = { campaign_id, import_id: id }
  const run = async (tx: Tx) => {
    await tx.db
      .insertInto('imports')
      .values({ campaign_id, id, ...file, state: 'reading', created_by, created_at: tx.now })
      .execute()
    let part = 0
    for await (const bytes of createReadStream(path, { highWaterMark: partSize })) {
      await tx.db
        .insertInto('import_parts')
        .values({ ...key, part, bytes: bytes as Buffer })
        .execute()
      part += 1
    }
    // An empty upload has one empty part: part 0 is the lease of who reads it.
    if (part === 0) {
      await tx.db
        .insertInto('import_parts')
        .values({ ...key, part, bytes: Buffer.alloc(0) })
        .execute()
    }
    await tx.enqueue({ job: 'read_import', ...key })
  }
  await inTransaction(app, run, { timeout_ms: 60_000 })
  return id
}
