// `npm run apikey -- --owner ..`: prints a new API key of an account. It is shown this once.
import { StartError } from '../src/db/start-error.ts'
import { createApiKey } from '../src/domain/accounts/api-keys.ts'
import { inTransaction } from '../src/domain/shared/tx.ts'
import { readOption } from './arguments.ts'
import { runTool } from './run-tool.ts'
import { withDatabase } from './with-database.ts'

await runTool(async () => {
  const owner = readOption('owner')
  if (!owner) throw new StartError('Usage: npm run apikey -- --owner you@example.com [--name "my script"]')
  await withDatabase(async (parts) => {
    const account = await parts.db
      .selectFrom('accounts')
      .select('id')
      .where('email', '=', owner.trim().toLowerCase())
      .executeTakeFirst()
    if (!account)
      throw new StartError(`There is no account ${owner}. Make it with npm run owner -- --email ${owner} --password ..`)
    const name = readOption('name') ?? 'command line'
    const { key } = await inTransaction(parts, (tx) => createApiKey(tx, { account_id: account.id, name }))
    process.stdout.write(`${key}\n`)
  })
})
