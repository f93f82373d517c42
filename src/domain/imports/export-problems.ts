import { csvByteOrderMark, csvLine } from '../../lib/csv-write.ts'
import { notFound } from '../shared/errors.ts'
import type { Db } from '../shared/tx.ts'
import type { ImportKey } from './compare-rows.ts'
import type { ImportFacts } from './import-facts.ts'
import type { ReportRow, RowProblem } from './report-types.ts'
import { outcomeProblem } from './row-problems.ts'

const ours = [
  'Afterfund problem',
  'Afterfund column',
  'Afterfund fix',
  'Afterfund file',
  'Afterfund line',
  'Afterfund cells to spare',
]

export interface ProblemFile {
  file_name: string
  /** the CSV, part by part */
  chunks: AsyncGenerator<string>
}

/**
 * The rows that were kept out or reported, as a CSV: the original cells under the report's own headers, then what is wrong and the fix.
 * It can be corrected and uploaded again as it is. Text that a spreadsheet would run as a formula is neutralised.
 */
export async function exportImportProblems(db: Db, key: ImportKey): Promise<ProblemFile> {
  const found = await db
    .selectFrom('imports')
    .select(['file_name', 'facts'])
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.import_id)
    .executeTakeFirst()
  if (!found) throw notFound('import')
  const files = (found.facts as ImportFacts | null)?.files ?? []
  const base = found.file_name.replace(/\.(csv|zip)$/i, '')
  return {
    file_name: `${base} - rows to correct.csv`,
    chunks: problemLines(db, key, joinHeaders(files.map(({ headers }) => headers))),
  }
}

/** The headers of all files in one list; what only a later file has stands behind what it follows there. */
export function joinHeaders(lists: string[][]): string[] {
  const joined: string[] = []
  for (const list of lists) {
    let at = 0
    for (const header of list) {
      const known = joined.indexOf(header)
      if (known >= 0) at = known + 1
      else joined.splice(at++, 0, header)
    }
  }
  return joined
}

async function* problemLines(db: Db, key: ImportKey, headers: string[]): AsyncGenerator<string> {
  // Without reward titles the level is known by the file's name, which a joined file has no more.
  const levels = headers.some((header) => header.trim().toLowerCase() === 'reward title') ? [] : ['Afterfund level']
  yield csvByteOrderMark + csvLine([...headers, ...levels, ...ours])
  for (let after = 0; ; ) {
    const rows = await db
      .selectFrom('import_rows')
      .select(['n', 'file', 'line', 'kind', 'outcome_code', 'problems', 'row', 'original'])
      .where('campaign_id', '=', key.campaign_id)
      .where('import_id', '=', key.import_id)
      .where('n', '>', after)
      .where((eb) => eb.or([eb('kind', 'in', ['problem', 'twice']), eb('outcome', '=', 'reported')]))
      .orderBy('n')
      .limit(1_000)
      .execute()
    const last = rows.at(-1)
    if (!last) return
    after = last.n
    yield rows
      .map((found) => {
        const outcome = outcomeProblem(found.outcome_code ?? (found.kind === 'twice' ? 'row_twice' : null))
        const problems = [...(found.problems as RowProblem[]), ...(outcome ? [outcome] : [])]
        const original = found.original as Record<string, string>
        return csvLine([
          ...headers.map((header) => original[header] ?? ''),
          ...levels.map(() => (found.row as ReportRow).reward_title ?? ''),
          problems.map(({ code, message }) => `${code}: ${message}`).join(' '),
          problems.flatMap(({ column }) => column ?? []).join(', '),
          problems.map(({ fix }) => fix).join(' '),
          found.file,
          found.line,
          Object.keys(original)
            .filter((header) => !headers.includes(header))
            .map((header) => original[header])
            .join(','),
        ])
      })
      .join('')
  }
}
