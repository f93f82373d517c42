import { writeCursor } from '../../src/domain/shared/page.ts'
import { compare, median, type Result, shown } from '../measure.ts'
import type { BenchCampaign } from '../setup/bench-campaign.ts'
import { type Api, apiOf } from '../setup/http.ts'
import type { World } from '../setup/world.ts'

const CALLS = 20

/** One campaign as a list sees it. */
interface Listed {
  campaign: BenchCampaign
  orders: number
  /** a backer's own part of a name, their mail address, order number and card at the gateway: of one who comes late in the list */
  word: string
  email: string
  number: number
  card: string
  level: string
  country: string
}

type QueryOf = (listed: Listed) => Record<string, string>

/** What both lists are searched and narrowed by. */
const SHARED: Record<string, QueryOf> = {
  first: () => ({}),
  'by level and country': ({ level, country }) => ({ level, country }),
  'by name': () => ({ sort: 'name' }),
  'search, part of a name': ({ word }) => ({ q: word.slice(1, 7) }),
  'search, part of a mail address': ({ email }) => ({ q: email.slice(3, 20) }),
  'search, number': ({ number }) => ({ q: `#${number}` }),
  'search, part of a payment id': ({ card }) => ({ q: card }),
}

/** A place nine tenths down the list: of orders, whose numbers begin at 10,000, and of backers, whose numbers begin at 1. */
const place = (number: number, id: string | number) => ({ cursor: writeCursor('number', [Math.round(number), id]) })
const NO_ID = '00000000-0000-7000-8000-000000000000'

const QUERIES: Record<string, Record<string, QueryOf>> = {
  orders: {
    ...SHARED,
    deep: ({ orders }) => place(10_000 + orders * 0.9, 10_000 + Math.round(orders * 0.9)),
    'by status': () => ({ status: 'open' }),
  },
  backers: { ...SHARED, deep: ({ orders }) => place(orders * 0.9, NO_ID), 'by survey': () => ({ survey: 'sent' }) },
}

/** Fragments that no index helps with: one or two signs, and such as everybody has. Shown, with all orders. */
const HARD = { 'one sign that few have': '伟', 'two signs that nobody has': 'żż', 'a part of every address': 'example' }

/** The same page of the same list over a hundred times as many orders: through the API, one call after the other. */
export async function benchLists(world: World): Promise<Result[]> {
  const small = await listed(world, await world.small())
  const large = await listed(world, await world.large())
  const { url } = await world.program()
  const api = apiOf(url, world.key)
  const results: Result[] = []
  for (const [list, queries] of Object.entries(QUERIES)) {
    for (const [name, queryOf] of Object.entries(queries)) {
      const timesOf = (of: Listed) =>
        medianOf(api, `/campaigns/${of.campaign.id}/${list}?${new URLSearchParams(queryOf(of))}`, name)
      await timesOf(small)
      const sides = { ours: () => timesOf(large), limit: () => timesOf(small) }
      results.push(await compare({ name: `list of ${list}: ${name}`, unit: 'ms', goal: { at_most: 1.5 }, ...sides }))
    }
  }
  for (const [name, q] of Object.entries(HARD)) {
    const path = `/campaigns/${large.campaign.id}/backers?${new URLSearchParams({ q })}`
    results.push(shown(`list of backers: search, ${name}`, await medianOf(api, path), 'ms'))
  }
  return results
}

/** `found`: the page must not be empty. */
async function medianOf(api: Api, path: string, found?: string): Promise<number> {
  const times: number[] = []
  for (let calls = 0; calls < CALLS; calls++) {
    const began = performance.now()
    const { data } = await api.get<{ data: unknown[] }>(path)
    times.push(performance.now() - began)
    if (found && data.length === 0) throw new Error(`${found} finds nothing: ${path}`)
  }
  return median(times)
}

async function listed({ client }: World, campaign: BenchCampaign): Promise<Listed> {
  const orders = await client.db
    .selectFrom('orders as o')
    .innerJoin('backers as b', (join) => join.onRef('b.campaign_id', '=', 'o.campaign_id').onRef('b.id', '=', 'o.backer_id'))
    .innerJoin('payment_methods as p', (join) =>
      join.onRef('p.campaign_id', '=', 'b.campaign_id').onRef('p.backer_id', '=', 'b.id'),
    )
    .select(['o.number', 'o.level_id', 'o.country', 'b.name', 'b.email', 'p.gateway_id'])
    .where('o.campaign_id', '=', campaign.id)
    .where('o.number', '>', 10_000)
    .orderBy('o.number')
    .execute()
  const late = orders[Math.round(orders.length * 0.77)]
  if (!late) throw new Error('The campaign is empty')
  const { number, email, name, gateway_id: card } = late
  const word = name.split(' ').at(-1) ?? ''
  return { campaign, orders: orders.length, word, email, number, card, level: late.level_id ?? '', country: late.country ?? '' }
}
