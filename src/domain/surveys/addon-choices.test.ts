import { expect, test } from 'vitest'
import type { Catalog, CatalogAddon } from '../catalog/load-catalog.ts'
import type { Quote } from '../orders/price-order.ts'
import { addonChoices, stockProblems } from './addon-choices.ts'

const region = { name: 'Germany', kind: 'countries', served: true, countries: ['DE'], level_fees: {}, addon_fees: { mat: 300 } }

function choose(
  addon: Partial<CatalogAddon>,
  over: { wants?: number; pledged?: number; held?: [number, number]; country?: string } = {},
) {
  const mat = {
    id: 'mat',
    name: 'Playmat',
    offered: true,
    stock: null,
    held: 0,
    limit_per_backer: null,
    contents: [physical],
    ...addon,
  }
  const [quantity, pledged] = over.held ?? [0, 0]
  const choices = addonChoices({
    catalog: { addons: [mat], regions: [region] } as unknown as Catalog,
    data: {
      answers: {},
      options: {},
      addons: { mat: over.wants ?? 0 },
      country: over.country ?? 'DE',
      address: null,
      address_accepted: false,
    },
    pledged_addons: over.pledged ? { mat: over.pledged } : {},
    frozen: over.held ? ({ addons: { mat: { quantity, pledged, platform_price: 0, price: 0 } } } as unknown as Quote) : null,
  })
  return { choice: choices[0], problems: stockProblems(choices).map(({ message }) => message) }
}

const physical = { item: { kind: 'physical' }, quantity: 1 } as CatalogAddon['contents'][number]

test('the most one may take is the limit or what is left, whichever is less', () => {
  expect(choose({ limit_per_backer: 4 }).choice).toMatchObject({ max: 4, left: null, state: 'offered', shipping_fee: 300 })
  expect(choose({ limit_per_backer: 4, stock: 10, held: 7 }).choice).toMatchObject({ max: 3, left: 3 })
  expect(choose({ stock: 10, held: 10 }).choice).toMatchObject({ max: 0, left: 0, state: 'sold_out' })
})

test('what was pledged or is held already counts as the backer’s own', () => {
  expect(choose({ stock: 5, held: 5 }, { pledged: 2, wants: 2 })).toMatchObject({
    choice: { max: 2, state: 'offered' },
    problems: [],
  })
  expect(choose({ stock: 5, held: 5 }, { held: [3, 1], pledged: 1, wants: 3 })).toMatchObject({
    choice: { max: 3, left: 2 },
    problems: [],
  })
  expect(choose({ offered: false }, { held: [2, 0], wants: 2 }).choice).toMatchObject({ max: 2, state: 'withdrawn' })
  expect(choose({ limit_per_backer: 1 }, { pledged: 3, wants: 3 }).choice).toMatchObject({ max: 3 })
})

test('what is not offered and not held is not shown; what cannot go there is', () => {
  expect(choose({ offered: false }).choice).toBeUndefined()
  expect(choose({}, { country: 'BR' }).choice).toMatchObject({ state: 'not_shipped' })
})

test('a draft that finds it gone says so', () => {
  expect(choose({ stock: 5, held: 4 }, { wants: 2 }).problems).toEqual(['Only 1 of Playmat left.'])
  expect(choose({ stock: 5, held: 5 }, { wants: 1 }).problems).toEqual(['Playmat is sold out.'])
})
