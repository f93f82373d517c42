import type { ColumnType, Generated } from 'kysely'
import type { JsonDefault, MaybeTime, Time } from './column-types.ts'

/** The outbox. */
export interface MessageTables {
  messages: {
    campaign_id: string
    id: string
    kind: string
    backer_id: string
    occasion: string
    data: JsonDefault<Record<string, unknown>>
    state: 'queued' | 'sending' | 'sent' | 'failed' | 'bounced' | 'suppressed'
    due_at: Time
    urgent: Generated<boolean>
    tries: Generated<number>
    leased_until: MaybeTime
    error: string | null
    sent_at: MaybeTime
    created_at: Time
    kept: ColumnType<{ to: string; subject: string; text: string; html: string } | null, unknown, unknown>
  }
}
