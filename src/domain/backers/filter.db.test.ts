import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeBacker, makeCampaign, makeOrder } from '../../../test/factories/campaign.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import { countOrders, listOrders } from '../orders/queries.ts'

const program = useTestProgram()

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
    await sql`update backers set country = ${country ?? pledge_country} where id = ${backer.id}`.execute(program.db)
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
