import { describe, expect, test } from 'vitest'
import { verifyBooks } from '../../src/domain/verify.ts'
import { fieldsOf, useHttpWorld } from '../setup/http-world.ts'
import { dubai, type K5Catalogue, laterReport, makeCatalogue, NUMBERS, platformPrices } from './k5-campaign.ts'
import {
  answerByPages,
  apply,
  backersByNumber,
  countsEqualLines,
  k5,
  mailsTo,
  newCampaign,
  orderOf,
  problemsOf,
  upload,
} from './sample-steps.ts'

/*
 * The way from a Kickstarter report to locked orders, as a script and its backers walk it: over HTTP alone.
 */

const world = useHttpWorld()
let base: string
let backers: Awaited<ReturnType<typeof backersByNumber>>
let made: K5Catalogue

const { ADA, MIGUEL, KENJI, ZOE, PAT, LAYLA, JEAN_LUC, LAYLA_M, HUBERT, ADA_AGAIN } = NUMBERS
const backer = (number: number) => backers.get(number) ?? ({ id: '', link: '', email: '', survey: '' } as never)
const order = (number: number) => orderOf(world, base, backer(number).id)
const statuses = async (...numbers: number[]) => (await Promise.all(numbers.map(order))).map(({ status }) => status)
const move = async (name: string, selection: object, more: object = {}) => {
  const { status, body } = await world.post(`${base}/transitions`, { name, selection, ...more })
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}
const one = async (number: number) => ({ ids: [(await order(number)).id] })
const choices = () => ({
  questions: { [`options.level:${made.game}`]: made.english, [`answers.${made.sleeves}`]: 'Blue' },
})
const answer = (number: number, data: object = {}) =>
  world.post(`${base}/backers/${backer(number).id}/survey/confirm`, {
    data: { options: { [`level:${made.game}`]: made.english }, answers: { [made.sleeves]: 'Green' }, ...data },
  })

describe('the K5 report of all rewards', () => {
  test('is imported: every row is in the books or reported, and again it changes nothing', async () => {
    base = await newCampaign(world)
    const preview = await upload(world, base, k5, 'all-rewards.csv')
    expect(preview).toMatchObject({ state: 'previewed', generation: 'K5', rows_total: 13 })
    expect(preview.counts).toMatchObject({ new: 13, changed: 0, problem: 0 })
    expect((await backersByNumber(world, base)).size).toBe(0)
    const applied = await apply(world, base, preview.id)
    expect(applied.imported + applied.reported).toBe(13)
    expect(applied).toMatchObject({ state: 'applied', imported: 13, reported: 0 })
    expect(await apply(world, base, preview.id)).toEqual(applied)
    const again = await upload(world, base, k5, 'all-rewards.csv')
    expect(again.counts).toMatchObject({ new: 0, changed: 0, unchanged: 13 })
    await apply(world, base, again.id)
    backers = await backersByNumber(world, base)
    const survey = (number: number) => backers.get(number)?.survey
    expect([4, 16, 17].map(survey)).toEqual(['waiting', 'waiting', 'withdrawn'])
    expect([...backers.values()].filter((each) => each.survey === 'not_sent')).toHaveLength(10)
    expect(backers.size).toBe(13)
  })

  test('the catalogue: options, shipping, a limited add-on, questions', async () => {
    made = await makeCatalogue(world, base)
  })

  test('what the pledge paid for: who changes nothing owes nothing, and surveys wait for it', async () => {
    expect((await world.post(`${base}/surveys/send`, {})).body).toMatchObject({ status: 409, code: 'prices_not_saved' })
    const prices = await platformPrices(world, base)
    const { body: preview } = await world.post(`${base}/pledge-prices/preview`, prices)
    expect(preview).toMatchObject({
      exact: 6,
      credit: 3,
      owing: 1,
      waiting: 2,
      not_served: 0,
      missing: [],
      mismatched: { total: 0 },
    })
    expect((await world.put(`${base}/pledge-prices`, prices)).body.saved_at).toEqual(expect.any(String))
    const miguel = (await world.get(`${base}/backers/${backer(MIGUEL).id}/survey`)).body
    expect(miguel).toMatchObject({ survey: 'not_sent', order: null, total: -112_000 })
    expect(miguel.data).toMatchObject({ country: 'BR', address: { city: 'São Paulo' }, answers: { [made.sleeves]: 'Blue' } })
    const untouched = [KENJI, ZOE, LAYLA, LAYLA_M, HUBERT, ADA_AGAIN].map(
      async (number) => (await world.get(`${base}/backers/${backer(number).id}/survey`)).body.total,
    )
    expect(await Promise.all(untouched)).toEqual([0, 0, 0, 0, 0, 0])
  })

  test('surveys leave by mail, each with the link of its backer', async () => {
    const { body } = await world.post(`${base}/surveys/send`, {})
    expect(body).toMatchObject({ state: 'done', moved: 10 })
    await world.advance('PT1M')
    const { body: mails } = await world.get(`${base}/messages?kind=invitation&limit=50`)
    expect(mails.data.map((mail: { state: string }) => mail.state)).toEqual(Array(10).fill('sent'))
    const toMiguel = mails.data.find((mail: { backer_id: string }) => mail.backer_id === backer(MIGUEL).id)
    const { body: mail } = await world.get(`${base}/messages/${toMiguel.id}`)
    expect(mail.text).toContain(backer(MIGUEL).link)
    expect((await world.post(`${base}/surveys/send`, {})).body).toMatchObject({ moved: 0 })
  })
})

describe('backers answer', () => {
  test('by their link: a cookie and a clean address, then step by step; nothing changes before they confirm', async () => {
    const visit = await world.visit(backer(MIGUEL).link)
    expect(visit.entry).toMatchObject({ status: 303, location: expect.stringMatching(/^\/b\/[^/]+\/[^/]+$/) })
    expect(visit.entry.cookie).toMatch(new RegExp(`^afterfund_pledge_${backer(MIGUEL).id}=.*HttpOnly; SameSite=Lax`))
    expect((await world.get(`${base}/backers/${backer(MIGUEL).id}`)).body.survey).toBe('sent')
    const unanswered = await visit.fill('questions', { [`answers.${made.sleeves}`]: '' })
    expect(unanswered.status, problemsOf(unanswered.html)).toBe(422)
    const confirmed = await answerByPages(visit, choices())
    expect((await visit.open(confirmed)).html).toContain('Confirmed')
    const first = await order(MIGUEL)
    expect(first).toMatchObject({ number: 1, status: 'open', version: 1, balance_due: -112_000, country: 'BR' })
    expect(first.lines.map((line: { sku: string }) => line.sku)).toContain('GAME-EN')
  })

  test('others: a credit, an add-on of limited stock, by themselves and by staff for them', async () => {
    const visits = await Promise.all([ADA, ZOE, HUBERT].map((number) => world.visit(backer(number).link)))
    const [ada, zoe, hubert] = visits as [(typeof visits)[0], (typeof visits)[0], (typeof visits)[0]]
    await answerByPages(ada, choices())
    await answerByPages(zoe, { ...choices(), addons: { [`addons.${made.dice}`]: '1' } })
    await answerByPages(hubert, choices())
    expect(await order(ADA)).toMatchObject({ status: 'open', balance_due: -500 })
    expect(await order(ZOE)).toMatchObject({ status: 'open', balance_due: 1000 })
    expect(await order(HUBERT)).toMatchObject({ status: 'open', balance_due: 0 })
    expect((await answer(ADA_AGAIN, { address: { ...dubai, name: 'Ada Byrne' }, addons: { [made.dice]: 1 } })).status).toBe(200)
    expect((await answer(LAYLA, { address: dubai, addons: { [made.dice]: 1 } })).body).toMatchObject({ code: 'out_of_stock' })
    expect((await answer(LAYLA, { address: dubai, addons: { [made.dice]: 2 } })).body.status).toBe(422)
    expect((await answer(LAYLA, { addons: {} })).body).toMatchObject({ code: 'address_missing' })
    expect((await answer(LAYLA, { address: { ...dubai, country: 'AQ' } })).body).toMatchObject({ code: 'country_not_served' })
    expect((await answer(LAYLA, { address: dubai })).body).toMatchObject({ balance_due: 0 })
    expect((await answer(LAYLA_M, { address: dubai })).body).toMatchObject({ balance_due: 0 })
    await world.advance('PT1M')
    const confirmed = [ADA, MIGUEL, ZOE, HUBERT].map((number) => backer(number).email)
    expect(await mailsTo(world, base, 'confirmation')).toEqual(confirmed.toSorted((a, b) => a.localeCompare(b)))
    expect(await mailsTo(world, base, 'changed_by_staff')).toHaveLength(3)
  })

  test('an edit is a draft until its review, then the order; the piece goes back into stock', async () => {
    const visit = await world.visit(backer(ADA_AGAIN).link)
    expect(await order(ADA_AGAIN)).toMatchObject({ balance_due: 1000, version: 1 })
    const saved = await visit.fill('addons', { [`addons.${made.dice}`]: '0' })
    expect(saved.location).toContain('/review')
    expect(await order(ADA_AGAIN)).toMatchObject({ balance_due: 1000, version: 1, draft: { state: 'active' } })
    await visit.fill('review', { intent: 'confirm' })
    expect(await order(ADA_AGAIN)).toMatchObject({ balance_due: 0, version: 2, draft: null })
    expect((await world.get(`${base}/addons/${made.dice}`)).body).toMatchObject({ held: 1, stock: 2 })
    await countsEqualLines(world, base)
  })
})

describe('orders are locked', () => {
  test('all that can be; who lacks a payment method, and who is on hold, is left out with the reason', async () => {
    await world.post(`${base}/holds`, { selection: await one(LAYLA), reason: 'Asked for another language' })
    const all = { filter: { status: ['open'] } }
    const preview = await move('lock', all, { dry_run: true })
    expect(preview).toMatchObject({ state: 'preview', total: 7, moved: 5, warnings: ['before_lockdown_date'] })
    const draft = await world.visit(backer(HUBERT).link)
    expect((await draft.fill('questions', { [`answers.${made.sleeves}`]: 'Red' })).status).toBe(303)
    const stale = await draft.open(`${draft.base}/review`)
    const done = await move('lock', all)
    expect(done).toMatchObject({ state: 'done', total: 7, moved: 5 })
    const left = Object.fromEntries(done.left.map((each: { code: string; sample_ids: string[] }) => [each.code, each.sample_ids]))
    expect(left).toEqual({ payment_method_missing: [(await order(ZOE)).id], on_hold: [(await order(LAYLA)).id] })
    expect(await statuses(ADA, MIGUEL, LAYLA_M, HUBERT, ADA_AGAIN)).toEqual(Array(5).fill('locked'))
    expect(await statuses(ZOE, LAYLA)).toEqual(['open', 'open'])
    const { body: events } = await world.get(`${base}/operations/${done.operation}/events?limit=20`)
    expect(events.data.map((event: { from: string; to: string }) => `${event.from} ${event.to}`)).toEqual(
      Array(5).fill('open locked'),
    )
    const late = await draft.post(`${draft.base}/review`, { ...fieldsOf(stale.html), intent: 'confirm' })
    expect(late.status).toBe(409)
    expect(late.html).toContain('Your choices are locked')
    expect(await order(HUBERT)).toMatchObject({ draft: { state: 'overtaken' }, answers: [{ answer: 'Blue' }] })
    const { body: counts } = await world.get(`${base}/counts`)
    expect(counts.orders).toMatchObject({ open: { count: 2, on_hold: 1, owed: 1000 }, locked: { count: 5 } })
    await countsEqualLines(world, base)
  })

  test('the lockdown date locks nothing', async () => {
    await world.post(`${base}/releases`, { selection: await one(LAYLA) })
    await answer(KENJI, { address: { ...dubai, name: 'Kenji Tanaka' } })
    await world.advance('P27000D')
    expect(await statuses(ZOE, LAYLA, KENJI)).toEqual(['open', 'open', 'open'])
    expect((await world.get(`${base}/counts`)).body.orders).toMatchObject({ open: { count: 3 }, locked: { count: 5 } })
  })

  test('a notice that runs out locks its frozen list, with the last confirmed version, and nobody else', async () => {
    const scheduled = await move('lock', { filter: { status: ['open'] } }, { notice_hours: 48 })
    expect(scheduled).toMatchObject({ state: 'scheduled', total: 3, moved: 0, notice: { orders: 3, state: 'scheduled' } })
    await world.advance('PT1M')
    expect(await mailsTo(world, base, 'lock_notice')).toHaveLength(3)
    expect((await answer(JEAN_LUC)).body).toMatchObject({ balance_due: -100, status: 'open', notice: null })
    const kenji = await world.visit(backer(KENJI).link)
    await kenji.fill('questions', { [`answers.${made.sleeves}`]: 'Red' })
    await kenji.fill('review', { intent: 'confirm' })
    await world.advance('PT47H')
    expect(await statuses(KENJI, LAYLA, ZOE)).toEqual(['open', 'open', 'open'])
    await world.advance('PT48H')
    expect(await statuses(KENJI, LAYLA, ZOE, JEAN_LUC)).toEqual(['locked', 'locked', 'open', 'open'])
    expect((await order(KENJI)).answers).toMatchObject([{ answer: 'Red' }])
    const { body: notice } = await world.get(`${base}/notices/${scheduled.notice.id}`)
    expect(notice).toMatchObject({ state: 'done', waiting: 0 })
    const { body: operation } = await world.get(`${base}/operations/${notice.operation_id}`)
    expect(operation).toMatchObject({ moved: 2, actor: { kind: 'clock' }, left: [{ code: 'payment_method_missing', count: 1 }] })
  })
})

describe('after the lock', () => {
  test('unlocked, changed, locked again', async () => {
    expect(await move('unlock', await one(HUBERT))).toMatchObject({ moved: 1 })
    const hubert = await world.visit(backer(HUBERT).link)
    await hubert.fill('questions', { [`answers.${made.sleeves}`]: 'Green' })
    await hubert.fill('review', { intent: 'confirm' })
    expect(await move('lock', await one(HUBERT))).toMatchObject({ moved: 1 })
    expect(await order(HUBERT)).toMatchObject({ status: 'locked', answers: [{ answer: 'Green' }] })
  })

  test('a locked order that moves abroad owes; settled outside it is paid; moving on it owes again, and its backer is told', async () => {
    const visit = await world.visit(backer(LAYLA_M).link)
    const form = await visit.open(`${visit.base}/address`)
    expect(form.status).toBe(200)
    const typed = { 'address.country': 'AU', 'address.city': 'Perth', 'address.region': 'WA', 'address.postcode': '6000' }
    const offered = await visit.fill('address', typed)
    expect(offered.status, problemsOf(offered.html)).toBe(200)
    expect(await order(LAYLA_M)).toMatchObject({ balance_due: 0, country: 'AE' })
    const agreed = await visit.fill('address', { ...typed, agreed_balance: '1300' })
    expect(agreed.status, problemsOf(agreed.html)).toBe(303)
    const moved = await order(LAYLA_M)
    expect(moved).toMatchObject({ status: 'locked', balance_due: 1300, country: 'AU' })
    expect(await move('nothing_owed', await one(LAYLA_M))).toMatchObject({ moved: 0, left: [{ code: 'balance_due' }] })
    const settlement = { amount: 1300, how: 'paid_elsewhere', reason: 'Paid by bank transfer' }
    const settled = await world.post(`${base}/orders/${moved.id}/settlements`, settlement)
    expect(settled.body).toMatchObject({ status: 'paid', balance_due: 0, money: { settled_outside: 1300 } })
    const nepal = { ...dubai, name: 'ليلى المنصوري', city: 'Kathmandu', postcode: '44600', country: 'NP' }
    const address = { address: nepal, agreed_balance: 500, reason: 'Moved for work' }
    const again = await world.post(`${base}/orders/${moved.id}/address`, address)
    expect(again.body).toMatchObject({ status: 'locked', balance_due: 500 })
    await world.advance('PT1M')
    const { body: mails } = await world.get(`${base}/messages?kind=owe_again`)
    expect(mails.data).toMatchObject([{ to: backer(LAYLA_M).email, state: 'sent' }])
    const { body: mail } = await world.get(`${base}/messages/${mails.data[0].id}`)
    expect(mail.text).toContain('5.00')
    const { body: timeline } = await world.get(`${base}/orders/${moved.id}/timeline?limit=50`)
    const kinds = timeline.data
      .filter((event: { order_id: string }) => event.order_id)
      .map((event: { kind: string }) => event.kind)
    expect(kinds.slice(0, 5)).toEqual(['address_changed', 'owe_again', 'nothing_owed', 'settled_outside', 'address_changed'])
  })

  test('paid by staff where nothing is owed; canceled with a reason, told, counted no more', async () => {
    expect(await move('nothing_owed', await one(ADA))).toMatchObject({ moved: 1 })
    expect(await statuses(ADA)).toEqual(['paid'])
    const before = await countsEqualLines(world, base)
    expect((await world.post(`${base}/transitions`, { name: 'cancel', selection: await one(MIGUEL) })).status).toBe(422)
    expect(await move('cancel', await one(MIGUEL), { reason: 'Asked us to' })).toMatchObject({ moved: 1 })
    await world.advance('PT1M')
    expect(await mailsTo(world, base, 'cancellation')).toEqual([backer(MIGUEL).email])
    const after = await countsEqualLines(world, base)
    expect(after['GAME-EN']).toBe((before['GAME-EN'] ?? 0) - 1)
    const visit = await world.visit(backer(MIGUEL).link)
    expect((await visit.open(visit.base)).html).toContain('cancel')
  })

  test('a later report re-prices what is open, holds what is withdrawn, and lists what is locked', async () => {
    const preview = await upload(world, base, laterReport(), 'later.csv')
    expect(preview).toMatchObject({ rows_total: 14, counts: { new: 1, changed: 4, unchanged: 9, problem: 0, gone: 0 } })
    const applied = await apply(world, base, preview.id)
    expect(applied).toMatchObject({ imported: 12, reported: 2, counts: { repriced: 1, held: 1 } })
    expect(await order(ZOE)).toMatchObject({ status: 'open', balance_due: 500, hold: null })
    expect(await order(JEAN_LUC)).toMatchObject({ status: 'open', hold: { code: 'pledge_withdrawn' } })
    expect(await order(LAYLA_M)).toMatchObject({ status: 'locked', balance_due: 500 })
    backers = await backersByNumber(world, base)
    expect([4, 18].map((number) => backer(number).survey)).toEqual(['not_sent', 'not_sent'])
    await world.advance('PT1M')
    expect(await mailsTo(world, base, 'price_changed')).toEqual([backer(ZOE).email])
    const { body: again } = await world.post(`${base}/imports/${preview.id}/apply`)
    expect(again).toEqual(applied)
    expect((await move('cancel', await one(JEAN_LUC), { reason: 'Withdrew on the platform' })).moved).toBe(1)
    expect((await answer(PAT)).body).toMatchObject({ balance_due: 10_100 })
  })

  test('and the books balance', async () => {
    await countsEqualLines(world, base)
    const { body: counts } = await world.get(`${base}/counts`)
    const orders = Object.entries(counts.orders as Record<string, { count: number }>).map(([status, { count }]) => [
      status,
      count,
    ])
    expect(Object.fromEntries(orders)).toMatchObject({ open: 2, locked: 5, paid: 1, canceled: 2, errored: 0, shipped: 0 })
    expect(await verifyBooks(world.parts.db, new Date())).toEqual([])
  })
})
