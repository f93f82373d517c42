import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type OrderFacts, pledgeCounts, priceOrder } from './price-order.ts'

const core = { id: 'core', name: 'Core Pledge', price: 4900 }
const pledge = { status: 'collected', amount: 6100, minimum: 4900, shipping: 1200, bonus: 0, country: 'DE', has_level: true }
const facts = (over: Partial<OrderFacts> = {}): OrderFacts => ({
  level: core,
  addons: [],
  pledge,
  bonus_spendable: true,
  ships: true,
  country: 'DE',
  region_name: 'Europe',
  level_shipping_fee: 1200,
  frozen: null,
  ...over,
})
const playmat = (over = {}) => ({
  id: 'playmat',
  name: 'Playmat',
  quantity: 1,
  pledged_quantity: 1,
  platform_price: 2500,
  price: 3000,
  shipping_fee: 400,
  ...over,
})

describe('a backer who changes nothing and lives where they said', () => {
  test('owes 0, also where the table asks more for shipping than the platform did', () => {
    expect(priceOrder(facts()).total).toBe(0)
    expect(priceOrder(facts({ level_shipping_fee: 1900 })).total).toBe(0)
  })

  test('owes 0 with add-ons bought on the platform, whatever they cost here', () => {
    const bought = { ...pledge, amount: 8600, minimum: 7400 }
    const quote = priceOrder(facts({ pledge: bought, addons: [playmat()] }))
    expect(quote.total).toBe(0)
    expect(quote.lines.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['level', 4900],
      ['addon_pledged', 2500],
      ['shipping', 1200],
      ['pledged', -7400],
      ['shipping_paid', -1200],
    ])
  })
})

test('what is added here is charged at its price here, with its shipping', () => {
  const quote = priceOrder(facts({ addons: [playmat({ pledged_quantity: 0, quantity: 2 })] }))
  expect(quote.total).toBe(2 * 3000 + 2 * 400)
})

test('moving abroad asks the table fee, less what was paid', () => {
  expect(priceOrder(facts({ country: 'JP', level_shipping_fee: 2000 })).total).toBe(800)
})

test('shipping already paid that is left over is shown and never spent on goods', () => {
  const quote = priceOrder(facts({ country: 'US', level_shipping_fee: 500 }))
  expect(quote.total).toBe(0)
  expect(quote.shipping_left_over).toBe(700)
})

test('a dropped pledge pays everything here', () => {
  expect(priceOrder(facts({ pledge: { ...pledge, status: 'dropped' } })).total).toBe(6100)
})

test('bonus support is credit where it may be spent, and nothing where not', () => {
  const generous = { ...pledge, amount: 7000, bonus: 900 }
  expect(priceOrder(facts({ pledge: generous })).total).toBe(-900)
  expect(priceOrder(facts({ pledge: generous, bonus_spendable: false })).total).toBe(0)
})

test('without a bonus column, what the pledge holds above minimum and shipping is the bonus', () => {
  expect(pledgeCounts({ ...pledge, amount: 6500, bonus: null }, false)).toEqual({ goods: 4900, shipping: 1200, bonus: 400 })
})

test('a pledge without reward is money to spend on add-ons', () => {
  const none = { ...pledge, amount: 2500, minimum: 0, shipping: 0, bonus: 2500, has_level: false, country: null }
  const quote = priceOrder(
    facts({ level: null, pledge: none, bonus_spendable: false, addons: [playmat({ pledged_quantity: 0 })] }),
  )
  expect(quote.total).toBe(3000 + 400 - 2500)
})

test('a confirmed price stays for what the order holds already', () => {
  const before = priceOrder(facts({ addons: [playmat({ pledged_quantity: 0 })] }))
  const dearer = { level: { ...core, price: 9900 }, addons: [playmat({ pledged_quantity: 0, price: 9000, shipping_fee: 9000 })] }
  expect(priceOrder(facts({ ...dearer, level_shipping_fee: 9900, frozen: before })).total).toBe(before.total)
})

const amount = fc.integer({ min: 0, max: 100_000 })
const anyAddon = fc.record({
  id: fc.uuid(),
  name: fc.string(),
  quantity: fc.integer({ min: 1, max: 5 }),
  pledged_quantity: fc.integer({ min: 0, max: 5 }),
  platform_price: amount,
  price: amount,
  shipping_fee: amount,
})
const anyFacts = fc.record({
  level: fc.option(fc.record({ id: fc.uuid(), name: fc.string(), price: amount })),
  addons: fc.uniqueArray(anyAddon, { maxLength: 4, selector: (addon) => addon.id }),
  pledge: fc.record({
    status: fc.constantFrom('collected', 'dropped'),
    amount,
    minimum: amount,
    shipping: amount,
    bonus: fc.option(amount),
    country: fc.constantFrom('DE', 'JP', null),
    has_level: fc.boolean(),
  }),
  bonus_spendable: fc.boolean(),
  ships: fc.boolean(),
  country: fc.constantFrom('DE', 'JP'),
  region_name: fc.constant('Region'),
  level_shipping_fee: amount,
  frozen: fc.constant(null),
})

test('lines sum to the total; shipping paid is spent on shipping only; the same facts again keep the quote', () => {
  fc.assert(
    fc.property(anyFacts, (some) => {
      const quote = priceOrder(some)
      expect(quote.lines.reduce((sum, line) => sum + line.amount, 0)).toBe(quote.total)
      expect(quote.goods + quote.shipping - quote.pledged).toBe(quote.total)
      const used = -(quote.lines.find((line) => line.kind === 'shipping_paid')?.amount ?? 0)
      expect(used).toBeLessThanOrEqual(quote.shipping)
      expect(quote.shipping_left_over).toBeGreaterThanOrEqual(0)
      if (some.ships) expect(priceOrder({ ...some, frozen: quote }).total).toBe(quote.total)
    }),
  )
})
