import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeBacker, makeCampaign, makeOrder, type TestCampaign } from '../../test/factories/campaign.ts'
import { makeManyOrders } from '../../test/factories/many-orders.ts'
import { gate } from '../../test/factories/two-at-once.ts'
import { useTestProgram } from '../../test/setup/deps.ts'
import { receiveUpload } from '../domain/imports/receive-upload.ts'
import { queueMessage } from '../domain/messages/queue-message.ts'
import { takeOperation } from '../domain/operations/run-state.ts'
import { scheduleNotice, withdrawNotice } from '../domain/orders/notices.ts'
import { transitionOrders } from '../domain/orders/transition-orders.ts'
import { inTransaction } from '../domain/shared/tx.ts'
import { newId } from '../lib/id.ts'
import { runOperation } from './run-operation.ts'
import { createWorker } from './worker.ts'

const program = useTestProgram()
const runDue = () => program.deps.worker.runDue(program.deps.clock.now())
const hours = (count: number) => count * 3_600_000

async function orders(campaign: TestCampaign, count: number) {
  const made = []
  for (let n = 0; n < count; n++) {
    made.push(await makeOrder(program.deps, campaign, await makeBacker(program.deps, campaign)))
  }
  return made
}
const statusOf = async (id: string) =>
  (await program.db.selectFrom('orders').select('status').where('id', '=', id).executeTakeFirstOrThrow()).status
const operationOf = (id: string) => program.db.selectFrom('operations').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

/** An operation as a large transition leaves it for the worker. */
async function queueOperation(campaign: TestCampaign, over: object = {}): Promise<string> {
  const id = newId()
  await program.db
    .insertInto('operations')
    .values({
      campaign_id: campaign.id,
      id,
      kind: 'lock',
      state: 'queued',
      input: JSON.stringify({ selection: { filter: {} }, reason_id: null }),
      actor_kind: 'staff',
      actor_id: campaign.staff.id,
      created_at: program.deps.clock.now(),
      ...over,
    } as never)
    .execute()
  return id
}

test.each(['queued', 'running'])('an operation that a killed worker left %s is found and carried out, once', async (state) => {
  const campaign = await makeCampaign(program.deps)
  const [order] = await orders(campaign, 2)
  const operation = await queueOperation(campaign, { state })
  expect(await program.deps.worker.isIdle()).toBe(false)
  await Promise.all([runDue(), createWorker(program.deps).runDue(program.deps.clock.now())])
  expect(await operationOf(operation)).toMatchObject({ state: 'done', moved: 2, total: 2 })
  expect(await statusOf(order?.id ?? '')).toBe('locked')
  const { rows } = await sql`select order_id from events where operation_id = ${operation} and kind = 'lock'`.execute(program.db)
  expect(rows).toHaveLength(2)
  expect(await program.deps.worker.isIdle()).toBe(true)
})

test('an operation in another worker\u2019s hands is left alone', async () => {
  const campaign = await makeCampaign(program.deps)
  await orders(campaign, 1)
  const operation = await queueOperation(campaign)
  const key = { campaign_id: campaign.id, operation_id: operation }
  const [taken, finish] = [gate(), gate()]
  const other = inTransaction(program.deps, async (tx) => {
    await takeOperation(tx, key)
    taken.open()
    await finish.opened
  })
  await taken.opened
  expect(await runOperation(program.deps, key)).toBe(false)
  expect(await operationOf(operation)).toMatchObject({ state: 'queued' })
  finish.open()
  await other
  expect(await runOperation(program.deps, key)).toBe(true)
  expect(await runOperation(program.deps, key)).toBe(false)
})

test('an operation that cannot be carried out fails with a sentence, and nothing of it is done', async () => {
  const campaign = await makeCampaign(program.deps)
  const [order] = await orders(campaign, 1)
  const operation = await queueOperation(campaign, { kind: 'fold_paper' })
  await runDue()
  expect(await operationOf(operation)).toMatchObject({
    state: 'failed',
    moved: 0,
    failure: expect.stringContaining('Something went wrong'),
  })
  expect(await statusOf(order?.id ?? '')).toBe('open')
  expect(await program.deps.worker.isIdle()).toBe(true)
})

test('a large transition is queued and carried out by the worker', async () => {
  const campaign = await makeCampaign(program.deps)
  await orders(campaign, 1)
  await makeManyOrders(program.db, campaign.id, 1_001)
  const input = { campaign_id: campaign.id, name: 'lock' as const, selection: { filter: { status: ['open' as const] } } }
  const answer = await inTransaction(program.deps, (tx) => transitionOrders(tx, campaign.staff, input))
  expect(answer).toMatchObject({ state: 'queued', total: 1002, moved: 0 })
  await runDue()
  expect(await operationOf(answer.operation)).toMatchObject({ state: 'done', moved: 1002 })
})

test('a notice locks exactly the orders it named when its time has come; its mails leave before', async () => {
  const campaign = await makeCampaign(program.deps)
  const named = await orders(campaign, 2)
  await inTransaction(program.deps, (tx) =>
    scheduleNotice(tx, campaign.staff, { campaign_id: campaign.id, selection: { filter: {} } }),
  )
  const [later] = await orders(campaign, 1)
  program.deps.clock.advance(hours(47))
  await runDue()
  expect(await statusOf(named[0]?.id ?? '')).toBe('open')
  program.deps.clock.advance(hours(1) + 1)
  expect(await program.deps.worker.isIdle()).toBe(false)
  await runDue()
  for (const order of named) expect(await statusOf(order.id)).toBe('locked')
  expect(await statusOf(later?.id ?? '')).toBe('open')
  const mails = await program.db
    .selectFrom('messages')
    .select(['state', 'kept'])
    .where('campaign_id', '=', campaign.id)
    .where('kind', '=', 'lock_notice')
    .execute()
  expect(mails.map(({ state }) => state)).toEqual(['sent', 'sent'])
  expect(mails[0]?.kept?.text).toMatch(/Locked on: \w+, \d+ \w+ \d{4} at \d\d:\d\d/)
})

test('a notice withdrawn before its mail left tells of the withdrawal only', async () => {
  const campaign = await makeCampaign(program.deps)
  const [order] = await orders(campaign, 1)
  await runDue()
  const notice = await inTransaction(program.deps, (tx) =>
    scheduleNotice(tx, campaign.staff, { campaign_id: campaign.id, selection: { ids: [order?.id ?? ''] } }),
  )
  await inTransaction(program.deps, (tx) =>
    withdrawNotice(tx, campaign.staff, { campaign_id: campaign.id, notice_id: notice.id }),
  )
  await runDue()
  const { rows } =
    await sql`select kind, state, error from messages where campaign_id = ${campaign.id} and kind like 'lock%' order by kind`.execute(
      program.db,
    )
  expect(rows).toEqual([
    { kind: 'lock_notice', state: 'suppressed', error: 'notice_over' },
    { kind: 'lock_notice_withdrawn', state: 'sent', error: null },
  ])
})

test('an upload that waits is read', async () => {
  const campaign = await makeCampaign(program.deps)
  const body = (async function* () {
    yield Buffer.from('Nothing,like,a,report\r\n1,2,3,4\r\n')
  })()
  const { import_id } = await receiveUpload(program.deps, campaign.staff, { campaign_id: campaign.id, file_name: 'x.csv', body })
  expect(await program.deps.worker.isIdle()).toBe(false)
  await runDue()
  const found = await program.db.selectFrom('imports').select('state').where('id', '=', import_id).executeTakeFirstOrThrow()
  expect(found.state).toBe('refused')
  expect(await program.deps.worker.isIdle()).toBe(true)
})

test('a started worker does by itself what is announced, says that it works, and stops', async () => {
  const campaign = await makeCampaign(program.deps)
  const backer = await makeBacker(program.deps, campaign)
  const worker = createWorker(program.deps)
  await worker.start()
  expect(worker.fault()).toBeNull()
  await inTransaction(program.deps, (tx) =>
    queueMessage(tx, { campaign_id: campaign.id, backer_id: backer.id, kind: 'link', occasion: 'now' }),
  )
  const state = async () =>
    (await program.db.selectFrom('messages').select('state').where('backer_id', '=', backer.id).executeTakeFirstOrThrow()).state
  await expect.poll(state, { timeout: 8_000, interval: 100 }).toBe('sent')
  await worker.stop()
  expect(worker.fault()).toBe('It was stopped')
  expect(await worker.isIdle()).toBe(true)
})
