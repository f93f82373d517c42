import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { makeCampaign, type TestCampaign } from '../../../test/factories/campaign.ts'
import { makeLocked, orderNow, putCard, takenFor, work } from '../../../test/factories/charging.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import { settleOutside } from '../orders/settle-outside.ts'
import { inTransaction } from '../shared/tx.ts'
import { verifyBooks } from '../verify.ts'
import { findSignedPreview, writeChargePreview } from './charge-run-preview.ts'
import { findChargeRun, listChargeRuns } from './charge-run-queries.ts'
import { startPreviewedRun, stopChargeRun } from './charge-runs.ts'
import { slowDown } from './feed-charge-run.ts'

/* What is looked at is what is charged: against the real simulator, whose ledger says what was taken. */

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '800', CHARGES_PER_SECOND: '200' } })
const DAY_MS = 24 * 3_600_000

const look = async (campaign: TestCampaign, retry_errored = false) =>
  await inTransaction(program.deps, (tx) =>
    writeChargePreview(tx, campaign.staff, { campaign_id: campaign.id, selection: { filter: {} }, retry_errored }),
  )
const start = async (campaign: TestCampaign, run_id: string) =>
  await inTransaction(program.deps, (tx) => startPreviewedRun(tx, campaign.staff, { campaign_id: campaign.id, run_id }))
const find = (campaign: TestCampaign, run_id: string) => findChargeRun(program.db, campaign.id, run_id, program.deps.clock.now())
const ordersOf = async (run_id: string) =>
  (await program.db.selectFrom('charge_run_orders').select('order_id').where('run_id', '=', run_id).execute()).length

async function expectBooks(): Promise<void> {
  expect(await verifyBooks(program.db, program.deps.clock.now())).toEqual([])
}

describe('what was looked at', () => {
  test('is written down, is no run before it is started, and is charged to the cent', async () => {
    const { deps, simulator } = program
    const campaign = await makeCampaign(deps)
    const good = await makeLocked(deps, campaign)
    await makeLocked(deps, campaign, { owed: 0, card: null })
    await makeLocked(deps, campaign, { owed: 30 })
    const seen = await look(campaign)
    expect(seen).toMatchObject({ total: 3, charge: { orders: 1, amount: 1300 }, nothing_owed: 1, run_under_way: null })
    await work(deps)
    expect(takenFor(simulator.ledger(), good.id)).toEqual([])
    expect((await listChargeRuns(deps.db, campaign.id)).data).toEqual([])
    expect(await findSignedPreview(deps.db, campaign.id, seen.run_id, deps.clock.now())).toMatchObject({
      counted: { charge: { orders: 1, amount: 1300 } },
      is_over: null,
    })
    const late = await makeLocked(deps, campaign)
    await start(campaign, seen.run_id)
    expect(await findSignedPreview(deps.db, campaign.id, seen.run_id, deps.clock.now())).toBeNull()
    await work(deps)
    expect(await find(campaign, seen.run_id)).toMatchObject({
      state: 'done',
      total: 3,
      orders: { succeeded: 1, nothing_owed: 1 },
    })
    expect(takenFor(simulator.ledger(), good.id)).toEqual([1300])
    // Locked after the look: nobody has signed it off.
    expect(takenFor(simulator.ledger(), late.id)).toEqual([])
    await expectBooks()
  })

  test('an order that owes another amount by its turn is left out and told; another card is no reason', async () => {
    const { deps, simulator } = program
    const campaign = await makeCampaign(deps)
    const changed = await makeLocked(deps, campaign)
    const renewed = await makeLocked(deps, campaign)
    const paid = await makeLocked(deps, campaign)
    const { run_id } = await look(campaign)
    const settle = (order_id: string, amount: number) =>
      inTransaction(deps, (tx) =>
        settleOutside(tx, campaign.staff, {
          campaign_id: campaign.id,
          order_id,
          amount,
          how: 'waived',
          reason: 'Broken in transit',
        }),
      )
    await settle(changed.id, 300)
    await settle(paid.id, 1300)
    await putCard(deps, campaign, renewed.backer_id, 'mastercard')
    await start(campaign, run_id)
    await work(deps)
    expect(await find(campaign, run_id)).toMatchObject({
      state: 'done',
      orders: { succeeded: 1, left_out: 2 },
      left: expect.arrayContaining([
        { code: 'changed_since_preview', count: 1, amount: 1300 },
        { code: 'wrong_status', count: 1, amount: 1300 },
      ]),
    })
    expect(await orderNow(deps, changed.id)).toMatchObject({ status: 'locked', balance_due: 1000, captured: 0 })
    expect(takenFor(simulator.ledger(), changed.id)).toEqual([])
    expect(takenFor(simulator.ledger(), renewed.id)).toEqual([1300])
    await expectBooks()
  })

  test('is refused after a day, and once another run was started; few are kept', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    await makeLocked(deps, campaign)
    await makeLocked(deps, campaign)
    const old = await look(campaign)
    deps.clock.advance(DAY_MS + 1)
    await expect(start(campaign, old.run_id)).rejects.toMatchObject({ code: 'preview_too_old' })
    const first = await look(campaign)
    const second = await look(campaign)
    expect(await ordersOf(old.run_id)).toBe(0)
    await start(campaign, second.run_id)
    await expect(start(campaign, first.run_id)).rejects.toMatchObject({
      code: 'charge_run_under_way',
      details: { run_id: second.run_id },
    })
    await inTransaction(deps, (tx) => stopChargeRun(tx, campaign.staff, { campaign_id: campaign.id, run_id: second.run_id }))
    await expect(start(campaign, first.run_id)).rejects.toMatchObject({ code: 'preview_overtaken' })
    await expect(start(campaign, second.run_id)).rejects.toMatchObject({ code: 'charge_run_state' })
    const looks = [await look(campaign), await look(campaign), await look(campaign), await look(campaign)]
    expect(await Promise.all(looks.map(({ run_id }) => ordersOf(run_id)))).toEqual([0, 2, 2, 2])
    await expect(start(campaign, looks[0]?.run_id ?? '')).rejects.toMatchObject({ code: 'preview_too_old' })
  })

  test('is nothing where nothing can be charged, while a run is under way, and for strangers', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const stranger = await makeCampaign(deps)
    await expect(look(campaign)).rejects.toMatchObject({ code: 'nothing_to_do' })
    await makeLocked(deps, campaign)
    const { run_id } = await look(campaign)
    const theirs = inTransaction(deps, (tx) => startPreviewedRun(tx, stranger.staff, { campaign_id: stranger.id, run_id }))
    await expect(theirs).rejects.toMatchObject({ code: 'not_found' })
    await start(campaign, run_id)
    await expect(look(campaign)).rejects.toMatchObject({ code: 'charge_run_under_way', details: { run_id } })
    await expect(start(campaign, run_id)).rejects.toMatchObject({ code: 'charge_run_under_way', details: { run_id } })
  })
})

describe('a gateway that does not answer', () => {
  test('pauses the run after some calls in a row, fails nothing, and the run goes on by itself once it answers', async () => {
    const { deps, simulator } = program
    const campaign = await makeCampaign(deps)
    const orders = []
    for (let n = 0; n < 9; n++) orders.push(await makeLocked(deps, campaign))
    const { run_id } = await look(campaign)
    // Every order sent before it notices is unknown; a slow pace keeps some of them waiting.
    await program.db.updateTable('charge_runs').set({ pace: 20, full_pace: 20 }).where('id', '=', run_id).execute()
    await start(campaign, run_id)
    await sql`update charge_runs set swept_at = created_at where id = ${run_id}`.execute(program.db)
    simulator.knobs({ is_down: true })
    await work(deps)
    const paused = await find(campaign, run_id)
    expect(paused).toMatchObject({
      state: 'paused',
      pause_code: 'gateway_silent',
      orders: { declined: 0, refused: 0, succeeded: 0 },
    })
    expect(paused.orders.unknown).toBeGreaterThanOrEqual(5)
    expect(paused.unknowns[0]?.count).toBe(paused.orders.unknown)
    for (const order of orders) expect((await orderNow(deps, order.id)).status).toBe('locked')
    simulator.knobs({ is_down: false })
    deps.clock.advance(60_000)
    await work(deps)
    deps.clock.advance(60_000)
    await work(deps)
    expect(await find(campaign, run_id)).toMatchObject({ state: 'done', pause_code: null, orders: { succeeded: 9 } })
    for (const order of orders) expect(takenFor(simulator.ledger(), order.id)).toEqual([1300])
    await expectBooks()
  })
})

test('a pace that was halved rises again after a quiet time, and never above what the run began with', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  await makeLocked(deps, campaign, { card: 'times_out_and_pays' })
  const { run_id } = await look(campaign)
  const key = { campaign_id: campaign.id, run_id }
  await start(campaign, run_id)
  await inTransaction(deps, (tx) => slowDown(tx, key))
  const { pace, full_pace } = await find(campaign, run_id)
  expect(pace).toBe(full_pace / 2)
  await work(deps)
  expect((await find(campaign, run_id)).pace).toBe(pace)
  deps.clock.advance(61_000)
  await work(deps)
  expect((await find(campaign, run_id)).pace).toBeCloseTo(pace + full_pace / 10)
})
