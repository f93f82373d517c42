import type { Actor } from '../shared/actor.ts'
import type { TxParts } from '../shared/tx.ts'
import { findImport, type ImportView } from './find-imports.ts'
import { type ReadParts, readImport } from './read-import.ts'
import { receiveUpload, type UploadInput } from './receive-upload.ts'

/** Up to this size the answer to an upload is its preview; larger ones are read by the worker. */
export const readAtOnceBytes = 8 * 1024 * 1024

/**
 * Takes an upload in and, when it is not large, reads it at once. Answers the import: *previewed*, *refused*, or still *reading*.
 * Whatever happens on the way, the work is in the queue: the worker finishes what this process could not.
 */
export async function stageImport(app: TxParts & ReadParts, actor: Actor, input: UploadInput): Promise<ImportView> {
  const { import_id, file_size } = await receiveUpload(app, actor, input)
  const key = { campaign_id: input.campaign_id, import_id }
  if (file_size <= readAtOnceBytes) await readImport(app, key)
  return await findImport(app.db, key)
}
