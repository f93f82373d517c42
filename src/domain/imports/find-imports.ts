import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { notFound } from '../shared/errors.ts'
import { cutPage, type Page, type PageInput, pageSize, readCursor, writeCursor } from '../shared/page.ts'
import type { Db } from '../shared/tx.ts'
import type { ImportKey } from './compare-rows.ts'
import type { ImportFacts, OutcomeCount } from './import-facts.ts'
import type { CatalogueProposal } from './propose-catalogue.ts'
import type { FileFault, ReportRow, RowProblem } from './report-types.ts'
import { outcomeProblem } from './row-problems.ts'

export interface ImportView {
  id: string
  file_name: string
  file_size: number
  generation: string | null
  state: Row<'imports'>['state']
  rows_total: number
  /** new, changed, unchanged, problem, twice, gone; after apply also repriced and held */
  counts: Record<string, number>
  /** rows in the books, and rows that are listed instead: together the rows of the file. Null before it is applied. */
  imported: number | null
  reported: number | null
  /** of changed rows: how many will be, or were, reported or applied in part, by code */
  outcomes: OutcomeCount[]
  fault: FileFault | null
  files: ImportFacts['files']
  ignored: ImportFacts['ignored']
  /** the catalogue that the report describes */
  proposal: CatalogueProposal | null
  created_at: Date
  applied_at: Date | null
}

/** One import with everything its preview or result shows. Answers 404 for one of another campaign. */
export async function findImport(db: Db, key: ImportKey): Promise<ImportView> {
  const found = await db
    .selectFrom('imports')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.import_id)
    .executeTakeFirst()
  if (!found) throw notFound('import')
  return viewOf(found)
}

/** One page of a campaign's imports, newest first. */
export async function listImports(db: Db, campaign_id: string, input: PageInput = {}): Promise<Page<ImportView>> {
  const size = pageSize(input)
  const place = readCursor(input.cursor, 'newest', 1)
  // Ids are UUIDv7, so they ascend in time.
  const rows = await db
    .selectFrom('imports')
    .selectAll()
    .where('campaign_id', '=', campaign_id)
    .$if(place !== null, (query) => query.where(sql`id::text`, '<', place?.[0] ?? ''))
    .orderBy('id', 'desc')
    .limit(size + 1)
    .execute()
  return cutPage(rows.map(viewOf), size, (row) => writeCursor('newest', [row.id]))
}

function viewOf(found: Row<'imports'>): ImportView {
  const facts = found.facts as ImportFacts | null
  const { imported, reported, ...counts } = found.counts
  return {
    id: found.id,
    file_name: found.file_name,
    file_size: found.file_size,
    generation: found.generation,
    state: found.state,
    rows_total: found.rows_total,
    counts,
    imported: imported ?? null,
    reported: reported ?? null,
    outcomes: facts?.outcomes ?? [],
    fault: found.fault as FileFault | null,
    files: facts?.files ?? [],
    ignored: facts?.ignored ?? [],
    proposal: facts?.proposal ?? null,
    created_at: found.created_at,
    applied_at: found.applied_at,
  }
}

/** What a list of rows shows: those to look at (problems, repeated ones, reported ones), or one kind. */
export type ImportRowFilter = 'reported' | 'problem' | 'twice' | 'new' | 'changed' | 'unchanged'

export interface ImportRowView {
  n: number
  file: string
  line: number
  kind: Row<'import_rows'>['kind']
  /** null before the import is applied */
  outcome: Row<'import_rows'>['outcome']
  uid: string | null
  /** null until the row's backer exists */
  backer_id: string | null
  name: string
  email: string
  pledge_amount: number
  pledged_status: string
  problems: RowProblem[]
}

export interface ImportRowPage {
  rows: ImportRowView[]
  /** give it back as `cursor` for the rows after these; null: no more */
  next: number | null
}

/** Rows of an import in the order of the file, page by page. Answers 404 for an import of another campaign. */
export async function listImportRows(
  db: Db,
  key: ImportKey,
  options: { show: ImportRowFilter; cursor?: number | undefined; limit?: number | undefined },
): Promise<ImportRowPage> {
  const state = await stateOf(db, key)
  const limit = Math.min(options.limit ?? 50, 500)
  let query = db
    .selectFrom('import_rows')
    .select(['n', 'file', 'line', 'kind', 'outcome', 'outcome_code', 'uid', 'backer_id', 'problems', 'row'])
    .where('campaign_id', '=', key.campaign_id)
    .where('import_id', '=', key.import_id)
    .where('n', '>', options.cursor ?? 0)
  query =
    options.show === 'reported'
      ? query.where((eb) => eb.or([eb('kind', 'in', ['problem', 'twice']), eb('outcome', '=', 'reported')]))
      : query.where('kind', '=', options.show)
  const found = await query
    .orderBy('n')
    .limit(limit + 1)
    .execute()
  const rows = found.slice(0, limit).map((row) => rowView(row, state === 'applied'))
  return { rows, next: found.length > limit ? (rows.at(-1)?.n ?? null) : null }
}

/** The rows to look at: with problems, repeated, or (after apply) reported for another reason. */
export async function listImportProblems(
  db: Db,
  key: ImportKey,
  page: { cursor?: number | undefined; limit?: number | undefined } = {},
): Promise<ImportRowPage> {
  return await listImportRows(db, key, { ...page, show: 'reported' })
}

async function stateOf(db: Db, key: ImportKey): Promise<Row<'imports'>['state']> {
  const found = await db
    .selectFrom('imports')
    .select('state')
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.import_id)
    .executeTakeFirst()
  if (!found) throw notFound('import')
  return found.state
}

type FoundRow = Pick<
  Row<'import_rows'>,
  'n' | 'file' | 'line' | 'kind' | 'outcome' | 'outcome_code' | 'uid' | 'backer_id' | 'problems' | 'row'
>

function rowView(found: FoundRow, applied: boolean): ImportRowView {
  const row = found.row as ReportRow
  const exists = found.kind === 'changed' || found.kind === 'unchanged' || (found.kind === 'new' && applied)
  const problem = outcomeProblem(found.outcome_code ?? (found.kind === 'twice' ? 'row_twice' : null))
  const kept = found.kind === 'problem' || found.kind === 'twice'
  return {
    n: found.n,
    file: found.file,
    line: found.line,
    kind: found.kind,
    outcome: applied ? (found.outcome ?? (kept ? 'reported' : 'applied')) : null,
    uid: found.uid,
    backer_id: exists ? found.backer_id : null,
    name: row.name,
    email: row.email,
    pledge_amount: row.pledge_amount,
    pledged_status: row.pledged_status,
    problems: [...(found.problems as RowProblem[]), ...(problem ? [problem] : [])],
  }
}
