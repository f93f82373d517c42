import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { readConfig } from '../../src/config.server.ts'
import { connect } from '../../src/db/client.server.ts'
import { chargeOrders } from '../../src/jobs/charge-orders.ts'
import { newId } from '../../src/lib/id.ts'
import { createLog } from '../../src/log.server.ts'
import { openGateway } from '../factories/charge-many.ts'
import { withNewKeys } from './wrong-gateways.ts'

/*
 * A worker of its own that only charges, so that a test can kill it, or run two at once. As it is it is the product's; `new_keys` takes away
 * what the gateway protects us with, `no_lease` what our own database does.
 */

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    port: { type: 'string', default: '' },
    timeout_ms: { type: 'string', default: '1500' },
    /** how far its clock is ahead: leases of the dead are over at once */
    ahead_ms: { type: 'string', default: '0' },
    new_keys: { type: 'boolean', default: false },
    no_lease: { type: 'boolean', default: false },
  },
})

if (values.no_lease) forgetLeases()
const config = readConfig({
  ...{ AFTERFUND_TEST: '1', STRIPE_HOST: '127.0.0.1', STRIPE_PORT: values.port },
  ...{ GATEWAY_TIMEOUT_MS: values.timeout_ms, CHARGES_PER_SECOND: '25' },
})
const client = connect(values.url, { max: 6 })
const stripe = openGateway({ port: Number(values.port) }, config.gatewayTimeoutMs)
const gateway = values.new_keys ? withNewKeys(stripe) : stripe
const clock = { now: () => new Date(Date.now() + Number(values.ahead_ms)), advance: () => undefined }
const log = createLog(process.stderr, 'error')
const app = { processId: newId(), db: client.db, clock, enqueue: async () => undefined, log, gateway, config }

let isStopping = false
process.once('SIGTERM', () => {
  isStopping = true
})
process.stdout.write('started\n')
while (!isStopping) {
  await chargeOrders(app, () => isStopping)
  await sleep(100)
}
await client.end()
gateway.close()

/** The statements that take attempts, without asking whether another worker has them. */
function forgetLeases(): void {
  const query = pg.Client.prototype.query as (...args: unknown[]) => unknown
  const lease = /\((?:a\.)?leased_until is null or (?:a\.)?leased_until <= (\$\d+)\)/
  const wrong = (text: string) => text.replace(lease, '$1::timestamptz is not null')
  pg.Client.prototype.query = function (this: pg.Client, asked: unknown, ...rest: unknown[]) {
    const told =
      typeof asked === 'string'
        ? wrong(asked)
        : Object.assign(asked as { text: string }, { text: wrong((asked as { text: string }).text) })
    return query.call(this, told, ...rest)
  } as typeof pg.Client.prototype.query
}
