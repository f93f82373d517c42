import { connect } from '../../src/db/client.server.ts'
import { runOperation } from '../../src/jobs/run-operation.ts'
import { createLog } from '../../src/log.server.ts'

/* A worker of its own that carries out one operation, so that a test can kill it in the middle. */

const [url = '', campaign_id = '', operation_id = ''] = process.argv.slice(2)
const client = connect(url, { max: 2 })
const clock = { now: () => new Date('2026-11-02T10:00:00Z'), advance: () => undefined }
const log = createLog(process.stderr, 'error')
await runOperation({ db: client.db, clock, enqueue: async () => undefined, log }, { campaign_id, operation_id })
await client.end()
