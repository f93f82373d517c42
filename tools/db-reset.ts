// `npm run db:reset -- --yes`: empties the database. The next start makes it new, with the demo campaign.
import { readConfig } from '../src/config.server.ts'
import { emptyTables } from '../src/db/empty-tables.ts'
import { migrateOpen, openDatabase } from '../src/db/open.server.ts'
import { StartError } from '../src/db/start-error.ts'
import { runTool } from './run-tool.ts'

await runTool(async () => {
  if (!process.argv.includes('--yes')) {
    throw new StartError('This removes every campaign, backer and order. If that is what you want: npm run db:reset -- --yes')
  }
  // Not shared: a program that runs must be stopped first, or it would write on.
  const database = await openDatabase(readConfig(process.env))
  try {
    await migrateOpen(database)
    await emptyTables(database.ownerUrl)
    process.stdout.write('The database is empty. npm start makes it new.\n')
  } finally {
    await database.close()
  }
})
