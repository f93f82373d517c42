import type { RawBuilder } from 'kysely'

/** What no command may break, as the rows that break it. */
export interface Truth {
  rule: string
  /** rows that break it: campaign_id, id, found */
  broken: RawBuilder<{ campaign_id: string; id: string; found: string }>
}
