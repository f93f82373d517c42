import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeCampaign } from '../../../test/factories/campaign.ts'
import { applyReport, importReport, importWorld, uploadReport } from '../../../test/factories/import.ts'
import { type K5Row, k5Cells, k5Line, k5Report } from '../../../test/factories/report-file.ts'
import { useTestDatabase } from '../../../test/setup/database.ts'
import { confirmSurvey } from '../orders/change-order.ts'
import { inTransaction } from '../shared/tx.ts'
import { verifyBooks } from '../verify.ts'
import { listImportProblems } from './find-imports.ts'

const database = useTestDatabase()
const { now, parts, campaignOf, backersOf, everything } = importWorld(database)

test('a later report changes what the pledge is, never what was saved here; gone changes nothing', async () => {
  const { id, staff } = await campaignOf()
  await importReport(parts(), staff, id, k5Report([{}, {}, { 'Pledged Status': 'pending' }, {}, {}]))
  const saved = database.db.updateTable('backers').where('campaign_id', '=', id)
  await saved
    .set({ contact_saved_here: true, name: 'Right name', email: 'right@example.com' })
    .where('platform_uid', '=', '900000001')
    .execute()
  await saved.set({ survey: 'withdrawn' }).where('platform_uid', '=', '900000005').execute()
  const view = await uploadReport(
    parts(),
    staff,
    id,
    k5Report([
      { 'Pledge Amount': '$70.00', 'Bonus Support': '$9.00' },
      {
        Email: 'new@privaterelay.appleid.com',
        'Reward ID': '77',
        'Reward Title': 'Late',
        '[Addon: 700] Playmat': '2',
        Notes: 'moved',
      },
      {},
    ]) + k5Line(k5Cells(5, { Notes: 'x' })),
  )
  expect(view.counts).toEqual({ new: 0, changed: 4, unchanged: 0, problem: 0, twice: 0, gone: 1 })
  expect(view.outcomes).toEqual([
    { code: 'contact_kept', outcome: 'applied', count: 1 },
    { code: 'withdrawn_here', outcome: 'reported', count: 1 },
  ])
  expect(await applyReport(parts(), staff, id, view.id)).toMatchObject({ imported: 3, reported: 1 })
  const backers = await backersOf(id)
  expect(backers.get('900000001')).toMatchObject({
    name: 'Right name',
    email: 'right@example.com',
    pledge_amount: 7000,
    pledge_bonus: 900,
    version: 2,
  })
  expect(backers.get('900000002')).toMatchObject({ email_state: 'relay', report_note: 'moved' })
  expect(backers.get('900000003')).toMatchObject({ pledge_status: 'collected', survey: 'not_sent' })
  expect(backers.get('900000004')).toMatchObject({ version: 1 })
  expect(backers.get('900000005')).toMatchObject({ survey: 'withdrawn', report_note: '' })
  const pledged = await database.db.selectFrom('pledged_addons').selectAll().where('campaign_id', '=', id).execute()
  expect(pledged).toMatchObject([{ backer_id: backers.get('900000002')?.id, quantity: 2 }])
  const late = await database.db
    .selectFrom('levels')
    .selectAll()
    .where('campaign_id', '=', id)
    .where('platform_reward_id', '=', '77')
    .executeTakeFirstOrThrow()
  expect(backers.get('900000002')?.level_id).toBe(late.id)
})

test('statuses: waiting comes back when the money does, withdrawn closes, a staff decision stays', async () => {
  const { id, staff } = await campaignOf()
  const words = ['pending', 'errored', 'collected', 'pending', 'On the moon', 'canceled']
  await importReport(parts(), staff, id, k5Report(words.map((word) => ({ 'Pledged Status': word }))))
  const uid = (n: number) => `90000000${n}`
  const save = database.db.updateTable('backers').where('campaign_id', '=', id)
  await save.set({ survey: 'sent', survey_sent_at: now }).where('platform_uid', '=', uid(3)).execute()
  await save.set({ survey_sent_at: now, survey_started_at: now }).where('platform_uid', '=', uid(2)).execute()
  const decided = (await backersOf(id)).get(uid(4))
  await save.set({ survey: 'not_sent' }).where('platform_uid', '=', uid(4)).execute()
  await database.db
    .insertInto('events')
    .values({ campaign_id: id, backer_id: decided?.id ?? null, kind: 'pledge_decided', actor_kind: 'staff', at: now } as never)
    .execute()
  const next = ['collected', 'collected', 'refunded', 'errored', 'dropped', 'collected']
  const { counts } = await importReport(parts(), staff, id, k5Report(next.map((word) => ({ 'Pledged Status': word }))))
  expect(counts).toMatchObject({ changed: 6, imported: 6, reported: 0 })
  const backers = await backersOf(id)
  expect([1, 2, 3, 4, 5, 6].map((n) => `${backers.get(uid(n))?.pledge_status} ${backers.get(uid(n))?.survey}`)).toEqual([
    'collected not_sent',
    'collected started',
    'refunded withdrawn',
    'pending not_sent',
    'dropped not_sent',
    'collected not_sent',
  ])
})

/** A campaign whose first `n` backers have confirmed orders. */
async function withOrders(n: number) {
  const { id, staff } = await makeCampaign(parts())
  await importReport(parts(), staff, id, k5Report(Array.from({ length: n }, () => ({}))))
  await database.db
    .updateTable('addons')
    .set({ platform_price: 2500 })
    .where('campaign_id', '=', id)
    .where('platform_addon_id', 'is not', null)
    .execute()
  const address = { name: 'A', line1: 'Musterstraße 7', city: 'Berlin', postcode: '10115', country: 'DE' }
  for (const backer of (await backersOf(id)).values()) {
    await inTransaction(parts(), (tx) =>
      confirmSurvey(tx, staff, { campaign_id: id, backer_id: backer.id, data: { address } as never }),
    )
  }
  const orderOf = async (uid: string) =>
    await database.db
      .selectFrom('orders as o')
      .innerJoin('backers as b', (join) => join.onRef('b.campaign_id', '=', 'o.campaign_id').onRef('b.id', '=', 'o.backer_id'))
      .selectAll('o')
      .where('o.campaign_id', '=', id)
      .where('b.platform_uid', '=', uid)
      .executeTakeFirstOrThrow()
  return { id, staff, orderOf }
}

test('orders: an open one changes its amount only or is held; one past open is listed, not touched', async () => {
  const { id, staff, orderOf } = await withOrders(6)
  await sql`update orders set status = 'locked', locked_at = ${now} from backers b where orders.campaign_id = ${id} and b.id = orders.backer_id and b.platform_uid = '900000003'`.execute(
    database.db,
  )
  const lockedBefore = await orderOf('900000003')
  await sql`update events set to_status = 'locked' where order_id = ${lockedBefore.id}`
    .execute(database.db)
    .catch(() => undefined)
  const view = await uploadReport(
    parts(),
    staff,
    id,
    k5Report([
      { 'Pledge Amount': '$66.00', 'Bonus Support': '$5.00', 'Backer Name': 'Somebody else', '[Addon: 700] Playmat': '3' },
      { 'Pledged Status': 'refunded' },
      { 'Pledged Status': 'canceled' },
      { 'Pledged Status': 'dropped' },
      { 'Pledged Status': 'errored' },
      { Notes: 'only a note' },
    ]),
  )
  expect(view.outcomes).toEqual([
    { code: 'pledge_amount_only', outcome: 'applied', count: 3 },
    { code: 'order_past_open', outcome: 'reported', count: 1 },
    { code: 'pledge_waiting', outcome: 'reported', count: 1 },
    { code: 'pledge_withdrawn', outcome: 'reported', count: 1 },
  ])
  expect(await applyReport(parts(), staff, id, view.id)).toMatchObject({
    changed: 6,
    imported: 3,
    reported: 3,
    repriced: 2,
    held: 2,
  })
  const backers = await backersOf(id)
  expect(await orderOf('900000001')).toMatchObject({ status: 'open', version: 2, balance_due: -500 })
  expect(backers.get('900000001')).toMatchObject({ name: 'Backer 1', pledge_amount: 6600 })
  expect(await orderOf('900000002')).toMatchObject({
    status: 'open',
    version: 2,
    hold_reason: 'pledge_withdrawn',
    balance_due: 0,
  })
  expect(await orderOf('900000003')).toEqual(lockedBefore)
  expect(backers.get('900000003')).toMatchObject({ pledge_status: 'collected', version: 1 })
  expect(await orderOf('900000004')).toMatchObject({ version: 2, balance_due: 6100 })
  expect(await orderOf('900000005')).toMatchObject({ version: 2, hold_reason: 'pledge_waiting' })
  expect(await orderOf('900000006')).toMatchObject({ version: 1, balance_due: 0 })
  expect(await database.db.selectFrom('pledged_addons').selectAll().where('campaign_id', '=', id).execute()).toEqual([])
  const violations = await verifyBooks(database.db, now)
  expect(violations.filter(({ id: order_id }) => order_id !== lockedBefore.id)).toEqual([])
  const held = await database.db
    .selectFrom('events')
    .selectAll()
    .where('campaign_id', '=', id)
    .where('kind', '=', 'held')
    .execute()
  expect(held.map(({ code, order_version }) => `${code} ${order_version}`).sort()).toEqual([
    'pledge_waiting 2',
    'pledge_withdrawn 2',
  ])
  const { rows } = await listImportProblems(database.db, { campaign_id: id, import_id: view.id })
  expect(rows.map(({ problems }) => problems.map(({ code }) => code))).toEqual([
    ['pledge_withdrawn'],
    ['order_past_open'],
    ['pledge_waiting'],
  ])
  const again = await importReport(
    parts(),
    staff,
    id,
    k5Report([{}, { 'Pledged Status': 'refunded' }, { 'Pledged Status': 'canceled' }]),
  )
  expect(again.counts).toMatchObject({ changed: 2, unchanged: 1, reported: 1, held: 0 })
})

test('what was renamed or deleted here is neither made again nor renamed back', async () => {
  const { id, staff } = await campaignOf()
  const rows: K5Row[] = [{ 'Survey Response': '2023/12/10, 08:10', 'Which colour?': 'Blue', '[Addon: 700] Playmat': '1' }]
  await importReport(parts(), staff, id, k5Report(rows))
  await database.db
    .updateTable('items')
    .set({ name: 'Tidebreakers, the game' })
    .where('campaign_id', '=', id)
    .where('name', '=', 'Core Game')
    .execute()
  await database.db.updateTable('addons').set({ name: 'Mat' }).where('campaign_id', '=', id).execute()
  await database.db.updateTable('levels').set({ name: 'Core', price: 5000 }).where('campaign_id', '=', id).execute()
  await database.db.updateTable('questions').set({ prompt: 'Colour?' }).where('campaign_id', '=', id).execute()
  const names = await everything(id)
  await importReport(parts(), staff, id, k5Report(rows))
  expect(await everything(id)).toEqual(names)
  await importReport(parts(), staff, id, k5Report([{ ...rows[0], 'Which colour?': 'Red' }]))
  const [backer] = (await backersOf(id)).values()
  const question = await database.db.selectFrom('questions').select('id').where('campaign_id', '=', id).executeTakeFirstOrThrow()
  expect(backer?.prefill).toMatchObject({ answers: { [question.id]: 'Red' } })
  await database.db.deleteFrom('questions').where('campaign_id', '=', id).execute()
  await importReport(parts(), staff, id, k5Report(rows))
  expect(await database.db.selectFrom('questions').select('id').where('campaign_id', '=', id).execute()).toEqual([])
})
