// `npm run owner -- --email .. --password ..`: makes an account, or gives an existing one a new password.
import { StartError } from '../src/db/start-error.ts'
import { createOwner } from '../src/domain/accounts/create-owner.ts'
import { inTransaction } from '../src/domain/shared/tx.ts'
import { hashPassword, passwordLength } from '../src/lib/password.ts'
import { readOption } from './arguments.ts'
import { runTool } from './run-tool.ts'
import { withDatabase } from './with-database.ts'

await runTool(async () => {
  const email = readOption('email')
  const password = readOption('password')
  if (!email || !password)
    throw new StartError('Usage: npm run owner -- --email you@example.com --password "a long password" [--name "Your Name"]')
  if (password.length < passwordLength.min || password.length > passwordLength.max) {
    throw new StartError(`The password must have ${passwordLength.min} to ${passwordLength.max} characters.`)
  }
  const password_hash = await hashPassword(password)
  await withDatabase(async (parts) => {
    const name = readOption('name') ?? email
    const { is_new } = await inTransaction(parts, (tx) => createOwner(tx, { email, name, password_hash }))
    process.stdout.write(is_new ? `${email} can sign in now.\n` : `${email} has the new password; its old sessions have ended.\n`)
  })
})
