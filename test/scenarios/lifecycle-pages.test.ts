import { beforeAll, describe, expect, test } from 'vitest'
import { verifyBooks } from '../../src/domain/verify.ts'
import type { TestCampaign } from '../factories/campaign.ts'
import { useHttpWorld } from '../setup/http-world.ts'
import { refusalOf, STATUSES, type Status } from './lifecycle-model.ts'
import { makeOrders, makeOwnCampaign, type OrderCase, plainFacts } from './lifecycle-orders.ts'
import { problemsOf } from './sample-steps.ts'

/*
 * What a backer may change, tried on their pages: with a page that was opened in this status, and with one from before, while the order was
 * still open.
 */

const world = useHttpWorld()
let campaign: TestCampaign
let cases: OrderCase[]

beforeAll(async () => {
  campaign = await makeOwnCampaign(world)
  const wanted = STATUSES.flatMap((status) => [status, status])
  cases = await makeOrders(
    world,
    campaign,
    wanted.map((status) => ({ status, facts: plainFacts })),
  )
})

async function open(status: Status, place: 0 | 1) {
  const one = cases.filter((each) => each.status === status)[place] as OrderCase
  const { body } = await world.get(`/campaigns/${campaign.id}/backers/${one.backer_id}`)
  const visit = await world.visit(body.link)
  const order = async () => (await world.get(`/campaigns/${campaign.id}/orders/${one.id}`)).body
  return { one, visit, order, before: await order() }
}

const address = { mode: 'order', 'address.name': 'Zoë Müller', 'address.line1': 'Neue Straße 1', 'address.city': 'Berlin' }
const berlin = { ...address, 'address.postcode': '10115', 'address.country': 'DE' }

describe.each(STATUSES)('an order that is %s', (status) => {
  test('its choices', async () => {
    const { one, visit, order, before } = await open(status, 0)
    const refusal = refusalOf(status, 'choices')
    const page = await visit.open(`${visit.base}/addons`)
    expect(page.html.includes(`name="addons.${campaign.addon_id}"`), problemsOf(page.html)).toBe(refusal === null)
    const fields = { backer: one.backer_id, [`addons.${campaign.addon_id}`]: '1' }
    const saved = await visit.post(`${visit.base}/addons`, fields)
    expect(saved.status, problemsOf(saved.html)).toBe(refusal ? 409 : 303)
    // The mark of the draft that the review shows; where there is no review to confirm, any will do.
    const review = refusal ? null : await visit.open(`${visit.base}/review`)
    const draft = /name="draft" value="([^"]+)"/.exec(review?.html ?? '')?.[1] ?? '1'
    const late = { backer: one.backer_id, intent: 'confirm', draft, agreed_total: '3000' }
    const confirmed = await visit.post(`${visit.base}/review`, late)
    expect(confirmed.status, problemsOf(confirmed.html)).toBe(refusal ? 409 : 303)
    const now = await order()
    expect(now).toMatchObject({ status, balance_due: refusal ? before.balance_due : 3000 })
    expect(now.version).toBe(before.version + (refusal ? 0 : 1))
  })

  test('its address', async () => {
    const { one, visit, order, before } = await open(status, 1)
    const refusal = refusalOf(status, 'address')
    const page = await visit.open(`${visit.base}/address`)
    expect(page.html.includes('name="address.line1"'), problemsOf(page.html)).toBe(refusal === null)
    const saved = await visit.post(`${visit.base}/address`, { backer: one.backer_id, version: String(before.version), ...berlin })
    expect(saved.status, problemsOf(saved.html)).toBe(refusal ? 409 : 303)
    if (status === 'open') {
      // An edit of an open order is a draft until its review.
      expect((await order()).version).toBe(before.version)
      expect((await visit.fill('review', { intent: 'confirm' })).status).toBe(303)
    }
    const now = await order()
    expect(now).toMatchObject({ status, address: { line1: refusal ? 'Musterstraße 7' : 'Neue Straße 1' } })
    expect(now.version).toBe(before.version + (refusal ? 0 : 1))
  })
})

test('a form names its backer: with the cookie of one, nothing of another is changed', async () => {
  const mine = await open('open', 0)
  const theirs = await open('open', 1)
  const fields = { backer: theirs.one.backer_id, [`addons.${campaign.addon_id}`]: '2' }
  expect((await mine.visit.post(`${mine.visit.base}/addons`, fields)).status).toBe(404)
  expect((await mine.visit.post(`${theirs.visit.base}/addons`, fields)).status).toBe(404)
  expect((await mine.visit.open(theirs.visit.base)).status).toBe(404)
  expect((await theirs.order()).version).toBe(theirs.before.version)
  expect(await verifyBooks(world.parts.db, new Date())).toEqual([])
})
