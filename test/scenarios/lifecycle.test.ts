import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { changeAddress } from '../../src/domain/orders/change-address.ts'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { type Actor, CLOCK } from '../../src/domain/shared/actor.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import { newId } from '../../src/lib/id.ts'
import { berlin, type TestCampaign } from '../factories/campaign.ts'
import { useTestApi } from '../setup/api.ts'
import { LEADS_TO, MOVES, type MoveName, mayTry, reasonsAgainst, refusalOf, STATUSES, WHO } from './lifecycle-model.ts'
import { allCases, casesFor, makeOrders, makeOwnCampaign, type OrderCase, ordersNow, plainFacts } from './lifecycle-orders.ts'

/*
 * Every status × transition × actor with every combination of facts, and every status × kind of change × actor, against a model of the
 * lifecycle that was written by hand (lifecycle-model.ts).
 */

const api = useTestApi()
const doors = () => ({ ...api, parts: api.program.deps })
const told = ({ status, facts }: OrderCase) => `${status} ${JSON.stringify(facts)}`
const backerOf = (campaign: TestCampaign, one: OrderCase): Actor => ({
  kind: 'backer',
  id: one.backer_id,
  campaign_id: campaign.id,
})
// At the time of day: the clock of a test runs ahead, and the charges under way of the test would be old by it.
const balanced = async () => expect(await verifyBooks(api.program.deps.db, new Date())).toEqual([])
const codeOf = (error: unknown) => (error as { code?: string }).code

type Left = { code: string; count: number; sample_ids: string[] }

/** What a transition over all cases left out is what the model leaves out, each for a reason that holds. */
function expectLeft(name: MoveName, cases: OrderCase[], answer: { total: number; moved: number; left: Left[] }): void {
  const byId = new Map(cases.map((one) => [one.id, one]))
  const stays = cases.filter(({ status, facts }) => reasonsAgainst(name, status, facts).length > 0)
  expect(answer).toMatchObject({ total: cases.length, moved: cases.length - stays.length })
  expect(answer.left.reduce((sum, { count }) => sum + count, 0)).toBe(stays.length)
  for (const { code, count, sample_ids } of answer.left) {
    const could = stays.filter(({ status, facts }) => reasonsAgainst(name, status, facts).includes(code))
    expect(could.length, `${name}: ${code}`).toBeGreaterThanOrEqual(count)
    for (const id of sample_ids) {
      const one = byId.get(id) as OrderCase
      expect(reasonsAgainst(name, one.status, one.facts), `${name}: ${told(one)}`).toContain(code)
    }
  }
}

/** Each order stands where the model says, with one version and one event more where it moved, and untouched where it did not. */
async function expectMoved(
  name: MoveName,
  campaign: TestCampaign,
  cases: OrderCase[],
  before: Awaited<ReturnType<typeof ordersNow>>,
) {
  const now = await ordersNow(doors(), campaign.id)
  for (const one of cases) {
    const moves = reasonsAgainst(name, one.status, one.facts).length === 0
    const was = before.get(one.id)
    const version = (was?.version ?? 0) + (moves ? 1 : 0)
    const expected = moves ? { status: LEADS_TO[name], version, last_event: name } : { ...was, version }
    expect(now.get(one.id), `${name}: ${told(one)}`).toMatchObject(expected)
    expect(now.get(one.id)?.events).toBe(version)
  }
}

describe.each(MOVES)('%s', (name) => {
  test('staff, over orders of every status with every combination of facts; the preview says the same', async () => {
    const campaign = await makeOwnCampaign(doors())
    const cases = await makeOrders(doors(), campaign, casesFor(name))
    const before = await ordersNow(doors(), campaign.id)
    for (const one of cases) expect(before.get(one.id)?.status, told(one)).toBe(one.status)
    const path = `/campaigns/${campaign.id}/transitions`
    const request = { name, selection: { ids: cases.map(({ id }) => id) }, reason: 'all of them' }
    expectLeft(name, cases, (await api.post(path, { ...request, dry_run: true })).body)
    expect(await ordersNow(doors(), campaign.id)).toEqual(before)
    const { body: answer } = await api.post(path, request)
    expectLeft(name, cases, answer)
    await expectMoved(name, campaign, cases, before)
    await balanced()
  })

  test('a backer never; the clock only what staff gave notice of', async () => {
    const campaign = await makeOwnCampaign(doors())
    const cases = await makeOrders(
      doors(),
      campaign,
      STATUSES.map((status) => ({ status, facts: plainFacts })),
    )
    const before = await ordersNow(doors(), campaign.id)
    for (const one of cases) {
      for (const who of WHO.filter((each) => !mayTry(name, each))) {
        const actor = who === 'backer' ? backerOf(campaign, one) : CLOCK
        const input = { campaign_id: campaign.id, name, selection: { ids: [one.id] }, reason: 'x' }
        const refusal = await inTransaction(api.program.deps, (tx) => transitionOrders(tx, actor, input)).catch(codeOf)
        expect(refusal, `${who}: ${told(one)}`).toBe('not_allowed')
      }
    }
    expect(await ordersNow(doors(), campaign.id)).toEqual(before)
  })
})

test.each([
  ['lock', 'open'],
  ['finalize_address', 'paid'],
] as const)(
  'the clock does what a notice of %s names, with its conditions; orders not %s stay as they are',
  async (name, from) => {
    const campaign = await makeOwnCampaign(doors())
    const cases = await makeOrders(doors(), campaign, casesFor(name))
    const named = cases.filter(({ status }) => status === from)
    const request = { name, selection: { filter: {} }, notice_hours: 48 }
    const { body: scheduled } = await api.post(`/campaigns/${campaign.id}/transitions`, request)
    expect(scheduled).toMatchObject({ state: 'scheduled', total: named.length, moved: 0 })
    // Rows that no command makes: orders of other statuses that a notice names all the same.
    await sql`update orders set notice_id = ${scheduled.notice.id} where campaign_id = ${campaign.id}`.execute(
      api.program.deps.db,
    )
    const before = await ordersNow(doors(), campaign.id)
    await api.program.app.request('/api/v1/test/clock', {
      method: 'POST',
      headers: { host: 'localhost', 'content-type': 'application/json' },
      body: JSON.stringify({ advance: 'PT48H' }),
    })
    const now = await ordersNow(doors(), campaign.id)
    for (const one of cases) {
      const moves = reasonsAgainst(name, one.status, one.facts).length === 0
      const last_event = moves ? name : 'left_open_by_notice'
      const expected = {
        status: moves ? LEADS_TO[name] : one.status,
        version: (before.get(one.id)?.version ?? 0) + 1,
        last_event,
      }
      expect(now.get(one.id), told(one)).toMatchObject(expected)
    }
    await balanced()
  },
)

test('where everybody is asked for a payment method, a lock demands one from all', async () => {
  const campaign = await makeOwnCampaign(doors(), true)
  const wanted = allCases().filter(({ status }) => status === 'open')
  const cases = await makeOrders(
    doors(),
    campaign,
    wanted.map(({ status, facts }) => ({ status, facts: { ...facts, method_asked_of_all: true } })),
  )
  const before = await ordersNow(doors(), campaign.id)
  const request = { name: 'lock', selection: { ids: cases.map(({ id }) => id) } }
  expectLeft('lock', cases, (await api.post(`/campaigns/${campaign.id}/transitions`, request)).body)
  await expectMoved('lock', campaign, cases, before)
})

// Every third of all cases: an odd step through the pairs still meets each fact with each status.
test('one order tells which transitions are possible, why not, and what its backer may change', async () => {
  const campaign = await makeOwnCampaign(doors())
  for (const one of await makeOrders(
    doors(),
    campaign,
    allCases().filter((_, place) => place % 3 === 0),
  )) {
    const { body } = await api.get(`/campaigns/${campaign.id}/orders/${one.id}`)
    const shown = new Map<string, { possible: boolean; code: string | null }>(
      body.transitions.map((each: { name: string }) => [each.name, each]),
    )
    for (const name of MOVES) {
      const reasons = reasonsAgainst(name, one.status, one.facts)
      const button = shown.get(name)
      expect(button?.possible ?? false, `${name}: ${told(one)}`).toBe(reasons.length === 0)
      if (button && !button.possible) expect(reasons, `${name}: ${told(one)}`).toContain(button.code)
    }
    for (const kind of ['choices', 'address', 'payment_method'] as const) {
      const code = refusalOf(one.status, kind)
      expect(body.may_change[kind], `${kind}: ${told(one)}`).toEqual({ allowed: code === null, code })
    }
  }
})

describe.each(STATUSES)('changes of an order that is %s', (status) => {
  const choices = (campaign: TestCampaign, quantity: number) => ({ addons: { [campaign.addon_id]: quantity } })
  const elsewhere = { ...berlin, line1: 'Neue Straße 1' }
  const nepal = { ...berlin, city: 'Kathmandu', postcode: '44600', country: 'NP' }

  test('its choices and its address: by its backer, by staff, by another backer', async () => {
    const campaign = await makeOwnCampaign(doors())
    const cases = await makeOrders(doors(), campaign, Array(5).fill({ status, facts: plainFacts }))
    const [byBacker, byStaff, others, addressByBacker, addressByStaff] = cases as [
      OrderCase,
      OrderCase,
      OrderCase,
      OrderCase,
      OrderCase,
    ]
    const { deps } = api.program
    const before = await ordersNow(doors(), campaign.id)
    const confirm = (actor: Actor, one: OrderCase) =>
      inTransaction(deps, (tx) =>
        confirmSurvey(tx, actor, { campaign_id: campaign.id, backer_id: one.backer_id, data: choices(campaign, 1) }),
      ).then(() => null, codeOf)
    const moveHouse = (actor: Actor, one: OrderCase) =>
      inTransaction(deps, (tx) =>
        changeAddress(tx, actor, { campaign_id: campaign.id, order_id: one.id, address: elsewhere as never }),
      ).then(() => null, codeOf)
    expect(await confirm(backerOf(campaign, byBacker), byBacker)).toBe(refusalOf(status, 'choices'))
    expect(await moveHouse(backerOf(campaign, addressByBacker), addressByBacker)).toBe(refusalOf(status, 'address'))
    expect(await confirm(backerOf(campaign, byStaff), others)).toBe('not_found')
    expect(await moveHouse(backerOf(campaign, byStaff), others)).toBe('not_found')
    const path = (one: OrderCase) => `/campaigns/${campaign.id}/orders/${one.id}`
    const changed = await api.post(`${path(byStaff)}/changes`, { data: choices(campaign, 1) })
    expect(changed.body.code ?? null).toBe(refusalOf(status, 'choices'))
    const moved = await api.post(`${path(addressByStaff)}/address`, { address: elsewhere })
    expect(moved.body.code ?? null).toBe(refusalOf(status, 'address'))
    const now = await ordersNow(doors(), campaign.id)
    for (const [one, kind] of [
      [byBacker, 'choices'],
      [byStaff, 'choices'],
      [addressByBacker, 'address'],
      [addressByStaff, 'address'],
    ] as const) {
      const was = before.get(one.id)
      const version = (was?.version ?? 0) + (refusalOf(status, kind) ? 0 : 1)
      expect(now.get(one.id), kind).toMatchObject({ status, version })
    }
    expect(now.get(others.id)).toEqual(before.get(others.id))
    await balanced()
  })

  test('an address that costs more is agreed to; a paid order owes again; a charge under way refuses it; a hold does not', async () => {
    const campaign = await makeOwnCampaign(doors())
    const facts = [plainFacts, { ...plainFacts, attempt: true }, { ...plainFacts, held: status !== 'shipped' }]
    const cases = await makeOrders(
      doors(),
      campaign,
      facts.map((each) => ({ status, facts: each })),
    )
    for (const one of cases) {
      const path = `/campaigns/${campaign.id}/orders/${one.id}/address`
      const refusal = refusalOf(status, 'address') ?? (one.facts.attempt ? 'charge_in_progress' : null)
      const unagreed = await api.post(path, { address: nepal })
      expect(unagreed.body.code, told(one)).toBe(refusal ?? 'price_changed')
      const { body } = await api.post(path, { address: nepal, agreed_balance: 800 })
      if (refusal) expect(body.code, told(one)).toBe(refusal)
      else
        expect(body, told(one)).toMatchObject({ status: status === 'paid' ? 'locked' : status, balance_due: 800, country: 'NP' })
    }
    const { body: mails } = await api.get(`/campaigns/${campaign.id}/messages?kind=owe_again`)
    expect(mails.data).toHaveLength(status === 'paid' ? 2 : 0)
    // A payment method cannot be given before charging: its row of the table is in may_change.
    await balanced()
  })
})

test('an order that nobody knows is told like one that is not there', async () => {
  const campaign = await makeOwnCampaign(doors())
  const { body } = await api.post(`/campaigns/${campaign.id}/transitions`, { name: 'lock', selection: { ids: [newId()] } })
  expect(body).toMatchObject({ total: 0, moved: 0, left: [] })
})
