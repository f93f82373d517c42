import { describe, expect, test } from 'vitest'
import { berlin } from '../../../test/factories/campaign.ts'
import { addBacker, addSampleBackers, makeSample } from '../../../test/factories/sample-catalogue.ts'
import { useTestDatabase } from '../../../test/setup/database.ts'
import { newId } from '../../lib/id.ts'
import { confirmSurvey } from '../orders/change-order.ts'
import { inTransaction } from '../shared/tx.ts'
import { previewSendSurveys } from '../surveys/send-surveys.ts'
import { findMissingPrices, findPledgePrices, previewPledgePrices } from './pledge-prices.ts'
import { savePledgePrices } from './save-pledge-prices.ts'
import { saveRegion } from './save-region.ts'

const program = useTestDatabase()
const now = new Date('2026-11-02T09:00:00Z')
const parts = () => ({ db: program.db, clock: { now: () => now }, enqueue: async () => undefined })
const run = <T>(work: Parameters<typeof inTransaction<T>>[1]) => inTransaction(parts(), work)

describe('the real sample', () => {
  test('a backer who changes nothing and lives where they said owes 0', async () => {
    const sample = await makeSample(parts())
    await addSampleBackers(parts(), sample)
    const before = await previewPledgePrices(program.db, sample.staff, sample.prices)
    expect(before).toMatchObject({ exact: 6, credit: 3, owing: 1, waiting: 2, not_served: 0, orders_kept: 0, missing: [] })
    expect(before.mismatched).toEqual({ total: 0, data: [], next_cursor: null })
    expect(before.groups.map(({ outcome, reason, count, amount }) => [outcome, reason, count, amount])).toEqual([
      ['exact', 'as_pledged', 6, 0],
      ['credit', 'bonus_support', 2, -112_500],
      ['credit', 'no_reward', 1, -100],
      ['owing', 'dropped', 1, 8900],
    ])
    expect(before.groups[0]?.sample_backer_ids).toHaveLength(5)
    const { campaign_id, staff, core, deluxe } = sample
    for (const [countries, fee] of [
      [['IE', 'DE'], 1900],
      [['JP', 'BR', 'AE', 'US'], 800],
    ] as const) {
      const fees = { level_fees: { [core]: fee, [deluxe]: fee }, addon_fees: {} }
      const region = { campaign_id, name: countries.join(), kind: 'countries' as const, served: true, countries: [...countries] }
      await run((tx) => saveRegion(tx, staff, { ...region, ...fees }))
    }
    const after = await previewPledgePrices(program.db, staff, sample.prices)
    expect(after).toMatchObject({ exact: 6, credit: 3, owing: 1 })
    const reasons = after.groups.map(({ outcome, reason, count }) => [outcome, reason, count])
    expect(reasons).toContainEqual(['exact', 'as_pledged', 3])
    expect(reasons).toContainEqual(['exact', 'shipping_cheaper', 3])
  })

  test('bonus that may not be spent starts at 0; a wrong price lists the rows whose parts are not the pledge', async () => {
    const sample = await makeSample(parts())
    await addSampleBackers(parts(), sample)
    const kept = await previewPledgePrices(program.db, sample.staff, { ...sample.prices, bonus_spendable: false })
    expect(kept.groups).toContainEqual(expect.objectContaining({ outcome: 'exact', reason: 'bonus_not_spendable', count: 2 }))
    const wrong = { ...sample.prices, addons: { ...sample.prices.addons, [sample.playmat]: 2000 } }
    const first = await previewPledgePrices(program.db, sample.staff, { ...wrong, limit: 1 })
    expect(first.mismatched.total).toBe(2)
    expect(first.mismatched.data[0]).toMatchObject({
      pledge_amount: 124_600,
      expected: 124_100,
      difference: 500,
      addons_price: 2000,
    })
    const second = await previewPledgePrices(program.db, sample.staff, {
      ...wrong,
      limit: 1,
      cursor: first.mismatched.next_cursor ?? '',
    })
    expect(second.mismatched.data).toHaveLength(1)
    expect(second.mismatched.next_cursor).toBeNull()
    expect(first.groups).toContainEqual(expect.objectContaining({ outcome: 'credit', reason: 'pledge_above' }))
  })
})

test('a report without bonus column: what is above minimum and shipping is the bonus, only a pledge below them is listed', async () => {
  const sample = await makeSample(parts())
  await addBacker(parts(), sample, { pledge_bonus: null, pledge_amount: 7000 })
  await addBacker(parts(), sample, { pledge_bonus: null, pledge_amount: 7100, pledge_minimum: 5900 })
  const below = await addBacker(parts(), sample, { pledge_bonus: null, pledge_amount: 5000 })
  const preview = await previewPledgePrices(program.db, sample.staff, sample.prices)
  expect(preview.mismatched.data.map(({ backer_id, expected, bonus }) => [backer_id, expected, bonus])).toEqual([
    [below, 6100, null],
  ])
  expect(preview.groups.map(({ outcome, reason }) => [outcome, reason])).toEqual(
    expect.arrayContaining([
      ['credit', 'bonus_support'],
      ['credit', 'pledge_above'],
      ['owing', 'pledge_below'],
    ]),
  )
})

test('who owes shipping is told why, and who lives where we do not ship is counted', async () => {
  const sample = await makeSample(parts())
  const { campaign_id, staff, core } = sample
  await addBacker(parts(), sample, { pledge_amount: 4900, pledge_shipping: 0 })
  const moved = { ...berlin, country: 'DE' }
  await addBacker(parts(), sample, { prefill: JSON.stringify({ address: moved }) as never })
  await addBacker(parts(), sample, { pledge_country: 'JP' })
  const region = { campaign_id, kind: 'countries' as const, served: true, addon_fees: {} }
  await run((tx) => saveRegion(tx, staff, { ...region, name: 'Ireland', countries: ['IE'], level_fees: { [core]: 900 } }))
  await run((tx) => saveRegion(tx, staff, { ...region, name: 'Germany', countries: ['DE'], level_fees: { [core]: 1500 } }))
  const preview = await previewPledgePrices(program.db, staff, sample.prices)
  expect(preview.groups.map(({ outcome, reason, amount }) => [outcome, reason, amount])).toEqual([
    ['exact', 'as_pledged', 0],
    ['owing', 'other_country', 300],
    ['owing', 'shipping_not_paid', 900],
  ])
  expect(preview.not_served).toBe(1)
})

describe('saving', () => {
  test('asks for the price of every add-on that was pledged for, and names it', async () => {
    const sample = await makeSample(parts())
    await addBacker(parts(), sample, { addons: { [sample.coins]: 1 } })
    await addBacker(parts(), sample, { addons: { [sample.playmat]: 1 }, pledge_status: 'canceled', survey: 'withdrawn' })
    const input = { ...sample.prices, addons: {} }
    const refused = run((tx) => savePledgePrices(tx, sample.staff, input))
    await expect(refused).rejects.toMatchObject({
      code: 'addon_price_missing',
      status: 422,
      message: expect.stringContaining('Metal Coins'),
    })
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('Playmat') })
    expect((await findMissingPrices(program.db, sample.campaign_id)).map(({ name }) => name).sort()).toEqual([
      'Core Pledge',
      'Metal Coins',
    ])
  })

  test('takes proposed prices, writes one event, and leaves confirmed orders as they are', async () => {
    const sample = await makeSample(parts())
    const { campaign_id, staff } = sample
    const backer_id = await addBacker(parts(), sample, { pledge_bonus: 500, pledge_amount: 6600 })
    const saved = await run((tx) => savePledgePrices(tx, staff, sample.prices))
    expect(saved.levels.map(({ price }) => price)).toEqual([4900, 8900])
    expect(saved.saved_at).toEqual(now)
    expect(await findMissingPrices(program.db, campaign_id)).toEqual([])
    const data = { address: { ...berlin, country: 'IE', city: 'Dublin', postcode: 'D02 AF30' } }
    const order = await run((tx) => confirmSurvey(tx, staff, { campaign_id, backer_id, data: data as never }))
    expect(order.balance_due).toBe(-500)
    const dearer = { ...sample.prices, levels: { [sample.core]: 5900 }, bonus_spendable: false }
    await run((tx) => savePledgePrices(tx, staff, dearer))
    const preview = await previewPledgePrices(program.db, staff, dearer)
    expect(preview).toMatchObject({ orders_kept: 1, exact: 0, credit: 0, owing: 0 })
    const again = await run((tx) =>
      confirmSurvey(tx, staff, { campaign_id, backer_id, data: { addons: { [sample.coins]: 1 } } }).catch((error) => error),
    )
    expect(again.balance_due ?? again).toBe(-500 + 3000)
    const events = await program.db
      .selectFrom('events')
      .selectAll()
      .where('campaign_id', '=', campaign_id)
      .where('kind', '=', 'prices_saved')
      .execute()
    expect(events).toHaveLength(2)
    expect(events[1]?.data).toMatchObject({ levels: { [sample.core]: 5900 }, bonus_spendable: false })
  })

  test('a level that a later report brought is asked for before its backers are surveyed', async () => {
    const sample = await makeSample(parts())
    const { campaign_id, staff } = sample
    await addBacker(parts(), sample, {})
    await run((tx) => savePledgePrices(tx, staff, sample.prices))
    const late = newId()
    const row = {
      campaign_id,
      id: late,
      name: 'Late Pledge',
      platform_reward_id: 'late',
      report_name: null,
      proposed_price: 5900,
    }
    await program.db
      .insertInto('levels')
      .values({ ...row, price: null, position: 2, created_at: now })
      .execute()
    const backer_id = await addBacker(parts(), sample, { level_id: late })
    const send = { campaign_id, selection: { filter: {} }, smtp: true }
    const preview = await previewSendSurveys(program.db, staff, send)
    expect(preview).toMatchObject({ moved: 1, left: [{ code: 'prices_not_saved', count: 1, sample_ids: [backer_id] }] })
    const data = { address: { ...berlin, country: 'IE', city: 'Dublin', postcode: 'D02 AF30' } } as never
    const confirmed = run((tx) => confirmSurvey(tx, staff, { campaign_id, backer_id, data }))
    await expect(confirmed).rejects.toMatchObject({ code: 'prices_not_saved' })
    await run((tx) => savePledgePrices(tx, staff, sample.prices))
    expect((await previewSendSurveys(program.db, staff, send)).moved).toBe(2)
  })

  test('is refused to others and with ids of other campaigns', async () => {
    const sample = await makeSample(parts())
    const other = await makeSample(parts())
    await expect(previewPledgePrices(program.db, other.staff, sample.prices)).rejects.toMatchObject({ status: 404 })
    await expect(run((tx) => savePledgePrices(tx, other.staff, sample.prices))).rejects.toMatchObject({ status: 404 })
    const foreign = { ...sample.prices, levels: { [other.core]: 1 } }
    await expect(run((tx) => savePledgePrices(tx, sample.staff, foreign))).rejects.toMatchObject({ code: 'unknown' })
    expect((await findPledgePrices(program.db, sample.staff, sample.campaign_id)).saved_at).toBeNull()
  })
})
