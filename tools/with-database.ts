import type { Kysely } from 'kysely'
import { createClock } from '../src/clock.server.ts'
import { readConfig } from '../src/config.server.ts'
import { connect } from '../src/db/client.server.ts'
import { migrateOpen, type OpenDatabase, openDatabase } from '../src/db/open.server.ts'
import type { Database } from '../src/db/types.ts'
import type { TxParts } from '../src/domain/shared/tx.ts'

export type ToolParts = TxParts & { db: Kysely<Database>; database: OpenDatabase }

/** Runs a tool on the migrated database, beside a running program if there is one. Tools enqueue nothing. */
export async function withDatabase(run: (parts: ToolParts) => Promise<void>): Promise<void> {
  const database = await openDatabase(readConfig(process.env), { share: true })
  try {
    await migrateOpen(database)
    const client = connect(database.url, { max: 2, statementTimeoutMs: 0 })
    try {
      const enqueue = async () => {
        throw new Error('A tool has no queue')
      }
      await run({ db: client.db, clock: createClock(), enqueue, database })
    } finally {
      await client.end()
    }
  } finally {
    await database.close()
  }
}
