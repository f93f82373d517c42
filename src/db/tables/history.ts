import type { Generated } from 'kysely'
import type { Json, JsonDefault, MaybeTime, Time } from './column-types.ts'

export type ActorKind = 'staff' | 'backer' | 'clock' | 'run' | 'gateway' | 'system'

/** Who did what, when and why. */
export interface HistoryTables {
  events: {
    campaign_id: string
    seq: Generated<number>
    backer_id: string | null
    order_id: string | null
    order_version: number | null
    kind: string
    from_status: string | null
    to_status: string | null
    actor_kind: ActorKind
    actor_id: string | null
    code: string | null
    reason_id: string | null
    operation_id: string | null
    data: JsonDefault<Record<string, unknown>>
    at: Time
  }

  event_reasons: {
    campaign_id: string
    id: string
    text: string
  }

  operations: {
    campaign_id: string
    id: string
    kind: string
    state: 'queued' | 'running' | 'done' | 'failed'
    input: Json<unknown>
    total: Generated<number>
    done: Generated<number>
    moved: Generated<number>
    left_out: JsonDefault<{ code: string; count: number; sample_ids: string[] }[]>
    failure: string | null
    actor_kind: ActorKind
    actor_id: string | null
    created_at: Time
    finished_at: MaybeTime
  }
}
