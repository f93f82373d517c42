import { connect } from '../../src/db/client.server.ts'
import { applyImport, applyLimits } from '../../src/domain/imports/apply-import.ts'
import { readImport } from '../../src/domain/imports/read-import.ts'
import { inTransaction, type Tx } from '../../src/domain/shared/tx.ts'

/*
 * A program of its own that reads and applies one import, so that a test can kill it at any moment. With `unsafe` every statement
 * commits by itself: the wrong variant of the control.
 */

const [url = '', account_id = '', campaign_id = '', import_id = '', variant = 'safe'] = process.argv.slice(2)
const client = connect(url, { max: 3 })
const key = { campaign_id, import_id }
const parts = {
  db: client.db,
  pool: client.pool,
  clock: { now: () => new Date('2026-11-02T09:00:00Z') },
  enqueue: async () => undefined,
}

process.stdout.write('started\n')
await readImport(parts, key)
if (variant === 'unsafe') {
  await applyImport(
    { db: client.db as unknown as Tx['db'], now: parts.clock.now(), enqueue: parts.enqueue },
    { kind: 'staff', id: account_id },
    key,
  )
} else {
  await inTransaction(parts, (tx) => applyImport(tx, { kind: 'staff', id: account_id }, key), applyLimits)
}
await client.end()
