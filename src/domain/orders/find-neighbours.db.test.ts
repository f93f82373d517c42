import { expect, test } from 'vitest'
import { makeBacker, makeCampaign, makeOrder } from '../../../test/factories/campaign.ts'
import { useTestDatabase } from '../../../test/setup/database.ts'
import { explainSearch } from '../backers/search-hits.ts'
import { inTransaction } from '../shared/tx.ts'
import { findNeighbours, type Neighbours } from './find-neighbours.ts'
import { ORDER_SORTS, type OrderSort } from './list-sorts.ts'
import { listOrders } from './queries.ts'
import { transitionOrders } from './transition-orders.ts'

const program = useTestDatabase()
const now = new Date('2026-11-02T09:00:00Z')
const parts = () => ({ db: program.db, clock: { now: () => now }, enqueue: async () => undefined })

/** Five orders, three of them of the same name. */
async function fiveOrders() {
  const campaign = await makeCampaign(parts())
  for (const name of ['Zoë', 'Ada', 'Zoë', 'Éloïse', 'Zoë']) {
    await makeOrder(parts(), campaign, await makeBacker(parts(), campaign, { name }))
  }
  return campaign
}

const idsOf = async (campaign_id: string, sort: OrderSort, filter = {}) =>
  (await listOrders(program.db, campaign_id, { now, sort, filter })).data.map(({ id }) => id)

test('are those of the list, in every sorting and both ways, also among rows of one value', async () => {
  const campaign = await fiveOrders()
  for (const sort of ORDER_SORTS.flatMap((key) => [key, `-${key}`] as const)) {
    const ids = await idsOf(campaign.id, sort)
    expect(ids.length).toBe(5)
    const found: Neighbours[] = []
    for (const order_id of ids) found.push(await findNeighbours(program.db, { campaign_id: campaign.id, order_id }, { sort }))
    const expected = ids.map((_, at) => ({ previous: ids[at - 1] ?? null, next: ids[at + 1] ?? null }))
    expect(found, sort).toEqual(expected)
  }
})

test('an order that has left the filter keeps its place between those that are in it', async () => {
  const campaign = await fiveOrders()
  const key = { campaign_id: campaign.id }
  const [first, second, third] = await idsOf(campaign.id, 'number')
  const order_id = second ?? ''
  await inTransaction(parts(), (tx) =>
    transitionOrders(tx, campaign.staff, { ...key, name: 'lock', selection: { ids: [order_id] } }),
  )
  const filter = { status: ['open' as const], country: ['DE'] }
  expect(await findNeighbours(program.db, { ...key, order_id }, { filter })).toEqual({ previous: first, next: third })
  expect(await findNeighbours(program.db, { ...key, order_id: first ?? '' }, { filter })).toEqual({ previous: null, next: third })
})

test('an order of another campaign has none', async () => {
  const [here, there] = [await fiveOrders(), await fiveOrders()]
  const [order_id = ''] = await idsOf(there.id, 'number')
  expect(await findNeighbours(program.db, { campaign_id: here.id, order_id }, {})).toEqual({ previous: null, next: null })
})

test('a search is explained for the rows that it found, whether they have an order or not', async () => {
  const campaign = await makeCampaign(parts())
  const asked = await makeBacker(parts(), campaign, { name: 'Zoë', email: 'z@example.org', staff_note: 'Wants gift wrapping' })
  const ordered = await makeBacker(parts(), campaign, { name: 'Ada', email: 'gift@example.org' })
  await makeOrder(parts(), campaign, ordered)
  const search = { q: 'GIFT', backer_ids: [asked.id, ordered.id] }
  expect(await explainSearch(program.db, campaign.id, search)).toEqual({
    [asked.id]: [{ field: 'staff_note', before: 'Wants ', match: 'gift', after: ' wrapping' }],
    [ordered.id]: [{ field: 'email', before: '', match: 'gift', after: '@example.org' }],
  })
  expect(await explainSearch(program.db, campaign.id, { ...search, q: undefined })).toEqual({})
})
