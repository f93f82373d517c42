import { createHash, randomBytes } from 'node:crypto'
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

/** Whose key this is; null for one that does not exist or was revoked. */
export async function findAccountByKey(db: Db, key: string): Promise<{ id: string; account_id: string } | null> {
  const found = await db
    .selectFrom('api_keys')
    .select(['id', 'account_id'])
    .where('key_hash', '=', hashKey(key))
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return found ?? null
}

function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
