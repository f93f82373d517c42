import { expect } from 'vitest'
import type { HttpWorld } from '../setup/http-world.ts'
import { byName, k5 } from './sample-steps.ts'

/*
 * What a creator sets up around the K5 sample, through the JSON API.
 */

/** The backers by the number they have in the report. */
export const NUMBERS = {
  ADA: 1,
  MIGUEL: 2,
  KENJI: 3,
  ZOE: 5,
  PAT: 8,
  LAYLA: 9,
  JEAN_LUC: 10,
  LAYLA_M: 12,
  HUBERT: 13,
  ADA_AGAIN: 15,
} as const

/** For those whose address the report does not have. */
export const dubai = { name: 'Layla Haddad', line1: '5 Sample Road', city: 'Dubai', region: 'Dubai', country: 'AE' }

export interface K5Catalogue {
  /** add-on at 10.00: two pieces, one for each backer; 1.00 of shipping to far away */
  dice: string
  /** question with the choices Blue, Green, Red; required */
  sleeves: string
  /** the item of which a backer chooses the language */
  game: string
  english: string
}

/** Options, an add-on, four regions (12.00; 25.00 far away; 30.00 to the Himalaya; one not served), and questions. */
export async function makeCatalogue(world: HttpWorld, base: string): Promise<K5Catalogue> {
  const items = await byName(world, `${base}/items`)
  const levels = await byName(world, `${base}/levels`)
  const questions = await byName(world, `${base}/questions`)
  expect(Object.keys(items).toSorted()).toEqual(['Core Game', 'Metal Coins | Set of 30', 'Playmat (60x60)'])
  const game = items['Core Game'] as { id: string; skus: { id: string }[] }
  const options = [
    { id: game.skus[0]?.id, code: 'GAME-EN', option_name: 'English', weight_g: 1500 },
    { code: 'GAME-DE', option_name: 'Deutsch', weight_g: 1500 },
  ]
  const changed = await world.put(`${base}/items/${game.id}`, { name: 'Core Game', kind: 'physical', skus: options })
  expect(changed.status, JSON.stringify(changed.body)).toBe(200)
  const { body: box } = await world.post(`${base}/items`, { name: 'Bone dice', skus: [{ code: 'DICE', weight_g: 80 }] })
  const { body: addon } = await world.post(`${base}/addons`, {
    name: 'Bone dice',
    price: 1000,
    limit_per_backer: 1,
    stock: 2,
    items: [{ item_id: box.id, quantity: 1 }],
  })
  const dice: string = addon.id
  const fees = (fee: number) => Object.fromEntries(Object.values(levels).map(({ id }) => [id, fee]))
  const regions = [
    { name: 'Far away', kind: 'countries', countries: ['AU', 'NZ'], level_fees: fees(2500), addon_fees: { [dice]: 100 } },
    { name: 'Himalaya', kind: 'countries', countries: ['NP'], level_fees: fees(3000) },
    { name: 'Not served', kind: 'countries', countries: ['AQ'], served: false },
    { name: 'Everywhere else', kind: 'everywhere_else', level_fees: fees(1200) },
  ]
  for (const region of regions) expect((await world.post(`${base}/shipping/regions`, region)).status).toBe(201)
  const sleeves = questions['Which sleeve colour?']?.id ?? ''
  const asked = { prompt: 'Which sleeve colour?', kind: 'choice', choices: ['Blue', 'Green', 'Red'], required: true }
  expect((await world.put(`${base}/questions/${sleeves}`, asked)).status).toBe(200)
  const deluxe = levels['Deluxe Pledge']?.id
  const credits = { prompt: 'Your name in the credits', kind: 'text', level_id: deluxe }
  expect((await world.post(`${base}/questions`, credits)).status).toBe(201)
  return { dice, sleeves, game: game.id, english: changed.body.skus[0].id }
}

/** What the platform charged: Core 49, Deluxe 89, playmat 25, coins 18. */
export async function platformPrices(world: HttpWorld, base: string) {
  const levels = await byName(world, `${base}/levels`)
  const addons = await byName(world, `${base}/addons`)
  expect(levels['Core Pledge']?.proposed_price).toBe(4900)
  expect(levels['Deluxe Pledge']?.proposed_price).toBe(8900)
  return {
    levels: { [levels['Core Pledge']?.id ?? '']: 4900, [levels['Deluxe Pledge']?.id ?? '']: 8900 },
    addons: {
      [addons['Playmat (60x60)']?.id ?? '']: 2500,
      [addons['Metal Coins | Set of 30']?.id ?? '']: 1800,
    },
    bonus_spendable: true,
  }
}

/** A later report: one pledges more, one gets through, one withdraws, one who is locked pledges more, and one is new. */
export function laterReport(): string {
  return k5
    .toString('utf8')
    .replace('49.00,9001000,$0.00,$61.00,"2023/10/05', '49.00,9001000,$5.00,$66.00,"2023/10/05')
    .replace(',$1.00,$1.00,"2023/10/08, 18:07",,collected', ',$1.00,$1.00,"2023/10/08, 18:07",,canceled')
    .replace('$74.00,9001000,$0.00,$86.00', '$74.00,9001000,$4.00,$90.00')
    .replace('"2023/10/04, 18:03",,errored', '"2023/10/04, 18:03",,collected')
    .concat(k5.toString('utf8').split('\r\n')[3]?.replace('3,208812302', '18,208812399') ?? '', '\r\n')
}
