import { once } from 'node:events'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { newId } from '../../lib/id.ts'
import type { ReadRow } from './report-types.ts'

/*
 * Rows go into import_rows through COPY, in the transaction of the connection that is given.
 */

export interface RowStage {
  write(rows: readonly ReadRow[]): Promise<void>
  /** all rows are in */
  end(): Promise<void>
  /** gives up; the transaction cannot go on and must be rolled back */
  abort(): Promise<void>
}

/** Opens a COPY of rows into one import. The connection can do nothing else before `end`. */
export function openStage(client: pg.PoolClient, key: { campaign_id: string; import_id: string }): RowStage {
  const stream = client.query(
    copyFrom(
      'copy import_rows (campaign_id, import_id, n, file, line, uid, backer_id, row_hash, kind, problems, row, original) from stdin',
    ),
  )
  const failed = new Promise<never>((_, reject) => stream.once('error', reject))
  failed.catch(() => undefined)
  return {
    write: async (rows) => {
      const text = rows.map((row) => rowLine(key, row)).join('')
      if (!stream.write(text)) await Promise.race([once(stream, 'drain'), failed])
    },
    end: async () => {
      stream.end()
      await Promise.race([once(stream, 'finish'), failed])
    },
    abort: async () => {
      stream.destroy(new Error('the upload was refused'))
      await failed.catch(() => undefined)
    },
  }
}

function rowLine(
  key: { campaign_id: string; import_id: string },
  { n, row, problems, row_hash, twice, original }: ReadRow,
): string {
  const cells = [
    key.campaign_id,
    key.import_id,
    String(n),
    row.file,
    String(row.line),
    row.uid,
    newId(),
    row_hash,
    // What it is to a campaign that has nobody yet; compareRows finds out what else it may be.
    problems.length > 0 ? 'problem' : twice ? 'twice' : 'new',
    JSON.stringify(problems),
    JSON.stringify(row),
    JSON.stringify(original),
  ]
  return `${cells.map((cell) => (cell === null ? '\\N' : escapeCell(cell))).join('\t')}\n`
}

const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function escapeCell(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (mark) => escapes[mark] ?? mark)
}
