import { expect, test } from 'vitest'
import { verifyBooks } from '../../src/domain/verify.ts'
import { useHttpWorld } from '../setup/http-world.ts'
import { answerByPages, apply, backersByNumber, countsEqualLines, k3, newCampaign, orderOf, upload } from './sample-steps.ts'

const world = useHttpWorld()

test('the zip by reward goes the same way: imported, priced, sent, answered, locked', async () => {
  const base = await newCampaign(world, 'AUD')
  const preview = await upload(world, base, k3, 'Kickstarter Backer Reports.zip')
  expect(preview).toMatchObject({ state: 'previewed', generation: 'K3', rows_total: 8, counts: { new: 8, problem: 0 } })
  expect(await apply(world, base, preview.id)).toMatchObject({ imported: 8, reported: 0 })
  const backers = await backersByNumber(world, base)
  expect(backers.get(105)).toMatchObject({ survey: 'waiting' })
  const [level] = (await world.get(`${base}/levels`)).body.data
  const item = (await world.post(`${base}/items`, { name: 'The game', skus: [{ code: 'GAME' }] })).body
  await world.put(`${base}/levels/${level.id}`, { name: level.name, items: [{ item_id: item.id, quantity: 1 }] })
  const region = { name: 'Everywhere', kind: 'everywhere_else', level_fees: { [level.id]: 1700 } }
  expect((await world.post(`${base}/shipping/regions`, region)).status).toBe(201)
  expect(level.proposed_price).toBe(5900)
  const prices = { levels: { [level.id]: 5900 }, addons: {}, bonus_spendable: true }
  expect((await world.post(`${base}/pledge-prices/preview`, prices)).body).toMatchObject({ exact: 2, credit: 5, owing: 0 })
  await world.put(`${base}/pledge-prices`, prices)
  expect((await world.post(`${base}/surveys/send`, {})).body).toMatchObject({ moved: 7 })
  await world.advance('PT1M')
  const visit = await world.visit(backers.get(101)?.link ?? '')
  await answerByPages(visit)
  expect(await orderOf(world, base, backers.get(101)?.id ?? '')).toMatchObject({
    status: 'open',
    balance_due: 0,
    currency: 'AUD',
    country: 'BR',
  })
  const lock = { name: 'lock', selection: { filter: { status: ['open'] } } }
  expect((await world.post(`${base}/transitions`, lock)).body).toMatchObject({ moved: 1, left: [] })
  await countsEqualLines(world, base)
  expect(await verifyBooks(world.parts.db, new Date())).toEqual([])
})
