import { expect, test } from 'vitest'
import { addSampleBackers, makeSample } from '../../../test/factories/sample-catalogue.ts'
import { useTestDatabase } from '../../../test/setup/database.ts'
import { proposeAddonPrices } from './propose-addon-prices.ts'

const program = useTestDatabase()
const now = new Date('2026-11-02T09:00:00Z')
const parts = () => ({ db: program.db, clock: { now: () => now }, enqueue: async () => undefined })

test('what an add-on cost is reckoned from the pledges that hold only this one', async () => {
  const sample = await makeSample(parts())
  await addSampleBackers(parts(), sample)
  const proposed = await proposeAddonPrices(program.db, sample.campaign_id)
  expect(proposed.find(({ addon_id }) => addon_id === sample.playmat)).toMatchObject({ price: 2500 })
  for (const { agreeing, pledges } of proposed) expect(agreeing).toBe(pledges)
})

test('pledges that disagree propose nothing', async () => {
  const sample = await makeSample(parts())
  await addSampleBackers(parts(), sample)
  const [one] = await program.db
    .selectFrom('pledged_addons')
    .innerJoin('backers', (join) =>
      join.onRef('backers.campaign_id', '=', 'pledged_addons.campaign_id').onRef('backers.id', '=', 'pledged_addons.backer_id'),
    )
    .select('backers.id')
    .where('pledged_addons.campaign_id', '=', sample.campaign_id)
    .where('pledged_addons.addon_id', '=', sample.playmat)
    .execute()
  await program.db
    .updateTable('backers')
    .set((eb) => ({ pledge_amount: eb('pledge_amount', '+', 300) }))
    .where('campaign_id', '=', sample.campaign_id)
    .where('id', '=', one?.id ?? '')
    .execute()
  const proposed = await proposeAddonPrices(program.db, sample.campaign_id)
  expect(proposed.map(({ addon_id }) => addon_id)).not.toContain(sample.playmat)
})
