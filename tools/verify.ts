// `npm run verify`: computes balances, stock and counts afresh from the rows and compares them with what is stored.
import { reportBooks } from './report-books.ts'
import { runTool } from './run-tool.ts'
import { withDatabase } from './with-database.ts'

await runTool(() => withDatabase(({ database }) => reportBooks(database.url)))
