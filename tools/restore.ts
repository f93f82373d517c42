// `npm run restore -- FILE`: fills an empty database, as a whole or not at all, then checks that the books balance.
import { resolve } from 'node:path'
import { readConfig } from '../src/config.server.ts'
import { migrateOpen, openDatabase, programRole } from '../src/db/open.server.ts'
import { restoreBackup } from '../src/db/restore.ts'
import { secretFile } from '../src/secret.server.ts'
import { readFileArgument } from './arguments.ts'
import { reportBooks } from './report-books.ts'
import { runTool } from './run-tool.ts'

await runTool(async () => {
  const file = resolve(readFileArgument('Usage: npm run restore -- FILE'))
  const database = await openDatabase(readConfig(process.env))
  try {
    const { rows, created_at } = await restoreBackup(database.ownerUrl, await programRole(database), file)
    await migrateOpen(database)
    const { secret, dataFolder } = readConfig(process.env)
    process.stdout.write(
      `${rows} rows of ${created_at} are restored.\n` +
        `Links in mails that were sent before work with the secret that belongs to this backup: it must be ${secret ? 'AFTERFUND_SECRET' : `in ${secretFile(dataFolder)}`}.\n`,
    )
    await reportBooks(database.url)
  } finally {
    await database.close()
  }
})
