import { sql } from 'kysely'
import { csvByteOrderMark, csvLine } from '../../lib/csv-write.ts'
import { reasonText } from '../../lib/reason-text.ts'
import { trackingLink } from '../../lib/tracking-link.ts'
import type { OrderStatus } from '../orders/lifecycle.ts'
import type { Actor } from '../shared/actor.ts'
import { notFound } from '../shared/errors.ts'
import { cutPage, type Page, type PageInput, pageSize, readCursor, writeCursor } from '../shared/page.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'
import { readSets } from './read-sets.ts'
import type { Tracking } from './tracking-number.ts'
import { ROW_PROBLEMS, type RowProblem, rowProblem, rowsWithOrders, type TrackingKey } from './tracking-rows.ts'
import type { TrackingFault } from './tracking-types.ts'

export type TrackingFileState = 'previewed' | 'refused' | 'applying' | 'applied' | 'discarded'

/** A tracking file with its preview, or its result. */
export interface ShownTrackingFile {
  id: string
  file_name: string
  /** applying: the worker carries it out; read it again until it is applied */
  state: TrackingFileState
  fault: TrackingFault | null
  rows_total: number
  /** rows that would ship now, or that did */
  ships: number
  /** rows that ship nothing: with `ships` all rows of the file */
  reported: number
  /** the same by reason */
  problems: { code: RowProblem; count: number }[]
  operation_id: string | null
  created_by: { name: string | null }
  created_at: Date
  applied_at: Date | null
}

type FileRow = Omit<ShownTrackingFile, 'ships' | 'reported' | 'problems'>

const columns = sql`f.id, f.file_name, f.fault, f.rows_total, f.operation_id, f.created_at, f.applied_at,
  case when f.state = 'previewed' and p.state in ('queued', 'running') then 'applying' else f.state end as state,
  jsonb_build_object('name', a.name) as created_by
  from tracking_files f
  left join operations p on p.campaign_id = f.campaign_id and p.id = f.operation_id
  left join accounts a on a.id = f.created_by`

/** One file with its counts, as things stand now while it is a preview; 404 outside the campaign. */
export async function findTrackingFile(db: Db, actor: Actor, key: TrackingKey): Promise<ShownTrackingFile> {
  await ownCampaign(db, actor, key.campaign_id)
  staffOnly(actor)
  const { rows } =
    await sql<FileRow>`select ${columns} where f.campaign_id = ${key.campaign_id} and f.id = ${key.file_id}`.execute(db)
  if (!rows[0]) throw notFound('tracking file')
  return { ...rows[0], ...(await countRows(db, key, rows[0].state)) }
}

async function countRows(
  db: Db,
  key: TrackingKey,
  state: TrackingFileState,
): Promise<Pick<ShownTrackingFile, 'ships' | 'reported' | 'problems'>> {
  const counted =
    state === 'applied'
      ? sql`select problem as code, count(*)::int as count from tracking_rows
          where campaign_id = ${key.campaign_id} and file_id = ${key.file_id} group by 1`
      : sql`select ${rowProblem} as code, count(*)::int as count from ${rowsWithOrders(key)} group by 1`
  const { rows } = await readSets(db, null, (each) => sql<{ code: RowProblem | null; count: number }>`${counted}`.execute(each))
  const problems = rows.flatMap(({ code, count }) => (code ? [{ code, count }] : []))
  problems.sort((a, b) => ROW_PROBLEMS.indexOf(a.code) - ROW_PROBLEMS.indexOf(b.code))
  return {
    ships: rows.find(({ code }) => code === null)?.count ?? 0,
    reported: problems.reduce((sum, { count }) => sum + count, 0),
    problems,
  }
}

export type ListedTrackingFile = FileRow

/** One page of a campaign's tracking files, newest first, without their counts. The caller checks that the campaign is the actor's. */
export async function listTrackingFiles(db: Db, campaign_id: string, input: PageInput = {}): Promise<Page<ListedTrackingFile>> {
  const size = pageSize(input)
  const place = readCursor(input.cursor, 'newest', 1)
  const before = place ? sql`f.id::text < ${place[0]}` : sql`true`
  const { rows } = await sql<FileRow>`select ${columns}
    where f.campaign_id = ${campaign_id} and ${before} order by f.id desc limit ${size + 1}`.execute(db)
  return cutPage(rows, size, (row) => writeCursor('newest', [row.id]))
}

/** A row as the preview and the result list it. */
export interface ShownTrackingRow extends Tracking {
  n: number
  line: number
  order_text: string
  order: { id: string; number: number; status: OrderStatus } | null
  tracking_link: string | null
  problem: RowProblem | null
  outcome: 'shipped' | 'reported' | null
}

export interface TrackingRowQuery extends PageInput {
  /** good: those that ship; reported: those that do not; a problem, or several: those with one of them */
  show?: 'all' | 'good' | 'reported' | RowProblem | readonly RowProblem[] | undefined
}

/** One page of a file's rows, in the order of the file. The caller checks that the campaign is the actor's. */
export async function listTrackingRows(db: Db, key: TrackingKey, input: TrackingRowQuery = {}): Promise<Page<ShownTrackingRow>> {
  const size = pageSize(input)
  const place = readCursor(input.cursor, 'n', 1)
  const after = place ? Number(place[0]) || 0 : 0
  const { state } = await stateOf(db, key)
  const rows = await readRows(db, key, { state, show: input.show ?? 'all', after, limit: size + 1 })
  return cutPage(rows, size, (row) => writeCursor('n', [row.n]))
}

async function stateOf(db: Db, key: TrackingKey): Promise<{ state: string; file_name: string }> {
  const file = await db
    .selectFrom('tracking_files')
    .select(['state', 'file_name'])
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.file_id)
    .executeTakeFirst()
  if (!file) throw notFound('tracking file')
  return file
}

interface RowsAsked {
  state: string
  show: NonNullable<TrackingRowQuery['show']>
  after: number
  limit: number
}

async function readRows(db: Db, key: TrackingKey, { state, show, after, limit }: RowsAsked): Promise<ShownTrackingRow[]> {
  const problem = state === 'applied' ? sql`r.problem` : rowProblem
  const wanted =
    show === 'all'
      ? sql`true`
      : show === 'good'
        ? sql`${problem} is null`
        : show === 'reported'
          ? sql`${problem} is not null`
          : sql`${problem} = any(${[show].flat()}::text[])`
  const { rows } = await sql<
    Omit<ShownTrackingRow, 'tracking_link'>
  >`select r.n, r.line, r.order_text, r.carrier, r.tracking_number,
      r.tracking_url, ${problem} as problem, r.outcome,
      case when o.id is not null then jsonb_build_object('id', o.id, 'number', o.number, 'status', o.status) end as "order"
    from ${rowsWithOrders(key)} and r.n > ${after} and ${wanted} order by r.n limit ${limit}`.execute(db)
  return rows.map((row) => ({ ...row, tracking_link: trackingLink(row) }))
}

/** The rows that ship nothing as a CSV in pieces, to be mended and uploaded again. 404 outside the campaign. */
export async function exportTrackingProblems(
  db: Db,
  key: TrackingKey,
): Promise<{ file_name: string; chunks: AsyncGenerator<string> }> {
  const { state, file_name } = await stateOf(db, key)
  async function* chunks(): AsyncGenerator<string> {
    yield csvByteOrderMark + csvLine(['Order number', 'Carrier', 'Tracking number', 'Tracking URL', 'Line', 'Problem'])
    for (let after: number | undefined = 0; after !== undefined; ) {
      const rows: ShownTrackingRow[] = await readRows(db, key, { state, show: 'reported', after, limit: 1_000 })
      if (rows.length > 0) yield rows.map(problemLine).join('')
      after = rows.at(-1)?.n
    }
  }
  return { file_name: `${file_name.replace(/\.[^.]*$/, '')} - not shipped.csv`, chunks: chunks() }
}

function problemLine(row: ShownTrackingRow): string {
  const problem = row.problem ? reasonText(row.problem) : ''
  return csvLine([row.order_text, row.carrier, row.tracking_number, row.tracking_url, row.line, problem])
}

/** The file that is filled in: its head, and one example in words of the carrier's own. */
export function trackingTemplate(): string {
  return csvByteOrderMark + csvLine(['Order number', 'Carrier', 'Tracking number', 'Tracking URL'])
}
