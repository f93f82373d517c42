import type { Row } from '../db/types.ts'
import { type Catalog, loadCatalog } from '../domain/catalog/load-catalog.ts'
import { confirmSurvey } from '../domain/orders/change-order.ts'
import { optionPlaces } from '../domain/orders/order-facts.ts'
import { DomainError } from '../domain/shared/errors.ts'
import { addressFromReport } from '../domain/shipping/address-fit.ts'
import { findSurvey, saveDraft } from '../domain/surveys/drafts.ts'
import { remindBackers } from '../domain/surveys/remind-backers.ts'
import type { SurveyInput } from '../domain/surveys/schema.ts'
import { sendSurveys } from '../domain/surveys/send-surveys.ts'
import type { Demo } from './demo.ts'
import { putCard } from './put-card.ts'
import { pick, seeded } from './random.ts'
import { placeOf } from './report.ts'

/** When backers are asked, and how long they wait then on average, in hours; `share`: how many of the answers follow. */
const WAVES = [
  { asked: 504, share: 0.6, wait: 40 },
  { asked: 336, share: 0.28, wait: 36 },
  { asked: 168, share: 0.12, wait: 44 },
] as const

interface Plan {
  backer: Row<'backers'>
  index: number
  hours_ago: number
  wish: number
}

/**
 * Sends the survey to all but a few, and lets most of them answer as a backer would, in the order of time: many in the first days, some
 * after each reminder; some started, some silent.
 */
export async function answerSurveys(demo: Demo): Promise<void> {
  const { deps, campaign_id, staff, at } = demo
  const backers = await deps.db
    .selectFrom('backers')
    .selectAll()
    .where('campaign_id', '=', campaign_id)
    .where('survey', '=', 'not_sent')
    .orderBy('platform_number')
    .execute()
  const asked = backers.filter((_, index) => index % 23 !== 22)
  const mailing = { campaign_id, smtp: deps.mailer !== null }
  await at(WAVES[0].asked, (tx) => sendSurveys(tx, staff, { ...mailing, selection: { backer_ids: asked.map(({ id }) => id) } }))
  const catalog = await loadCatalog(deps.db, campaign_id)
  const random = seeded(2026)
  const plans = asked.map((backer, index): Plan => ({ backer, index, hours_ago: whenOf(random), wish: random() }))
  for (const [number, wave] of WAVES.entries()) {
    const until = WAVES[number + 1]?.asked ?? 0
    if (number > 0) {
      await at(wave.asked, (tx) =>
        remindBackers(tx, staff, { ...mailing, selection: { filter: { survey: ['sent', 'started'] } } }),
      )
    }
    const due = plans.filter(({ hours_ago }) => hours_ago < wave.asked && hours_ago >= until)
    for (const plan of due.sort((a, b) => b.hours_ago - a.hours_ago)) await answer(demo, catalog, plan, random)
  }
}

/** Soon after they were asked, fewer and fewer with each day; in whole hours before now. */
function whenOf(random: () => number): number {
  const lot = random()
  const wave = lot < WAVES[0].share ? WAVES[0] : lot < WAVES[0].share + WAVES[1].share ? WAVES[1] : WAVES[2]
  const waited = Math.ceil(-Math.log(1 - random()) * wave.wait)
  // The last hours are left to what staff does.
  return Math.max(30, wave.asked - Math.max(1, waited))
}

/** One backer's part: three of a hundred stay silent, some stop half-way, the rest confirm. */
async function answer(demo: Demo, catalog: Catalog, plan: Plan, random: () => number): Promise<void> {
  const { deps, campaign_id, at } = demo
  const { backer, index, hours_ago, wish } = plan
  if (index % 12 === 4) return
  const key = { campaign_id, backer_id: backer.id }
  const actor = { kind: 'backer' as const, id: backer.id, campaign_id }
  const file = await findSurvey(deps.db, key)
  const data = answersOf(catalog, backer, file.data, { index, random, wish })
  if (index % 17 === 6) {
    await at(hours_ago, (tx) =>
      saveDraft(tx, actor, { ...key, data: { answers: data.answers ?? {}, country: data.country ?? null } }),
    )
    return
  }
  const confirmed = await confirm(demo, hours_ago, key, { data, pledged: file.pledged_addons })
  // Some put it off: they cannot be locked, and are asked for a card.
  if (confirmed.balance_due > 0 && index % 7 !== 3) await putCard(demo, hours_ago - 1, backer.id, cardOf(index))
}

async function confirm(
  { at }: Demo,
  hours_ago: number,
  key: { campaign_id: string; backer_id: string },
  { data, pledged }: { data: SurveyInput; pledged: Record<string, number> },
) {
  const actor = { kind: 'backer' as const, id: key.backer_id, campaign_id: key.campaign_id }
  try {
    return await at(hours_ago, (tx) => confirmSurvey(tx, actor, { ...key, data }))
  } catch (error) {
    // The signed chart is sold out by then: they go without, as a backer would.
    if (!(error instanceof DomainError && error.code === 'out_of_stock')) throw error
    return await at(hours_ago, (tx) => confirmSurvey(tx, actor, { ...key, data: { ...data, addons: pledged } }))
  }
}

/** Most cards pay. One in four may fail later, if it does each in a way of its own. */
const FATES = [
  'later_insufficient_funds',
  'later_expired_card',
  'visa',
  'later_lost_card',
  'later_insufficient_funds',
  'later_do_not_honor',
  'visa',
  'funds_arrive',
  'always_asks',
]

function cardOf(index: number): string {
  if (index % 4 === 1) return FATES[Math.floor(index / 4) % FATES.length] ?? 'visa'
  return index % 3 === 0 ? 'mastercard' : 'visa'
}

function answersOf(
  catalog: Catalog,
  backer: Row<'backers'>,
  start: Awaited<ReturnType<typeof findSurvey>>['data'],
  { index, random, wish }: { index: number; random: () => number; wish: number },
): SurveyInput {
  const level = catalog.levels.find(({ id }) => id === backer.level_id)
  const added = wish < 0.34 ? pick(random, catalog.addons) : null
  const addons = { ...start.addons, ...(added ? { [added.id]: (start.addons[added.id] ?? 0) + 1 } : {}) }
  const chosen = catalog.addons.filter(({ id }) => (addons[id] ?? 0) > 0).map((addon) => ({ addon }))
  const options = Object.fromEntries(
    optionPlaces(level?.id ?? null, level?.contents ?? [], chosen).map(({ key, contents }) => [
      key,
      pick(random, contents.item.skus).id,
    ]),
  )
  const answers = Object.fromEntries(
    catalog.questions
      .filter(({ level_id }) => level_id === null || level_id === backer.level_id)
      .map((question) => [
        question.id,
        question.kind === 'choice' ? pick(random, question.choices) : (start.answers[question.id] ?? 'Blue'),
      ]),
  )
  const place = placeOf(backer.pledge_country ?? 'US')
  const address =
    start.address ??
    addressFromReport({
      name: backer.name,
      line1: place.street.replace('#', String(3 + index)),
      line2: '',
      sublocality: '',
      city: place.city,
      region: place.region,
      postcode: index % 29 === 8 ? '12' : place.postcode,
      country: place.country,
      phone: place.phone,
      delivery_notes: '',
    })
  return { answers, options, addons, country: address.country, address, address_accepted: index % 58 === 8 }
}
