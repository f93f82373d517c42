import { sql } from 'kysely'
import type pg from 'pg'
import type { Row } from '../../src/db/types.ts'
import { applyImport, applyLimits, type ImportCounts } from '../../src/domain/imports/apply-import.ts'
import { findImport, type ImportView } from '../../src/domain/imports/find-imports.ts'
import { readImport } from '../../src/domain/imports/read-import.ts'
import { receiveUpload } from '../../src/domain/imports/receive-upload.ts'
import type { Actor } from '../../src/domain/shared/actor.ts'
import { inTransaction, type TxParts } from '../../src/domain/shared/tx.ts'
import type { TestDatabase } from '../setup/database.ts'
import { makeEmptyCampaign } from './account.ts'

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

const now = new Date('2026-11-02T09:00:00Z')

/** What tests of imports work with: parts on the test's database, campaigns, and what a campaign holds. */
export function importWorld(database: TestDatabase) {
  const parts = (): ImportParts => ({
    db: database.db,
    pool: database.pool,
    clock: { now: () => now },
    enqueue: async () => undefined,
  })
  const campaignOf = async (currency = 'USD') => {
    const { campaign, staff } = await makeEmptyCampaign(parts(), { currency })
    return { id: campaign.id, staff }
  }
  const backersOf = async (campaign_id: string): Promise<Map<string, Row<'backers'>>> => {
    const rows = await database.db.selectFrom('backers').selectAll().where('campaign_id', '=', campaign_id).execute()
    return new Map(rows.map((row) => [row.platform_uid ?? '', row]))
  }
  return { now, parts, campaignOf, backersOf, everything: (campaign_id: string) => everything(database, campaign_id) }
}

const tables = [
  ...(['backers', 'pledged_addons', 'orders', 'questions', 'items', 'skus'] as const),
  ...(['levels', 'level_items', 'addons', 'addon_items'] as const),
]

/** Everything of a campaign but the imports themselves, to see that nothing changed. */
async function everything(database: TestDatabase, campaign_id: string): Promise<unknown> {
  return await Promise.all(
    tables.map(async (table) => {
      const { rows } = await sql<{ content: string }>`select coalesce(string_agg(t::text, ' ' order by t::text), '') as content
        from ${sql.table(table)} t where t.campaign_id = ${campaign_id}`.execute(database.db)
      return [table, rows[0]?.content]
    }),
  )
}
