import { afterEach, expect, test } from 'vitest'
import { makeCampaign } from '../../../test/factories/campaign.ts'
import { attemptsOf, makeLocked, orderNow, startRun, work } from '../../../test/factories/charging.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import { keepGatewayAccount } from '../../gateway-account.server.ts'
import { checkHealth } from '../../health.server.ts'
import { isChargingSetUp } from './charging.ts'
import type { Gateway, GatewayFailure } from './gateway.ts'
import { findMethodOfBacker } from './payment-methods.ts'
import { checkGateway, findGatewayInUse } from './record-gateway.ts'

const program = useTestProgram()

afterEach(async () => {
  await checkGateway(program.deps)
})

/** The gateway of the program, with other keys. */
function withKeys(over: Partial<Gateway>): { gateway: Gateway } & Omit<typeof program.deps, 'gateway'> {
  return { ...program.deps, gateway: { ...program.deps.gateway, ...over } }
}

test('which account and mode is in use is kept, and what its key lacks', async () => {
  const { deps, db } = program
  await keepGatewayAccount(deps)
  const known = await findGatewayInUse(db)
  expect(known).toMatchObject({
    account: expect.stringMatching(/^acct_/),
    mode: 'test',
    check: { refusal: null, missing_rights: [] },
  })

  await checkGateway(withKeys({ missingRights: async () => ({ ok: true, value: ['charge_write'] }) }))
  expect((await findGatewayInUse(db)).check).toMatchObject({ refusal: null, missing_rights: ['charge_write'] })
  const { status, gateway, warnings } = await checkHealth(deps)
  expect({ status, gateway }).toEqual({ status: 'ok', gateway: { mode: 'test', account: known.account } })
  expect(warnings.join()).toContain('lacks the right “Charges and Refunds: Write”')
})

test('a key that is refused, or a gateway that is away, changes nothing of what is in use', async () => {
  const { db, deps } = program
  const before = await findGatewayInUse(db)
  const fails = (failure: GatewayFailure) => checkGateway(withKeys({ account: async () => ({ ok: false, failure }) }))
  await fails({ kind: 'refused', code: 'http_401', pauses: true })
  expect(await findGatewayInUse(db)).toMatchObject({
    account: before.account,
    mode: 'test',
    check: { refusal: 'http_401', missing_rights: null },
  })
  expect((await checkHealth(deps)).warnings.join()).toContain('set STRIPE_SECRET_KEY anew')
  await fails({ kind: 'refused', code: 'right_missing', pauses: true })
  expect((await findGatewayInUse(db)).check).toMatchObject({ missing_rights: ['connected_account_read'] })
  await fails({ kind: 'outage', code: 'timeout' })
  expect(await findGatewayInUse(db)).toMatchObject({
    account: before.account,
    check: { refusal: 'timeout', missing_rights: null },
  })
})

test('live keys of the same account serve live campaigns only: a test campaign charges nothing, says so, and goes on with its own keys', async () => {
  const { deps, db, simulator } = program
  const campaign = await makeCampaign(deps)
  const order = await makeLocked(deps, campaign)
  const run = await startRun(deps, campaign)
  await checkGateway(withKeys({ mode: 'live' }))
  expect(await isChargingSetUp(db, { mode: 'test' })).toBe(false)
  expect(await isChargingSetUp(db, { mode: 'live' })).toBe(true)
  await expect(startRun(deps, campaign)).rejects.toMatchObject({ code: 'charging_not_set_up' })
  expect(await findMethodOfBacker(db, { campaign_id: campaign.id, backer_id: order.backer_id }, deps.clock.now())).toBeNull()
  await work(deps)
  expect([await attemptsOf(deps, order.id), simulator.ledger(), await deps.worker.isIdle()]).toEqual([[], [], true])
  const state = await db.selectFrom('charge_runs').select('state').where('id', '=', run.id).executeTakeFirstOrThrow()
  expect(state).toEqual({ state: 'running' })

  await checkGateway(deps)
  await work(deps)
  expect(await orderNow(deps, order.id)).toMatchObject({ status: 'paid', captured: order.balance_due })
})
