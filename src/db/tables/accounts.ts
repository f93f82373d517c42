import type { Generated } from 'kysely'
import type { MaybeJson, MaybeTime, Time } from './column-types.ts'

/** Sign-ins of creators (better-auth writes the first four), their API keys, and the answers that repeats of their requests get. */
export interface AccountTables {
  accounts: {
    id: string
    name: string
    email: string
    email_verified: Generated<boolean>
    image: string | null
    created_at: Time
    updated_at: Time
  }

  sessions: {
    id: string
    account_id: string
    token: string
    expires_at: Time
    ip_address: string | null
    user_agent: string | null
    created_at: Time
    updated_at: Time
  }

  account_credentials: {
    id: string
    account_id: string
    provider_account_id: string
    provider_id: string
    access_token: string | null
    refresh_token: string | null
    id_token: string | null
    access_token_expires_at: MaybeTime
    refresh_token_expires_at: MaybeTime
    scope: string | null
    password: string | null
    created_at: Time
    updated_at: Time
  }

  account_verifications: {
    id: string
    identifier: string
    value: string
    expires_at: Time
    created_at: Time
    updated_at: Time
  }

  api_keys: {
    id: string
    account_id: string
    name: string
    key_hash: string
    key_start: string
    created_at: Time
    last_used_at: MaybeTime
    revoked_at: MaybeTime
  }

  idempotent_requests: {
    account_id: string
    key: string
    request_hash: string
    status: number | null
    response: MaybeJson
    created_at: Time
  }
}
