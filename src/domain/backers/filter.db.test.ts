import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeBacker, makeCampaign, makeOrder } from '../../../test/factories/campaign.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import { countOrders, listOrders } from '../orders/queries.ts'
import { countBackers, listBackers } from './queries.ts'

const program = useTestProgram()

test('search finds by every part of name, mail and note, in every script, and by numbers, in its own campaign only', async () => {
  const campaign = await makeCampaign(program.deps)
  const other = await makeCampaign(program.deps)
  const facts = {
    name: 'Мария Wolfe-王伟 100%',
    email: 'm.wolfe_1@example.com',
    staff_note: 'Fragile: glass',
    report_note: 'Gift',
  }
  const backer = await makeBacker(program.deps, campaign, { ...facts, platform_number: 4711, platform_uid: '900004711' })
  await makeBacker(program.deps, other, { ...facts, platform_number: 4711, platform_uid: '900004711' })
  await makeBacker(program.deps, campaign, {
    name: 'Zoë Müller',
    email: 'zoe@example.net',
    platform_number: 815,
    platform_uid: 'uid-of-zoe',
  })
  const order = await makeOrder(program.deps, campaign, backer)
  const numbers = ['4711', '#4711', '900004711', String(order.number), `#${order.number}`]
  for (const q of ['арИ', '伟', 'olfe', 'WOLFE_1@', 'glas', 'gift', 'wolfe glass', '100%', 'мар 4711', ...numbers]) {
    const found = await listBackers(program.db, campaign.id, { filter: { q } })
    expect(
      found.data.map(({ id }) => id),
      q,
    ).toEqual([backer.id])
    const orders = await listOrders(program.db, campaign.id, { now: new Date(), filter: { q } })
    expect(
      orders.data.map(({ id }) => id),
      q,
    ).toEqual([order.id])
  }
  for (const q of ['wolfe nobody', '47110', '#1234567890123456789', 'w%fe', 'com fragile:x', 'olfe_王']) {
    expect(await countBackers(program.db, campaign.id, { q }), q).toBe(0)
  }
})

test('the orders of countries are those that are counted, by the pledge where nothing ships, page by page', async () => {
  const campaign = await makeCampaign(program.deps)
  for (const [at, [country, pledge_country]] of [
    ['DE', 'DE'],
    ['FR', 'DE'],
    [null, 'FR'],
    [null, 'DE'],
    ['FR', 'FR'],
    [null, null],
  ].entries()) {
    const backer = await makeBacker(program.deps, campaign, { name: `Backer ${at}`, pledge_country })
    const { id } = await makeOrder(program.deps, campaign, backer)
    await sql`update orders set country = ${country} where id = ${id}`.execute(program.db)
  }
  for (const country of [['DE'], ['FR'], ['DE', 'FR'], ['US'], ['none'], ['DE', 'none']]) {
    const filter = { country }
    const names: string[] = []
    let cursor: string | undefined
    do {
      const page = await listOrders(program.db, campaign.id, { now: new Date(), filter, limit: 2, sort: '-number', cursor })
      names.push(...page.data.map(({ backer }) => backer.name))
      cursor = page.next_cursor ?? undefined
    } while (cursor)
    expect(names).toEqual([...new Set(names)].sort().reverse())
    expect(names.length).toBe((await countOrders(program.db, campaign.id, filter)).orders)
  }
})

test('where the extension for quick search is missing, search finds the same', async () => {
  const { rows } = await sql<{
    name: string
  }>`select indexname as name from pg_indexes where indexname = 'backers_search'`.execute(program.db)
  expect(rows).toEqual([{ name: 'backers_search' }])
  const campaign = await makeCampaign(program.deps)
  const backer = await makeBacker(program.deps, campaign, { name: 'Ottilie Grün' })
  const find = async () => (await listBackers(program.db, campaign.id, { filter: { q: 'tili' } })).data.map(({ id }) => id)
  expect(await find()).toEqual([backer.id])
  await program.db.transaction().execute(async (db) => {
    await sql`select set_config('enable_bitmapscan', 'off', true), set_config('enable_indexscan', 'off', true)`.execute(db)
    const found = await listBackers(db, campaign.id, { filter: { q: 'tili' } })
    expect(found.data.map(({ id }) => id)).toEqual([backer.id])
  })
})
