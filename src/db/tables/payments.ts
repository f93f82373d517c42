import type { Generated } from 'kysely'
import type { Json, MaybeJson, MaybeTime, Time } from './column-types.ts'

/** Cards, and the tries to charge them. */
export interface PaymentTables {
  gateway_customers: {
    campaign_id: string
    backer_id: string
    gateway_account: string
    gateway_id: string
    created_at: Time
  }

  card_sessions: {
    campaign_id: string
    id: string
    backer_id: string
    gateway_account: string
    gateway_id: string | null
    state: 'created' | 'open' | 'complete' | 'expired'
    purpose: 'survey' | 'order'
    payment_method_id: string | null
    check_at: MaybeTime
    checks: Generated<number>
    created_at: Time
    updated_at: Time
  }

  payment_methods: {
    campaign_id: string
    id: string
    backer_id: string
    gateway_account: string
    mode: 'test' | 'live'
    gateway_id: string
    brand: string
    last4: string
    exp_month: number
    exp_year: number
    gateway_customer: string
    state: 'usable' | 'replaced' | 'detached'
    country: string | null
    fingerprint: string | null
    card_session_id: string | null
    detach_at: MaybeTime
    created_at: Time
  }

  payment_attempts: {
    campaign_id: string
    id: string
    order_id: string
    number: number
    key: string
    amount: number
    currency: string
    payment_method_id: string
    state: 'created' | 'sent' | 'succeeded' | 'declined' | 'refused' | 'unknown'
    code: string | null
    run_id: string | null
    request: Json<unknown>
    gateway_account: string
    card: string
    payment: string | null
    source: 'run' | 'backer' | 'retry' | 'adopted'
    payment_open: Generated<boolean>
    is_booked: Generated<boolean>
    confirmations: Generated<number>
    ask_url: string | null
    ask_until: MaybeTime
    decline_class: 'soft' | 'needs_backer' | 'hard' | null
    sendings: Generated<number>
    leased_until: MaybeTime
    lease_id: string | null
    next_try_at: MaybeTime
    sent_at: MaybeTime
    settled_at: MaybeTime
    created_at: Time
    updated_at: Time
  }

  charge_runs: {
    campaign_id: string
    id: string
    /** previewed: looked at, and started by nobody yet */
    state: 'previewed' | 'running' | 'paused' | 'stopped' | 'done'
    pause_code: string | null
    pause_right: string | null
    selection: Json<unknown>
    retry_errored: boolean
    pace: number
    full_pace: number
    slowed_at: MaybeTime
    counted: MaybeJson
    actor_id: string | null
    created_at: Time
    updated_at: Time
    finished_at: MaybeTime
    started_at: MaybeTime
    swept_at: MaybeTime
  }

  charge_run_orders: {
    campaign_id: string
    run_id: string
    order_id: string
    number: number
    state: 'waiting' | 'charging' | 'succeeded' | 'declined' | 'refused' | 'left_out' | 'nothing_owed'
    amount: number
    attempt_id: string | null
    code: string | null
  }

  payment_follow_ups: {
    campaign_id: string
    order_id: string
    attempt_id: string
    retry_at: MaybeTime
    remind_at: MaybeTime
    reminders: Generated<number>
    /** YYYY-MM-DD */
    remind_on: string | null
    updated_at: Time
  }

  refunds: {
    campaign_id: string
    id: string
    order_id: string
    number: number
    key: string
    attempt_id: string
    payment: string
    amount: number
    currency: string
    state: 'created' | 'sent' | 'unknown' | 'pending' | 'succeeded' | 'failed' | 'refused'
    is_elsewhere: Generated<boolean>
    gateway_refund: string | null
    code: string | null
    reason_id: string | null
    actor_id: string | null
    sendings: Generated<number>
    lease_id: string | null
    leased_until: MaybeTime
    next_try_at: MaybeTime
    sent_at: MaybeTime
    settled_at: MaybeTime
    created_at: Time
    updated_at: Time
  }
}
