// `npm run backup -- FILE`: all tables as they are at one moment, while the program runs.
import { resolve } from 'node:path'
import { readConfig } from '../src/config.server.ts'
import { writeBackup } from '../src/db/backup.ts'
import { secretFile } from '../src/secret.server.ts'
import { readFileArgument } from './arguments.ts'
import { runTool } from './run-tool.ts'
import { withDatabase } from './with-database.ts'

await runTool(async () => {
  const file = resolve(readFileArgument('Usage: npm run backup -- FILE'))
  await withDatabase(async ({ database }) => {
    const { rows, tables } = await writeBackup(database.ownerUrl, file)
    const { secret, dataFolder } = readConfig(process.env)
    process.stdout.write(
      `${rows} rows of ${tables} tables are in ${file}. Sign-ins are left out: after a restore everybody signs in again.\n` +
        `Keep ${secret ? 'AFTERFUND_SECRET' : secretFile(dataFolder)} with it: without it the links in backers' mails are void.\n`,
    )
  })
})
