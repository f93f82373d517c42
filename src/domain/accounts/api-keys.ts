import { createHash, randomBytes } from 'node:crypto'
import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import { notFound } from '../shared/errors.ts'
import type { Db, Tx } from '../shared/tx.ts'

const shownCharacters = 12

/** Makes an API key of an account. The key itself is answered once and stored nowhere; only its hash is. */
export async function createApiKey(tx: Tx, input: { account_id: string; name: string }): Promise<{ id: string; key: string }> {
  const id = newId()
  const key = `af_${randomBytes(24).toString('base64url')}`
  await tx.db
    .insertInto('api_keys')
    .values({
      id,
      account_id: input.account_id,
      name: input.name,
      key_hash: hashKey(key),
      key_start: key.slice(0, shownCharacters),
      created_at: tx.now,
    })
    .execute()
  return { id, key }
}

/** Makes a key useless from now on. Refuses a key that is not the account's own (404). */
export async function revokeApiKey(tx: Tx, input: { account_id: string; id: string }): Promise<void> {
  const result = await tx.db
    .updateTable('api_keys')
    .set({ revoked_at: tx.now })
    .where('id', '=', input.id)
    .where('account_id', '=', input.account_id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (Number(result.numUpdatedRows) === 0) throw notFound('API key')
}

export type ShownKey = Omit<Row<'api_keys'>, 'key_hash' | 'account_id'>

/** The keys of an account, newest first, revoked ones included: never a key or its hash. */
export async function listApiKeys(db: Db, account_id: string): Promise<ShownKey[]> {
  return await db
    .selectFrom('api_keys')
    .select(['id', 'name', 'key_start', 'created_at', 'last_used_at', 'revoked_at'])
    .where('account_id', '=', account_id)
    .orderBy('id', 'desc')
    .execute()
}

/** Notes when a key was used last, at most once a minute, so that a busy script writes little. */
export async function noteKeyUse(db: Db, key: { id: string; last_used_at: Date | null }, now: Date): Promise<void> {
  if (key.last_used_at && now.getTime() - key.last_used_at.getTime() < 60_000) return
  await db.updateTable('api_keys').set({ last_used_at: now }).where('id', '=', key.id).execute()
}

/** Whose key this is; null for one that does not exist or was revoked. */
export async function findAccountByKey(
  db: Db,
  key: string,
): Promise<Pick<Row<'api_keys'>, 'id' | 'account_id' | 'last_used_at'> | null> {
  const found = await db
    .selectFrom('api_keys')
    .select(['id', 'account_id', 'last_used_at'])
    .where('key_hash', '=', hashKey(key))
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return found ?? null
}

function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
