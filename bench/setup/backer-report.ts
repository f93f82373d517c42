import { PLACES, type Place } from '../../src/demo/people.ts'
import { pick, seeded } from '../../src/demo/random.ts'
import { k5Header } from '../../src/demo/report.ts'
import { countriesByName } from '../../src/lib/countries.ts'

/*
 * A Kickstarter report (generation K5) of any size, the same for the same seed: 10 levels, 40 add-ons, names in many scripts, 150
 * countries, 70% at home. In every hundred: three one-dollar pledges without a reward, one relay address; in every two hundred one person
 * who pledged twice under two numbers. 5% never answered the platform's survey.
 */

export interface ReportSize {
  backers: number
  seed: number
}

const LEVELS = Array.from({ length: 10 }, (_, at) => ({
  id: String(9_001_000 + at),
  title: `${['Deckhand', 'Mate', 'Captain', 'Commodore', 'Admiral'][at % 5]}${at < 5 ? '' : ', deluxe'}`,
  price: 19 + 15 * at,
  shipping: 6 + 2 * at,
}))
const ADDONS = Array.from({ length: 40 }, (_, at) => ({ id: String(10_750_400 + at), name: `Add-on ${at + 1}`, price: 4 + at }))
const COLOURS = ['Blue', 'Green', 'Black']

const HEADER = k5Header(
  [...LEVELS.map(({ title }) => `Box of ${title}`), ...ADDONS.map(({ id, name }) => `[Addon: ${id}] ${name}`)],
  ['Which sleeve colour?'],
)

const BY_WEIGHT = PLACES.flatMap((place) => Array<Place>(place.weight).fill(place))
const ABROAD = countriesByName()
  .filter(({ value }) => value !== 'US')
  .slice(0, 149)
const HOME = PLACES.find(({ country }) => country === 'US') as Place

interface Person {
  name: string
  email: string
  place: Place
  country: { value: string; label: string }
}

/** The report as CSV, line by line: never more than one row in memory. */
export function* backerReport({ backers, seed }: ReportSize): Generator<string> {
  const random = seeded(seed)
  yield `\uFEFF${lineOf(HEADER)}`
  let before = personOf(1, random)
  for (let i = 1; i <= backers; i++) {
    const person = i % 200 === 0 ? before : personOf(i, random)
    before = person
    yield lineOf(rowOf(i, person, random))
  }
}

function personOf(i: number, random: () => number): Person {
  const isAbroad = random() < 0.3
  const place = isAbroad ? pick(random, BY_WEIGHT) : HOME
  const first = pick(random, place.first)
  const last = pick(random, place.last)
  const name = place.family_first ? `${last}${/^\p{Script=Latin}/u.test(last) ? ' ' : ''}${first}` : `${first} ${last}`
  const host = i % 100 === 11 ? 'privaterelay.appleid.com' : 'example.com'
  return {
    name,
    email: `backer${i}@${host}`,
    place,
    country: isAbroad ? pick(random, ABROAD) : { value: 'US', label: 'United States' },
  }
}

function rowOf(i: number, { name, email, place, country }: Person, random: () => number): string[] {
  const level = i % 33 === 5 ? null : pick(random, LEVELS)
  const extras = ADDONS.map(() => (level && random() < 0.02 ? 1 + Math.floor(random() * 2) : 0))
  const bonus = level ? (random() < 0.1 ? 5 * Math.ceil(random() * 4) : 0) : 1
  const minimum = (level?.price ?? 0) + ADDONS.reduce((sum, addon, at) => sum + addon.price * (extras[at] ?? 0), 0)
  const shipping = level?.shipping ?? 0
  const answered = level !== null && random() < 0.95
  const house = String(1 + Math.floor(random() * 180))
  return [
    String(i),
    String(208_000_000 + i),
    name,
    email,
    level ? country.value : '',
    level ? dollars(shipping) : '',
    level?.title ?? '',
    level ? dollars(minimum) : '',
    level?.id ?? '',
    dollars(bonus),
    dollars(minimum + shipping + bonus),
    `2026/${String(1 + (i % 9)).padStart(2, '0')}/${String(1 + (i % 28)).padStart(2, '0')}, 18:${String(i % 60).padStart(2, '0')}`,
    '',
    i % 60 === 0 ? 'dropped' : 'collected',
    i % 500 === 12 ? '=HYPERLINK("http://example.com")' : '',
    ...LEVELS.map((each) => (each === level ? '1' : '0')),
    ...extras.map(String),
    answered ? '2026/10/10, 08:10' : '',
    answered ? pick(random, COLOURS) : '',
    ...(answered ? addressOf(name, house, place, country) : Array<string>(10).fill('')),
  ]
}

function addressOf(name: string, house: string, place: Place, country: Person['country']): string[] {
  const { street, city, region, postcode, phone } = place
  return [name, street.replace('#', house), '', city, region, postcode, country.label, country.value, phone, '']
}

function dollars(amount: number): string {
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2 })}`
}

/** As the platform writes it: quotes where needed, formulas as they are. */
function lineOf(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`
}
