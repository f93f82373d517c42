import { csvLine } from '../lib/csv-write.ts'
import { PLACES, type Place } from './people.ts'
import { pick, seeded } from './random.ts'

/*
 * The backer report of the demo: in the exact shape of Kickstarter's (generation K5), about 300 rows that add up, in every pledged status.
 */

export const BACKERS = 304

const LEVELS = [
  { title: 'Deckhand', id: '9001000', price: 49, shipping: 12, items: { 'Core Game': 1 }, weight: 6 },
  {
    title: 'Captain',
    id: '9001001',
    price: 89,
    shipping: 16,
    items: { 'Core Game': 1, 'Metal Coins': 1, 'Crew T-shirt': 1 },
    weight: 5,
  },
  {
    title: 'Admiral',
    id: '9001002',
    price: 139,
    shipping: 22,
    items: { 'Core Game': 1, 'Metal Coins': 1, 'Crew T-shirt': 1, 'Art Book': 1 },
    weight: 2,
  },
  { title: 'Chartmaker, digital', id: '9001003', price: 15, shipping: 0, items: { 'Print-and-play files': 1 }, weight: 1 },
] as const

const ITEMS = ['Core Game', 'Metal Coins', 'Crew T-shirt', 'Art Book', 'Print-and-play files'] as const
const ADDONS = [
  { id: '10750435', name: 'Playmat, North Deep', price: 25 },
  { id: '10750413', name: 'Metal Coins', price: 18 },
] as const
export const ADDON_PRICES: Readonly<Record<string, number>> = { '10750435': 2500, '10750413': 1800 }
const COLOURS = ['Blue', 'Green', 'Black']

const HEADER = k5Header([...ITEMS, ...ADDONS.map(({ id, name }) => `[Addon: ${id}] ${name}`)], ['Which sleeve colour?'])

/** The header of a Kickstarter report of generation K5, with its columns of items and add-ons, and of questions. */
export function k5Header(contents: readonly string[], questions: readonly string[]): string[] {
  return [
    'Backer Number',
    'Backer UID',
    'Backer Name',
    'Email',
    'Shipping Country',
    'Shipping Amount',
    'Reward Title',
    'Backing Minimum',
    'Reward ID',
    'Bonus Support',
    'Pledge Amount',
    'Pledged At',
    'Fulfillment Status',
    'Pledged Status',
    'Notes',
    ...contents,
    'Survey Response',
    ...questions,
    'Shipping Name',
    'Shipping Address 1',
    'Shipping Address 2',
    'Shipping City',
    'Shipping State',
    'Shipping Postal Code',
    'Shipping Country Name',
    'Shipping Country Code',
    'Shipping Phone Number',
    'Shipping Delivery Notes',
  ]
}

const BY_WEIGHT = PLACES.flatMap((place) => Array<Place>(place.weight).fill(place))
const LEVELS_BY_WEIGHT = LEVELS.flatMap((level) => Array<(typeof LEVELS)[number]>(level.weight).fill(level))

/** Kickstarter still retries some cards, some pledges were dropped, and a few went back on it. */
function statusOf(i: number, later: boolean): string {
  if (later && (i === 41 || i === 83)) return 'refunded'
  if (i % 60 === 0) return 'canceled'
  if (i % 45 === 7) return 'dropped'
  if (i % 40 === 9) return 'errored'
  return i % 75 === 3 ? 'pending' : 'collected'
}

/** The report as CSV. `later`: the same some weeks after, with what has changed since. */
export function demoReport(later = false): string {
  const random = seeded(1883)
  const rows = Array.from({ length: BACKERS }, (_, index) => rowOf(index + 1, random, later))
  return `\uFEFF${[HEADER, ...rows].map((cells) => csvLine(cells)).join('')}`
}

function rowOf(i: number, random: () => number, later: boolean): string[] {
  const place = pick(random, BY_WEIGHT)
  const first = pick(random, place.first)
  const last = pick(random, place.last)
  const name = place.family_first ? `${last}${/^\p{Script=Latin}/u.test(last) ? ' ' : ''}${first}` : `${first} ${last}`
  const level = i % 33 === 5 ? null : pick(random, LEVELS_BY_WEIGHT)
  const extras = ADDONS.map(() => (level && level.shipping > 0 && random() < 0.22 ? 1 + Math.floor(random() * 2) : 0))
  const bonus = level ? (random() < 0.1 ? 5 * Math.ceil(random() * 4) : 0) : 1
  const shipping = level ? level.shipping + (place.country === 'DE' ? -6 : 0) * (level.shipping > 0 ? 1 : 0) : 0
  const minimum = (level?.price ?? 0) + ADDONS.reduce((sum, addon, at) => sum + addon.price * (extras[at] ?? 0), 0)
  const answered = level !== null && random() < 0.7
  const number = String(1 + Math.floor(random() * 180))
  const changed = later && i === 120 ? 10 : 0
  return [
    String(i),
    String(208_812_300 + i),
    name,
    `backer${i}@example.com`,
    level ? place.country : '',
    level ? dollars(shipping) : '',
    level?.title ?? '',
    level ? dollars(minimum) : '',
    level?.id ?? '',
    dollars(bonus + changed),
    dollars(minimum + shipping + bonus + changed),
    `2025/10/${String(1 + (i % 28)).padStart(2, '0')}, 18:${String(i % 60).padStart(2, '0')}`,
    '',
    statusOf(i, later),
    i === 12 ? '=HYPERLINK("http://example.com")' : '',
    ...ITEMS.map((item) => String((level?.items as Record<string, number> | undefined)?.[item] ?? 0)),
    ...extras.map(String),
    answered ? '2025/12/10, 08:10' : '',
    answered ? (random() < 0.6 ? pick(random, COLOURS) : 'No response') : '',
    ...(answered && level && level.shipping > 0
      ? [
          name,
          place.street.replace('#', number),
          '',
          place.city,
          place.region,
          place.postcode,
          place.country_name,
          place.country,
          place.phone,
          '',
        ]
      : Array<string>(10).fill('')),
  ]
}

function dollars(amount: number): string {
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2 })}`
}

/** The address that backer `i` would type in, for those whom the report holds none of. */
export function placeOf(country: string): Place {
  return PLACES.find((place) => place.country === country) ?? (PLACES[0] as Place)
}
