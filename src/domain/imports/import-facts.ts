import type { CatalogueProposal } from './propose-catalogue.ts'
import type { Generation } from './report-types.ts'

/** What `imports.facts` keeps of a report beside its rows. */
export interface ImportFacts {
  files: { file: string; generation: Generation; rows: number; headers: string[] }[]
  ignored: { name: string; reason: string }[]
  proposal: CatalogueProposal
  /** of changed rows: how many will be, or were, reported or applied in part, by code */
  outcomes: OutcomeCount[]
  /** after apply: the ids that the report's names led to, so that a thing renamed here is found again by a later report */
  made?: CatalogueIds
}

export interface OutcomeCount {
  code: string
  outcome: 'applied' | 'reported'
  count: number
}

export interface CatalogueIds {
  /** level id by `levelKey` */
  levels: Record<string, string>
  /** add-on id by the platform's id */
  addons: Record<string, string>
  /** item id by name */
  items: Record<string, string>
  questions: { prompt: string; id: string; level_id: string | null }[]
}
