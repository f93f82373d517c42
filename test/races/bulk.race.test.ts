import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import { carryOutTransition, transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { inTransaction, sqlState } from '../../src/domain/shared/tx.ts'
import { saveDraft } from '../../src/domain/surveys/drafts.ts'
import { makeBacker, makeCampaign, makeOrder, type TestCampaign } from '../factories/campaign.ts'
import { makeManyOrders } from '../factories/many-orders.ts'
import { gate, someoneWaits } from '../factories/two-at-once.ts'
import { useTestProgram } from '../setup/deps.ts'

/* A step over more orders than are moved at once: its worker is killed on the way, and people save while it holds their orders. */

const program = useTestProgram()
const MANY = 1_500

/** What an operation left behind, in counts. */
async function countsOf(campaign_id: string, operation_id: string) {
  const { rows } = await sql<
    Record<'state' | 'moved' | 'locked' | 'events' | 'orders' | 'versions', unknown>
  >`select p.state, p.moved,
      (select count(*) from orders o where o.campaign_id = p.campaign_id and o.status = 'locked') as locked,
      (select count(*) from events e where e.campaign_id = p.campaign_id and e.operation_id = p.id) as events,
      (select count(distinct e.order_id) from events e where e.campaign_id = p.campaign_id and e.operation_id = p.id) as orders,
      (select max(o.version) from orders o where o.campaign_id = p.campaign_id) as versions
    from operations p where p.campaign_id = ${campaign_id} and p.id = ${operation_id}`.execute(program.db)
  return rows[0]
}

const queueLock = (campaign: TestCampaign) =>
  inTransaction(program.deps, (tx) =>
    transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'lock', selection: { filter: {} } }),
  )

test('the worker is killed in the middle of a large lock: nothing moved, and the next worker moves each order once', async () => {
  const campaign = await makeCampaign(program.deps)
  await makeManyOrders(program.db, campaign.id, MANY)
  const { operation, state } = await queueLock(campaign)
  expect(state).toBe('queued')
  const holder = await program.pool.connect()
  try {
    // Somebody saves one of the last orders just now, so the worker waits for it with the others moved already.
    await holder.query('begin')
    await holder.query('select 1 from orders where campaign_id = $1 order by ctid desc limit 1 for update', [campaign.id])
    const child = fileURLToPath(new URL('operation-child.ts', import.meta.url))
    const worker = spawn(process.execPath, [child, program.url, campaign.id, operation], { stdio: 'inherit' })
    await someoneWaits(program.db, 20_000)
    worker.kill('SIGKILL')
    await once(worker, 'exit')
  } finally {
    await holder.query('rollback')
    holder.release()
  }
  await untilNobodyWorks()
  expect(await countsOf(campaign.id, operation)).toEqual({
    state: 'running',
    moved: 0,
    locked: 0,
    events: 0,
    orders: 0,
    versions: 1,
  })
  await program.deps.worker.runDue(program.deps.clock.now())
  const done = { state: 'done', moved: MANY, locked: MANY, events: MANY, orders: MANY, versions: 2 }
  expect(await countsOf(campaign.id, operation)).toEqual(done)
  await program.deps.worker.runDue(program.deps.clock.now())
  expect(await countsOf(campaign.id, operation)).toEqual(done)
})

/** The server ends what the dead worker had begun before anybody looks. */
async function untilNobodyWorks(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`.execute(program.db)
    if (rows[0]?.n === 0) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A backer confirms an edit while a large lock holds the orders until `save` has ended or four seconds are over. */
async function saveDuringLock(limits: { lock_timeout_ms?: number }) {
  const campaign = await makeCampaign(program.deps, { addon_price: 0 })
  const backer = await makeBacker(program.deps, campaign)
  const order = await makeOrder(program.deps, campaign, backer)
  await makeManyOrders(program.db, campaign.id, MANY)
  const ids = { campaign_id: campaign.id, backer_id: backer.id }
  const data = { addons: { [campaign.addon_id]: 2 } }
  await inTransaction(program.deps, (tx) => saveDraft(tx, campaign.staff, { ...ids, data }))
  const { operation } = await queueLock(campaign)
  const [wrote, finish] = [gate(), gate()]
  const locking = inTransaction(program.deps, async (tx) => {
    const result = await carryOutTransition(tx, campaign.staff, { campaign_id: campaign.id, operation_id: operation })
    wrote.open()
    await finish.opened
    return result
  })
  await wrote.opened
  const save = inTransaction(program.deps, (tx) => confirmSurvey(tx, campaign.staff, { ...ids, data }), limits).then(
    () => 'saved',
    (error: unknown) => sqlState(error) ?? (error as { code?: string }).code,
  )
  const during = await Promise.race([save, new Promise((resolve) => setTimeout(resolve, 4_500, 'waits'))])
  finish.open()
  expect(await locking).toMatchObject({ moved: MANY + 1 })
  const { db } = program
  return {
    during,
    after: await save,
    before: order,
    order: await db.selectFrom('orders').selectAll().where('backer_id', '=', backer.id).executeTakeFirstOrThrow(),
    draft: await db.selectFrom('drafts').selectAll().where('backer_id', '=', backer.id).executeTakeFirst(),
  }
}

test('a save that waits longer than three seconds for a large lock is told so, and nothing is lost', async () => {
  const { during, before, order, draft } = await saveDuringLock({})
  expect(during).toBe('55P03')
  expect(order).toMatchObject({ status: 'locked', version: 2, quote: before.quote, confirmed_version: before.confirmed_version })
  expect(draft).toMatchObject({ state: 'overtaken' })
  expect(JSON.stringify(draft)).toContain('"addons"')
}, 30_000)

test('control: without the limit it waits for as long as the lock takes', async () => {
  const { during, after, order } = await saveDuringLock({ lock_timeout_ms: 60_000 })
  expect(during).toBe('waits')
  expect(after).not.toBe('saved')
  expect(order).toMatchObject({ status: 'locked', version: 2 })
}, 30_000)
