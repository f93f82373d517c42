import type { Db } from '../shared/tx.ts'
import type { Answered, Gateway } from './gateway.ts'

const gatewayKey = 'gateway'
const checkKey = 'gateway_check'

/** What the gateway said when it was last asked who we are and what we may. */
export interface GatewayCheck {
  /** why it did not say who we are; null: it did */
  refusal: string | null
  /** rights that the restricted key lacks, by the gateway's names (lib/right-text.ts); null: not known */
  missing_rights: string[] | null
  /** ISO 8601 */
  checked_at: string
}

export interface GatewayInUse {
  account: string | null
  mode: 'test' | 'live' | null
  check: GatewayCheck | null
}

/**
 * Asks the gateway which account its keys belong to and keeps the answer, with its mode, as the setting `gateway`: with a connected account
 * it is that one. A saved card counts only while its own `gateway_account` and `mode` are those kept here. A gateway that gives no account
 * changes nothing: what was kept before stays.
 */
export async function recordGatewayAccount(parts: { db: Db; gateway: Gateway }): Promise<Answered<string>> {
  const answer = await parts.gateway.account()
  if (!answer.ok) return answer
  await saveSetting(parts.db, gatewayKey, { account: answer.value, mode: parts.gateway.mode })
  return answer
}

/**
 * The same, and which rights the key lacks. What was found is kept for the settings and health pages as the setting `gateway_check`. It asks
 * about things that are not there, so it changes nothing at the gateway.
 */
export async function checkGateway(parts: { db: Db; gateway: Gateway; clock: { now(): Date } }): Promise<Answered<string>> {
  const account = await recordGatewayAccount(parts)
  const rights = account.ok ? await parts.gateway.missingRights() : account
  const check: GatewayCheck = {
    refusal: rights.ok ? null : rights.failure.code,
    missing_rights: rights.ok ? rights.value : null,
    checked_at: parts.clock.now().toISOString(),
  }
  if (!rights.ok && rights.failure.kind === 'refused' && rights.failure.code === 'right_missing') {
    check.missing_rights = [rights.failure.right ?? 'connected_account_read']
  }
  await saveSetting(parts.db, checkKey, check)
  return rights.ok ? account : rights
}

/** The gateway in use and what it said last. Nothing is asked. */
export async function findGatewayInUse(db: Db): Promise<GatewayInUse> {
  const rows = await db.selectFrom('settings').selectAll().where('key', 'in', [gatewayKey, checkKey]).execute()
  const settingOf = (key: string) => rows.find((row) => row.key === key)?.value ?? null
  const { account = null, mode = null } = (settingOf(gatewayKey) ?? {}) as Partial<GatewayInUse>
  return { account, mode, check: settingOf(checkKey) as GatewayCheck | null }
}

async function saveSetting(db: Db, key: string, found: object): Promise<void> {
  const value = JSON.stringify(found)
  await db
    .insertInto('settings')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
}
