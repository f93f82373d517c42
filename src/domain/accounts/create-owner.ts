import { createHash, timingSafeEqual } from 'node:crypto'
import { newId } from '../../lib/id.ts'
import { DomainError, invalid } from '../shared/errors.ts'
import type { Db, Tx } from '../shared/tx.ts'

/** `password_hash` comes from lib/password.ts, made before the transaction opens: it takes tens of milliseconds by design. */
export type NewOwner = { name: string; email: string; password_hash: string }

/** Looser than a backer's: who signs in on a machine of their own may be ada@server. */
export const OWNER_EMAIL = /^[^\s@]+@[^\s@]+$/

const codeKey = 'first_run_code'

/** Whether nobody can sign in yet: the program then shows nothing but its first-run page. */
export async function isFirstRun(db: Db): Promise<boolean> {
  const account = await db.selectFrom('accounts').select('id').limit(1).executeTakeFirst()
  return !account
}

/**
 * Keeps the hash of the code that the terminal shows; the code of an earlier start is void. Refuses nothing: it is called
 * before the program listens, and only where there is no account.
 */
export async function saveFirstRunCode(db: Db, code: string): Promise<void> {
  const value = JSON.stringify({ hash: hashCode(code) })
  await db
    .insertInto('settings')
    .values({ key: codeKey, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
}

/**
 * Makes the first account for whoever knows the code of the terminal, once: the code is void afterwards. Refuses a wrong
 * code (`code_wrong`) and a second owner (`owner_exists`); of two that come at once, one gets through.
 */
export async function createFirstOwner(tx: Tx, input: NewOwner & { code: string }): Promise<{ account_id: string }> {
  const setting = await tx.db.selectFrom('settings').select('value').where('key', '=', codeKey).forUpdate().executeTakeFirst()
  if (!setting || !(await isFirstRun(tx.db))) {
    throw new DomainError('owner_exists', 'This Afterfund already has an owner. Sign in instead.')
  }
  const { hash } = setting.value as { hash: string }
  if (!timingSafeEqual(Buffer.from(hash, 'hex'), Buffer.from(hashCode(input.code), 'hex'))) {
    throw invalid('The code is not the one in the terminal.', [
      { field: 'code', code: 'code_wrong', message: 'Copy it from the terminal.' },
    ])
  }
  await tx.db.deleteFrom('settings').where('key', '=', codeKey).execute()
  return await createOwner(tx, input)
}

/**
 * Makes an account that owns campaigns. An address that has an account already gets the new password instead, and every
 * session of that account ends. Refuses what is no mail address (`email_invalid`).
 */
export async function createOwner(tx: Tx, input: NewOwner): Promise<{ account_id: string; is_new: boolean }> {
  const email = input.email.trim().toLowerCase()
  if (!OWNER_EMAIL.test(email)) {
    throw invalid('This is not a mail address.', [
      { field: 'email', code: 'email_invalid', message: 'Write it like name@example.com.' },
    ])
  }
  const existing = await tx.db.selectFrom('accounts').select('id').where('email', '=', email).executeTakeFirst()
  if (existing) {
    await tx.db.deleteFrom('account_credentials').where('account_id', '=', existing.id).execute()
    await tx.db.deleteFrom('sessions').where('account_id', '=', existing.id).execute()
    await savePassword(tx, existing.id, input.password_hash)
    return { account_id: existing.id, is_new: false }
  }
  const account_id = newId()
  const times = { created_at: tx.now, updated_at: tx.now }
  await tx.db
    .insertInto('accounts')
    .values({ id: account_id, name: input.name.trim() || email, email, email_verified: true, image: null, ...times })
    .execute()
  await savePassword(tx, account_id, input.password_hash)
  return { account_id, is_new: true }
}

async function savePassword(tx: Tx, account_id: string, password: string): Promise<void> {
  const times = { created_at: tx.now, updated_at: tx.now }
  await tx.db
    .insertInto('account_credentials')
    .values({ id: newId(), account_id, provider_account_id: account_id, provider_id: 'credential', password, ...times })
    .execute()
}

/** Dashes, spaces and case of the typed code do not matter. */
function hashCode(code: string): string {
  return createHash('sha256')
    .update(code.toUpperCase().replace(/[^A-Z0-9]/g, ''))
    .digest('hex')
}
