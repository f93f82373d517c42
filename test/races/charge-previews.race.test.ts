import { sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { connect } from '../../src/db/client.server.ts'
import { settleOutside } from '../../src/domain/orders/settle-outside.ts'
import { writeChargePreview } from '../../src/domain/payments/charge-run-preview.ts'
import { startPreviewedRun } from '../../src/domain/payments/charge-runs.ts'
import { feedChargeRun, nextOrdersStatement } from '../../src/domain/payments/feed-charge-run.ts'
import { inTransaction, type Tx } from '../../src/domain/shared/tx.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import { makeCampaign, type TestCampaign } from '../factories/campaign.ts'
import { makeLocked, orderNow, takenFor, work } from '../factories/charging.ts'
import { executeWrong, gate, raceOf } from '../factories/two-at-once.ts'
import { useTestProgram } from '../setup/deps.ts'

/*
 * What was signed off, against a second press and against what changes the order meanwhile. The first side pauses inside its transaction; each
 * race has its control, which must end wrong.
 */

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '800', CHARGES_PER_SECOND: '200' } })

const look = async (campaign: TestCampaign) => {
  const input = { campaign_id: campaign.id, selection: { filter: {} }, retry_errored: false }
  return (await inTransaction(program.deps, (tx) => writeChargePreview(tx, campaign.staff, input))).run_id
}
const start = (campaign: TestCampaign, run_id: string) => (tx: Tx) =>
  startPreviewedRun(tx, campaign.staff, { campaign_id: campaign.id, run_id })
const apart =
  <T>(command: (tx: Tx) => Promise<T>) =>
  () =>
    inTransaction(program.deps, command)

async function asOwner(statement: string): Promise<void> {
  const owner = connect(program.ownerUrl)
  try {
    await sql.raw(statement).execute(owner.db)
  } finally {
    await owner.end()
  }
}

const INDEX = `create unique index if not exists charge_runs_one_at_a_time on charge_runs (campaign_id) where state in ('running', 'paused')`
afterAll(() => asOwner(INDEX))

const running = async (campaign: TestCampaign) =>
  (
    await program.db
      .selectFrom('charge_runs')
      .select('id')
      .where('campaign_id', '=', campaign.id)
      .where('state', '=', 'running')
      .execute()
  ).length

describe('two staff press start at once', () => {
  test('on the same look: one run, and the second lands on it', async () => {
    const campaign = await makeCampaign(program.deps)
    const order = await makeLocked(program.deps, campaign)
    const run_id = await look(campaign)
    const [, late] = await raceOf(program.deps, start(campaign, run_id), apart(start(campaign, run_id)))
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'charge_run_under_way', details: { run_id } } })
    await work(program.deps)
    expect(takenFor(program.simulator.ledger(), order.id)).toEqual([1300])
  })

  test('on two looks: one run, and the other is told of it', async () => {
    const campaign = await makeCampaign(program.deps)
    const order = await makeLocked(program.deps, campaign)
    const [first, second] = [await look(campaign), await look(campaign)]
    const [, late] = await raceOf(program.deps, start(campaign, first), apart(start(campaign, second)))
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'charge_run_under_way', details: { run_id: first } } })
    await work(program.deps)
    expect(takenFor(program.simulator.ledger(), order.id)).toEqual([1300])
    expect(await verifyBooks(program.db, program.deps.clock.now())).toEqual([])
  })

  test('control: without the rule in the database both looks are started', async () => {
    const campaign = await makeCampaign(program.deps)
    await makeLocked(program.deps, campaign)
    const [first, second] = [await look(campaign), await look(campaign)]
    await asOwner('drop index charge_runs_one_at_a_time')
    const wrote = gate()
    const early = inTransaction(program.deps, async (tx) => {
      await start(campaign, first)(tx)
      wrote.open()
      await new Promise((resolve) => setTimeout(resolve, 200))
    })
    await wrote.opened
    await Promise.all([early, apart(start(campaign, second))()])
    expect(await running(campaign)).toBe(2)
    await work(program.deps)
    await asOwner(INDEX)
  })
})

describe('an amount changes while its turn comes', () => {
  async function begun() {
    const campaign = await makeCampaign(program.deps)
    const order = await makeLocked(program.deps, campaign)
    const run_id = await look(campaign)
    await apart(start(campaign, run_id))()
    await program.db.updateTable('charge_runs').set({ swept_at: program.deps.clock.now() }).where('id', '=', run_id).execute()
    const waive = (tx: Tx) =>
      settleOutside(tx, campaign.staff, {
        ...{ campaign_id: campaign.id, order_id: order.id, amount: 300, how: 'waived', reason: 'A test.' },
      })
    return { order, key: { campaign_id: campaign.id, run_id }, waive }
  }

  test('it waits for the change, and leaves the order out', async () => {
    const { order, key, waive } = await begun()
    const [, late] = await raceOf(
      program.deps,
      waive,
      apart((tx) => feedChargeRun(tx, key, 20)),
    )
    expect(late).toMatchObject({ status: 'fulfilled', value: { attempts: 0, orders: 1 } })
    await work(program.deps)
    const rows = await program.db
      .selectFrom('charge_run_orders')
      .select(['state', 'code'])
      .where('run_id', '=', key.run_id)
      .execute()
    expect(rows).toEqual([{ state: 'left_out', code: 'changed_since_preview' }])
    expect(await orderNow(program.deps, order.id)).toMatchObject({ status: 'locked', balance_due: 1000 })
    expect(takenFor(program.simulator.ledger(), order.id)).toEqual([])
  })

  test('control: without taking the row it sees the amount of before, and would charge what nobody signed off', async () => {
    const { key, waive } = await begun()
    const next = nextOrdersStatement(key, { retry_errored: false, limit: 20 })
    const wrote = gate()
    const changed = inTransaction(program.deps, async (tx) => {
      await waive(tx)
      wrote.open()
      await new Promise((resolve) => setTimeout(resolve, 300))
    })
    await wrote.opened
    const { rows } = await executeWrong(program.db, next, 'for no key update of o', '')
    await changed
    expect(rows).toMatchObject([{ left_out: null }])
    await work(program.deps)
  })
})
