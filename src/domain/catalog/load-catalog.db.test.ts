import { expect, test } from 'vitest'
import { makeCampaign } from '../../../test/factories/campaign.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import type { Row } from '../../db/types.ts'
import { loadCatalog } from './load-catalog.ts'

const program = useTestProgram()

/** As the driver reads a table itself. */
async function rowsOf<T extends 'items' | 'skus' | 'levels' | 'addons' | 'shipping_regions' | 'questions'>(
  table: T,
  campaign_id: string,
): Promise<Row<T>[]> {
  const rows = await program.db
    .selectFrom(table as 'items')
    .selectAll()
    .where('campaign_id', '=', campaign_id)
    .orderBy('position')
    .orderBy('id')
    .execute()
  return rows as unknown as Row<T>[]
}

test('the catalogue read in one statement has the rows of its tables, dates as dates', async () => {
  const { id } = await makeCampaign(program.deps)
  const catalog = await loadCatalog(program.db, id)
  const items = catalog.items.map(({ skus: _, ...item }) => item)
  expect(items).toEqual(await rowsOf('items', id))
  expect(items[0]?.created_at).toBeInstanceOf(Date)
  expect(catalog.items.flatMap(({ skus }) => skus)).toEqual(expect.arrayContaining(await rowsOf('skus', id)))
  expect(catalog.levels.map(({ contents: _, ...level }) => level)).toEqual(await rowsOf('levels', id))
  expect(catalog.addons.map(({ contents: _, ...addon }) => addon)).toEqual(await rowsOf('addons', id))
  expect(catalog.questions).toEqual(await rowsOf('questions', id))
  const regions = catalog.regions.map(({ countries: _, level_fees: __, addon_fees: ___, ...region }) => region)
  expect(regions).toEqual(await rowsOf('shipping_regions', id))
})

test('an empty catalogue is one without rows', async () => {
  expect(await loadCatalog(program.db, '01a00000-0000-7000-8000-000000000000')).toEqual({
    ...{ items: [], levels: [], addons: [], regions: [], questions: [] },
  })
})
