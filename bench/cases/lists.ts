import { writeCursor } from '../../src/domain/shared/page.ts'
import { compare, median, milliseconds, type Result } from '../measure.ts'
import type { BenchCampaign } from '../setup/bench-campaign.ts'
import { apiOf } from '../setup/http.ts'
import type { World } from '../setup/world.ts'

const CALLS = 40

/** One campaign as a list sees it. */
interface Listed {
  campaign: BenchCampaign
  orders: number
  /** a backer's own part of a name, and their mail address and order number: of one who comes late in the list */
  word: string
  email: string
  number: number
  level: string
  country: string
}

const QUERIES: Record<string, (listed: Listed) => Record<string, string>> = {
  first: () => ({}),
  deep: ({ orders }) => ({
    cursor: writeCursor('number', [10_000 + Math.round(orders * 0.9), 10_000 + Math.round(orders * 0.9)]),
  }),
  'by status': () => ({ status: 'open' }),
  'by level and country': ({ level, country }) => ({ level, country }),
  'search, part of a name': ({ word }) => ({ q: word.slice(1, 7) }),
  'search, part of a mail address': ({ email }) => ({ q: email.slice(3, 20) }),
  'search, number': ({ number }) => ({ q: `#${number}` }),
}

/** The same page of the same list over a hundred times as many orders: through the API, one call after the other. */
export async function benchLists(world: World): Promise<Result[]> {
  const small = await listed(world, await world.small())
  const large = await listed(world, await world.large())
  const { url } = await world.program()
  const api = apiOf(url, world.key)
  const results: Result[] = []
  for (const [name, queryOf] of Object.entries(QUERIES)) {
    const call = async (of: Listed) => {
      const query = new URLSearchParams(queryOf(of))
      const { data } = await api.get<{ data: unknown[] }>(`/campaigns/${of.campaign.id}/orders?${query}`)
      if (data.length === 0) throw new Error(`${name} finds nothing: ${query}`)
    }
    const timesOf = async (of: Listed) => {
      const times: number[] = []
      for (let calls = 0; calls < CALLS; calls++) times.push(await milliseconds(() => call(of)))
      return median(times)
    }
    await timesOf(small)
    const sides = { ours: () => timesOf(large), limit: () => timesOf(small) }
    results.push(await compare({ name: `list: ${name}`, unit: 'ms', goal: { at_most: 1.5 }, ...sides }))
  }
  return results
}

async function listed({ client }: World, campaign: BenchCampaign): Promise<Listed> {
  const orders = await client.db
    .selectFrom('orders as o')
    .innerJoin('backers as b', (join) => join.onRef('b.campaign_id', '=', 'o.campaign_id').onRef('b.id', '=', 'o.backer_id'))
    .select(['o.number', 'o.level_id', 'o.country', 'b.name', 'b.email'])
    .where('o.campaign_id', '=', campaign.id)
    .where('o.number', '>', 10_000)
    .orderBy('o.number')
    .execute()
  const late = orders[Math.round(orders.length * 0.77)]
  if (!late) throw new Error('The campaign is empty')
  const { number, email, name } = late
  const word = name.split(' ').at(-1) ?? ''
  return { campaign, orders: orders.length, word, email, number, level: late.level_id ?? '', country: late.country ?? '' }
}
