import { createHash } from 'node:crypto'
import { newId } from '../../lib/id.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, invalid } from '../shared/errors.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import { inTransaction, type TxParts } from '../shared/tx.ts'
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
  const file_name = cleanName(input.file_name)
  const { parts, file_size, file_hash } = await collect(input.body)
  const import_id = newId()
  const key = { campaign_id: input.campaign_id, import_id }
  await inTransaction(
    app,
    async (tx) => {
      await tx.db
        .insertInto('imports')
        .values({
          campaign_id: input.campaign_id,
          id: import_id,
          file_name,
          file_size,
          file_hash,
          state: 'reading',
          created_by: actor.id,
          created_at: tx.now,
        })
        .execute()
      for (const [part, bytes] of parts.entries()) {
        await tx.db
          .insertInto('import_parts')
          .values({ ...key, part, bytes })
          .execute()
      }
      await tx.enqueue({ job: 'read_import', ...key })
    },
    { timeout_ms: 60_000 },
  )
  return { import_id, file_size }
}

/** The bytes in parts; an empty upload has one empty part, since part 0 is the lease of who reads it. */
async function collect(body: AsyncIterable<Uint8Array>): Promise<{ parts: Buffer[]; file_size: number; file_hash: string }> {
  const hash = createHash('sha256')
  const parts: Buffer[] = []
  let pending: Uint8Array[] = []
  let pendingSize = 0
  let file_size = 0
  for await (const chunk of body) {
    file_size += chunk.byteLength
    if (file_size > reportLimits.file_bytes) throw uploadTooLarge()
    hash.update(chunk)
    pending.push(chunk)
    pendingSize += chunk.byteLength
    if (pendingSize >= partSize) {
      parts.push(Buffer.concat(pending))
      pending = []
      pendingSize = 0
    }
  }
  if (pendingSize > 0 || parts.length === 0) parts.push(Buffer.concat(pending))
  return { parts, file_size, file_hash: hash.digest('hex') }
}

export function uploadTooLarge(): DomainError {
  const limit = reportLimits.file_bytes
  const message = `The upload is larger than ${limit / 1024 / 1024} MB, the limit. Split the report by reward.`
  return new DomainError('too_large', message, { status: 413, details: { limit_bytes: limit } })
}

function cleanName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? ''
  const clean = base
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(-200)
  if (clean === '')
    throw invalid(
      'The upload has no file name.',
      [{ field: 'file', code: 'file_missing', message: 'Choose a file.' }],
      'file_missing',
    )
  return clean
}
