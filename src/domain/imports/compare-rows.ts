import { type RawBuilder, sql } from 'kysely'
import { type Db, planForSets } from '../shared/tx.ts'

export interface ImportKey {
  campaign_id: string
  import_id: string
}

/** How many rows are what; `gone` counts backers of earlier reports whom this file does not name (which changes nothing). */
export interface KindCounts {
  new: number
  changed: number
  unchanged: number
  problem: number
  twice: number
  gone: number
}

/**
 * Compares the staged rows with the backers, in one statement: *new* (nobody has that Backer UID), *changed* or *unchanged* against
 * the row that was applied last, *problem*, or *twice* (says what an earlier row says).
 */
export async function compareRows(db: Db, key: ImportKey): Promise<KindCounts> {
  await planForSets(db)
  // Only what differs is written: of a first report nothing does, and at apply nothing, unless another import came between.
  await sql`update import_rows r set backer_id = s.backer_id, kind = s.kind
    from (
      select i.n, coalesce(b.id, i.backer_id) as backer_id, case
          when i.problems <> '[]'::jsonb then 'problem'
          when i.kind = 'twice' then 'twice'
          when b.id is null then 'new'
          when b.row_hash = i.row_hash then 'unchanged'
          else 'changed' end as kind
      from import_rows i left join backers b on b.campaign_id = i.campaign_id and b.platform_uid = i.uid
      where ${ofImport('i', key)}
    ) s
    where ${ofImport('r', key)} and r.n = s.n and (r.backer_id, r.kind) is distinct from (s.backer_id, s.kind)`.execute(db)
  return await countKinds(db, key)
}

/** Rows whose Backer UID stands on rows that differ are all kept out; the reader names the UIDs when it has seen the last row. */
export async function markTwice(db: Db, key: ImportKey, uids: readonly string[], problem: unknown): Promise<void> {
  if (uids.length === 0) return
  await sql`update import_rows r set kind = 'problem', problems = r.problems || ${JSON.stringify([problem])}::jsonb
    where ${ofImport('r', key)} and r.uid = any(${uids}::text[])
      and not r.problems @> '[{"code": "uid_twice"}]'::jsonb`.execute(db)
}

async function countKinds(db: Db, key: ImportKey): Promise<KindCounts> {
  const counts: KindCounts = { new: 0, changed: 0, unchanged: 0, problem: 0, twice: 0, gone: 0 }
  const kinds = await sql<{ kind: keyof KindCounts; count: number }>`select r.kind, count(*) as count from import_rows r
    where ${ofImport('r', key)} group by r.kind`.execute(db)
  for (const { kind, count } of kinds.rows) counts[kind] = count
  const gone = await sql<{ count: number }>`select count(*) as count from backers b
    where b.campaign_id = ${key.campaign_id} and b.platform_uid is not null and not exists (
      select 1 from import_rows r where ${ofImport('r', key)} and r.uid = b.platform_uid)`.execute(db)
  counts.gone = gone.rows[0]?.count ?? 0
  return counts
}

/** The rows of one import, under the alias. */
export function ofImport(alias: 'r' | 'i', key: ImportKey): RawBuilder<boolean> {
  return sql`${sql.ref(`${alias}.campaign_id`)} = ${key.campaign_id}::uuid and ${sql.ref(`${alias}.import_id`)} = ${key.import_id}::uuid`
}
