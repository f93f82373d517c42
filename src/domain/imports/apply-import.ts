import { sql } from 'kysely'
import { recordOperation } from '../operations/write-operation.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError, notFound } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Tx } from '../shared/tx.ts'
import {
  appendBackerEvents,
  countOutcomes,
  insertBackers,
  judgeRows,
  lockTouched,
  replacePledgedAddons,
  searchImported,
  updateBackers,
} from './apply-rows.ts'
import { holdOrders, takeAmounts } from './apply-to-orders.ts'
import { compareRows, type ImportKey, type KindCounts, ofImport } from './compare-rows.ts'
import { createCatalogue } from './create-catalogue.ts'
import type { ImportFacts } from './import-facts.ts'

/** Limits for the transaction of `applyImport`: it may write for 220,000 backers, and waits for other imports. */
export const applyLimits = { timeout_ms: 600_000, lock_timeout_ms: 120_000 }

export interface ImportCounts extends KindCounts {
  /** rows that are in the books now: new, changed and applied, or unchanged */
  imported: number
  /** rows that are listed instead: problems, repeated rows, and changed rows that must not be applied */
  reported: number
  repriced: number
  held: number
}

/**
 * Applies a previewed import, as a whole or not at all. Guarantees: `imported + reported` is the number of rows; the same import applied
 * again, also at once, changes nothing and gets the same answer; two imports of a campaign run one after the other, and each compares its
 * rows afresh. Nothing that a backer or staff saved here is overwritten: an order past `open` is not touched (its row is reported), an
 * open one changes its pledge's amount and price only or is put on hold, a corrected name and mail stay. Refuses an import that is not
 * previewed (`import_not_ready`, `import_refused`, `import_discarded`).
 */
export async function applyImport(tx: Tx, actor: Actor, key: ImportKey): Promise<ImportCounts> {
  const campaign = await ownCampaign(tx.db, actor, key.campaign_id)
  staffOnly(actor)
  await lockImports(tx, key.campaign_id)
  const found = await lockImport(tx, key)
  if (found.state === 'applied') return found.counts as unknown as ImportCounts
  refuseUnready(found.state)
  await keepStatistics(tx)
  const facts = found.facts as ImportFacts
  const ids = await createCatalogue(tx, key.campaign_id, facts.proposal)
  const kinds = await compareRows(tx.db, key)
  await lockTouched(tx, key)
  const outcomes = await countOutcomes(tx.db, key)
  await judgeRows(tx, key)
  await insertBackers(tx, key, ids)
  await updateBackers(tx, key, ids)
  await replacePledgedAddons(tx, key, ids)
  await searchImported(tx, key)
  const repriced = await takeAmounts(tx, actor, campaign, key)
  const held = await holdOrders(tx, actor, key)
  await appendBackerEvents(tx, actor, key)
  const counts: ImportCounts = { ...kinds, ...(await countRows(tx, key)), repriced, held }
  await tx.db
    .updateTable('imports')
    .set({
      state: 'applied',
      applied_at: tx.now,
      counts: JSON.stringify(counts),
      facts: JSON.stringify({ ...facts, outcomes, made: ids }),
    })
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.import_id)
    .execute()
  await recordImport(tx, actor, key, counts)
  return counts
}

/** One import of a campaign at a time. Weaker than FOR UPDATE, so that what merely refers to the campaign does not wait. */
async function lockImports(tx: Tx, campaign_id: string): Promise<void> {
  await tx.db.selectFrom('campaigns').select('id').where('id', '=', campaign_id).forNoKeyUpdate().execute()
}

/**
 * Nobody analyzes the backers until this ends. Statistics that are taken midway count none of the new ones, since they are not committed: the
 * checks of foreign keys then go along an index that holds all of them, and 220,000 backers take twice the time. Where somebody else keeps
 * them off already, or analyzes just now, this one goes on at once.
 */
async function keepStatistics(tx: Tx): Promise<void> {
  await sql`do $$ begin
      lock table backers in share update exclusive mode nowait;
    exception when lock_not_available then null;
    end $$`.execute(tx.db)
}

async function lockImport(tx: Tx, key: ImportKey) {
  const found = await tx.db
    .selectFrom('imports')
    .select(['state', 'counts', 'facts'])
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.import_id)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!found) throw notFound('import')
  return found
}

function refuseUnready(state: string): void {
  if (state === 'previewed') return
  if (state === 'reading')
    throw new DomainError('import_not_ready', 'The report is still being read. Look at the preview, then apply it.')
  if (state === 'discarded') throw new DomainError('import_discarded', 'This import was discarded. Upload the report again.')
  throw new DomainError('import_refused', 'This file was refused, so there is nothing to apply.')
}

async function countRows(tx: Tx, key: ImportKey): Promise<{ imported: number; reported: number }> {
  const { rows } = await sql<{ imported: number; reported: number }>`select
      count(*) filter (where r.kind in ('new', 'unchanged') or r.outcome = 'applied') as imported,
      count(*) filter (where r.kind in ('problem', 'twice') or r.outcome = 'reported') as reported
    from import_rows r where ${ofImport('r', key)}`.execute(tx.db)
  return rows[0] ?? { imported: 0, reported: 0 }
}

/** The import as an operation: its events name it, and what was left out is counted by code. */
async function recordImport(tx: Tx, actor: Actor, key: ImportKey, counts: ImportCounts): Promise<void> {
  const left = await sql<{ code: string; count: number; sample_ids: string[] }>`select
      case r.kind when 'problem' then 'row_problem' when 'twice' then 'row_twice' else r.outcome_code end as code, count(*) as count,
      (array_agg(r.backer_id order by r.n) filter (where r.kind = 'changed'))[1:5] as sample_ids
    from import_rows r where ${ofImport('r', key)} and (r.kind in ('problem', 'twice') or r.outcome = 'reported')
    group by 1 order by 2 desc`.execute(tx.db)
  const left_out = left.rows.map((row) => ({ ...row, sample_ids: row.sample_ids ?? [] }))
  await recordOperation(
    tx,
    actor,
    { campaign_id: key.campaign_id, id: key.import_id, kind: 'import', input: { import_id: key.import_id } },
    { total: counts.imported + counts.reported, moved: counts.imported - counts.unchanged, left: left_out },
  )
  await appendEvent(tx, actor, {
    campaign_id: key.campaign_id,
    kind: 'import_applied',
    operation_id: key.import_id,
    data: { import_id: key.import_id, ...counts },
  })
}

/** Throws a preview away; its rows go with it. One that was applied stays (`import_applied`). */
export async function discardImport(tx: Tx, actor: Actor, key: ImportKey): Promise<void> {
  await ownCampaign(tx.db, actor, key.campaign_id)
  staffOnly(actor)
  const { state } = await lockImport(tx, key)
  if (state === 'applied') throw new DomainError('import_applied', 'This import was applied; it cannot be discarded any more.')
  await tx.db
    .updateTable('imports')
    .set({ state: 'discarded' })
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.import_id)
    .execute()
  await tx.db
    .deleteFrom('import_rows')
    .where('campaign_id', '=', key.campaign_id)
    .where('import_id', '=', key.import_id)
    .execute()
}
