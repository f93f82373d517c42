import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeBacker, makeCampaign, makeOrder, type TestCampaign } from '../../../test/factories/campaign.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import { listOrders } from '../orders/queries.ts'
import { type Db, inTransaction } from '../shared/tx.ts'
import { correctContact } from './correct-contact.ts'
import { countBackers, listBackers } from './queries.ts'
import { saveNote } from './save-note.ts'

const program = useTestProgram()

const FACTS = {
  name: 'Мария Wolfe-王伟 Müller محمد 100%',
  email: 'm.wolfe_1@example.com',
  staff_note: 'Fragile: glass',
  report_note: 'Gift for ｋｉｍ',
  platform_number: 4711,
  platform_uid: '900004711',
}

/** What finds them: a fragment of each part, in every script, short and long. */
const FOUND = [
  ...['арИ', 'М', '伟', '王伟', 'محم', 'م', 'olfe', 'WOLFE_1@', 'muller', 'Müll', 'glas', 'gift', 'kim', 'wolfe glass', '100%'],
  ...['мар 4711', '4711', '471', '#4711', '900004711', '0004'],
]
const NOT_FOUND = ['wolfe nobody', '47110', '#471', '#1234567890123456789', 'w%fe', 'com fragile:x', 'olfe_王']

async function makeMaria(campaign: TestCampaign) {
  const backer = await makeBacker(program.deps, campaign, FACTS)
  const other = { name: 'Zoë Kern', email: 'zoe@example.net', platform_number: 815, platform_uid: 'uid-of-zoe' }
  await makeBacker(program.deps, campaign, other)
  const order = await makeOrder(program.deps, campaign, backer)
  return { backer, order }
}

async function idsOf(db: Db, campaign: TestCampaign, q: string): Promise<string[]> {
  return (await listBackers(db, campaign.id, { filter: { q } })).data.map(({ id }) => id)
}

test('search finds by any fragment of name, mail, numbers and notes, in every script, in its own campaign only', async () => {
  const campaign = await makeCampaign(program.deps)
  await makeBacker(program.deps, await makeCampaign(program.deps), FACTS)
  const { backer, order } = await makeMaria(campaign)
  for (const q of [...FOUND, `#${order.number}`]) {
    expect(await idsOf(program.db, campaign, q), q).toEqual([backer.id])
    const orders = await listOrders(program.db, campaign.id, { now: new Date(), filter: { q } })
    expect(
      orders.data.map(({ id }) => id),
      q,
    ).toEqual([order.id])
  }
  for (const q of NOT_FOUND) expect(await countBackers(program.db, campaign.id, { q }), q).toBe(0)
})

test('where the extension for quick search is missing, search finds the same', async () => {
  const { rows } = await sql<{ name: string }>`select indexname as name from pg_indexes
    where indexdef like '%gin_trgm_ops%' order by 1`.execute(program.db)
  expect(rows.map(({ name }) => name)).toEqual(['backer_search_text', 'payment_attempts_search', 'payment_methods_search'])
  const campaign = await makeCampaign(program.deps)
  const { backer } = await makeMaria(campaign)
  await program.db.transaction().execute(async (db) => {
    await sql`select set_config('enable_bitmapscan', 'off', true), set_config('enable_indexscan', 'off', true)`.execute(db)
    for (const q of FOUND) expect(await idsOf(db, campaign, q), q).toEqual([backer.id])
    for (const q of NOT_FOUND) expect(await idsOf(db, campaign, q), q).toEqual([])
  })
})

test('the index of search knows the letters of every script', async () => {
  const { rows } = await sql<{ cyrillic: string[]; han: string[]; arabic: string[] }>`select show_trgm('мария') as cyrillic,
    show_trgm('王小伟') as han, show_trgm('محمد') as arabic`.execute(program.db)
  expect(rows.flatMap((row) => Object.values(row)).every((trigrams) => trigrams.length > 3)).toBe(true)
})

test('a corrected name, a new note and an order number are found at once, and the old name no more', async () => {
  const campaign = await makeCampaign(program.deps)
  const backer = await makeBacker(program.deps, campaign, { name: 'Ottilie Grün' })
  const key = { campaign_id: campaign.id, backer_id: backer.id }
  await inTransaction(program.deps, (tx) => correctContact(tx, campaign.staff, { ...key, name: 'Odile Braun' }))
  await inTransaction(program.deps, (tx) => saveNote(tx, campaign.staff, { ...key, note: 'prefers mornings' }))
  expect(await idsOf(program.db, campaign, 'ttili')).toEqual([])
  expect(await idsOf(program.db, campaign, 'brau morn')).toEqual([backer.id])
  const order = await makeOrder(program.deps, campaign, backer)
  expect(await idsOf(program.db, campaign, `#${order.number}`)).toEqual([backer.id])
})

test('a payment, a card and a customer of the gateway are found by a fragment of their ids', async () => {
  const campaign = await makeCampaign(program.deps)
  const { backer, order } = await makeMaria(campaign)
  const key = { campaign_id: campaign.id, id: backer.id }
  await sql`insert into payment_methods (campaign_id, id, backer_id, gateway_account, gateway_customer, mode, gateway_id, brand, last4,
      exp_month, exp_year, state, created_at)
    values (${key.campaign_id}, ${key.id}, ${key.id}, 'acct', 'cus_TkQ0aLm8', 'test', 'pm_1SRwEx4', 'visa', '4242', 1, 2040, 'usable', now())`.execute(
    program.db,
  )
  await sql`insert into payment_attempts (campaign_id, id, order_id, number, key, amount, currency, payment_method_id, state, request,
      gateway_account, card, payment, source, is_booked, created_at, updated_at)
    values (${key.campaign_id}, ${key.id}, ${order.id}, 1, 'key', 1, 'USD', ${key.id}, 'succeeded', '{}', 'acct', 'card', 'pi_3SRxYzAb9Q',
      'run', true, now(), now())`.execute(program.db)
  for (const q of ['pi_3SRxYzAb9Q', '3SRxYz', 'pm_1SRwEx4', '1SRwEx', 'cus_TkQ0aLm8', 'TkQ0aLm', 'wolfe pi_3SR', 'wolfe_1']) {
    expect(await idsOf(program.db, campaign, q), q).toEqual([backer.id])
  }
  // Too short to be meant, and another's.
  for (const q of ['SRx', 'pi_3SRxYzAb9Z', 'zoe pi_3SRxYzAb9Q']) expect(await idsOf(program.db, campaign, q), q).toEqual([])
})
