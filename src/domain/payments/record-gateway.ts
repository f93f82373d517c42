import type { Db } from '../shared/tx.ts'
import type { Answered, Gateway } from './gateway.ts'

const gatewayKey = 'gateway'

/**
 * Asks the gateway which account its keys belong to and keeps the answer, with its mode, as the setting `gateway`. A saved card counts only while its own
 * `gateway_account` is the one kept here. A gateway that gives no account changes nothing: what was kept before stays.
 */
export async function recordGatewayAccount(parts: { db: Db; gateway: Gateway }): Promise<Answered<string>> {
  const answer = await parts.gateway.account()
  if (!answer.ok) return answer
  const value = JSON.stringify({ account: answer.value, mode: parts.gateway.mode })
  await parts.db
    .insertInto('settings')
    .values({ key: gatewayKey, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
  return answer
}
