import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { newId } from '../../lib/id.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, invalid } from '../shared/errors.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
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
  const file_name = cleanName(input.file_name)
  const folder = await mkdtemp(join(tmpdir(), 'afterfund-upload-'))
  try {
    const path = join(folder, 'upload')
    const spooled = await spool(input.body, path)
    const import_id = await saveUpload(app, actor.id, { campaign_id: input.campaign_id, file_name, path, ...spooled })
    return { import_id, file_size: spooled.file_size }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes the bytes to a file first: a slow upload holds no transaction, a large one no memory. */
async function spool(body: AsyncIterable<Uint8Array>, path: string): Promise<{ file_size: number; file_hash: string }> {
  const hash = createHash('sha256')
  let file_size = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      file_size += chunk.byteLength
      if (file_size > reportLimits.file_bytes) throw uploadTooLarge()
      hash.update(chunk)
      yield chunk
    }
  }
  await pipeline(Readable.from(counted()), createWriteStream(path, { mode: 0o600 }))
  return { file_size, file_hash: hash.digest('hex') }
}

interface SpooledUpload {
  campaign_id: string
  file_name: string
  path: string
  file_size: number
  file_hash: string
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

function uploadTooLarge(): DomainError {
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
