import type { Generated } from 'kysely'
import type { JsonDefault, MaybeTime, Time } from './column-types.ts'

/** What the gateway told us by itself, and where it and the books differ. */
export interface GatewayTables {
  gateway_sweeps: {
    gateway_account: string
    process_id: string
    gateway_time: MaybeTime
    swept_at: Time
  }

  gateway_events: {
    id: string
    type: string
    object_kind: string
    object_id: string
    state: 'received' | 'done' | 'failed'
    code: string | null
    tries: Generated<number>
    next_try_at: MaybeTime
    received_at: Time
    handled_at: MaybeTime
  }

  discrepancies: {
    campaign_id: string
    id: string
    order_id: string | null
    kind: string
    subject: string
    amount: number
    currency: string
    data: JsonDefault<Record<string, unknown>>
    state: 'open' | 'settled'
    resolution: string | null
    reason_id: string | null
    settled_by: string | null
    found_at: Time
    settled_at: MaybeTime
  }
}
