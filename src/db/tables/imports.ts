import type { Generated } from 'kysely'
import type { Json, JsonDefault, MaybeJson, MaybeTime, Time } from './column-types.ts'

/** A platform's report: the upload, its rows, and what became of each. */
export interface ImportTables {
  imports: {
    campaign_id: string
    id: string
    file_name: string
    file_size: number
    file_hash: string
    generation: string | null
    state: 'reading' | 'previewed' | 'refused' | 'applied' | 'discarded' | 'failed'
    rows_total: Generated<number>
    counts: JsonDefault<Record<string, number>>
    fault: MaybeJson
    facts: MaybeJson
    created_by: string
    created_at: Time
    applied_at: MaybeTime
  }

  import_parts: {
    campaign_id: string
    import_id: string
    part: number
    bytes: Buffer
  }

  import_rows: {
    campaign_id: string
    import_id: string
    n: number
    file: string
    line: number
    uid: string | null
    backer_id: string
    row_hash: string
    kind: 'new' | 'changed' | 'unchanged' | 'problem' | 'twice' | null
    outcome: 'applied' | 'reported' | null
    outcome_code: string | null
    problems: JsonDefault<unknown[]>
    row: Json<unknown>
    original: Json<unknown>
  }
}
