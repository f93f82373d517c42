import type pg from 'pg'
import { applyImport, applyLimits, type ImportCounts } from '../../src/domain/imports/apply-import.ts'
import { findImport, type ImportView } from '../../src/domain/imports/find-imports.ts'
import { readImport } from '../../src/domain/imports/read-import.ts'
import { receiveUpload } from '../../src/domain/imports/receive-upload.ts'
import type { Actor } from '../../src/domain/shared/actor.ts'
import { inTransaction, type TxParts } from '../../src/domain/shared/tx.ts'

export type ImportParts = TxParts & { pool: pg.Pool }

/** Uploads a report and reads it, as the worker does. */
export async function uploadReport(
  parts: ImportParts,
  staff: Actor,
  campaign_id: string,
  content: string | Uint8Array,
  file_name = 'report.csv',
): Promise<ImportView> {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(content as string)
  }
  const { import_id } = await receiveUpload(parts, staff, { campaign_id, file_name, body: body() })
  await readImport(parts, { campaign_id, import_id })
  return await findImport(parts.db, { campaign_id, import_id })
}

export async function applyReport(
  parts: ImportParts,
  staff: Actor,
  campaign_id: string,
  import_id: string,
): Promise<ImportCounts> {
  return await inTransaction(parts, (tx) => applyImport(tx, staff, { campaign_id, import_id }), applyLimits)
}

/** Upload, read, apply. */
export async function importReport(
  parts: ImportParts,
  staff: Actor,
  campaign_id: string,
  content: string | Uint8Array,
  file_name?: string,
) {
  const view = await uploadReport(parts, staff, campaign_id, content, file_name)
  if (view.fault) throw new Error(`${view.fault.code}: ${view.fault.message}`)
  return { import_id: view.id, counts: await applyReport(parts, staff, campaign_id, view.id) }
}
