import type { Actor } from '../shared/actor.ts'
import type { TxParts } from '../shared/tx.ts'
import type { ImportKey } from './compare-rows.ts'
import { findImport, type ImportView } from './find-imports.ts'
import { type ReadParts, readImport } from './read-import.ts'
import { receiveUpload, type UploadInput } from './receive-upload.ts'

/** Up to this size the answer to an upload is its preview; larger ones are read by the worker. */
export const readAtOnceBytes = 8 * 1024 * 1024
/** Up to this size it is read right here: nobody else waits long for some hundred rows. */
const readHereBytes = 256 * 1024

/** How a larger upload is read without keeping others waiting: elsewhere. */
export interface ReadApart {
  readApart(key: ImportKey): Promise<void>
}

/**
 * Takes an upload in and, when it is not large, reads it at once. Answers the import: *previewed*, *refused*, or still *reading*.
 * Whatever happens on the way, the work is in the queue: the worker finishes what this process could not.
 */
export async function stageImport(app: TxParts & ReadParts & ReadApart, actor: Actor, input: UploadInput): Promise<ImportView> {
  const { import_id, file_size } = await receiveUpload(app, actor, input)
  const key = { campaign_id: input.campaign_id, import_id }
  if (file_size <= readHereBytes) await readImport(app, key)
  else if (file_size <= readAtOnceBytes) await app.readApart(key)
  return await findImport(app.db, key)
}
