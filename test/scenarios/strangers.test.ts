import { beforeAll, describe, expect, test } from 'vitest'
import type { ApiDocument } from '../../src/http/description.ts'
import routes from '../../src/web/routes.ts'
import { makeSurveyBacker, type SurveyCampaign } from '../factories/survey-campaign.ts'
import { flatPatterns, makeTwoOwners, type Owner, type OwnThings } from '../factories/two-owners.ts'
import { useHttpWorld } from '../setup/http-world.ts'
import { bodyOf } from './stranger-bodies.ts'

/*
 * Promise 8: nobody sees or changes what is not theirs. Walks every route of the OpenAPI document and every page of the site map three
 * times: as the owner (the control: it is there), as another owner, and as the owner through another campaign of theirs.
 */

const world = useHttpWorld()
let owner: Owner
let stranger: Owner
let things: OwnThings
/** another campaign of the owner, with nothing of the first in it */
let elsewhere: string
let operations: { method: string; path: string; id: string }[]

beforeAll(async () => {
  ;({ owner, stranger, things, elsewhere } = await makeTwoOwners(world))
  const { paths } = (await (await fetch(`${world.url}/api/v1/openapi.json`)).json()) as ApiDocument
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({ method: method.toUpperCase(), path, id: operationId })),
  )
})

/** What an entry of each part of the catalogue is. */
const ENTRIES = { items: 'item', levels: 'level', addons: 'addon', shipping: 'region', questions: 'question' } as const

/** An address with the ids of `things` in it; `campaign` may be another one. */
const filled = (pattern: string, campaign = things.campaign) =>
  pattern
    .replace(/(items|levels|addons|shipping|questions)\/:entry/, (_, part: keyof typeof ENTRIES) => `${part}/:${ENTRIES[part]}`)
    .replace(/\{(\w+?)(?:_id)?\}|:(\w+)/g, (_, api: string, page: string) => {
      const name = api ?? page
      const id = name === 'campaign' ? campaign : things[name as keyof OwnThings]
      if (!id) throw new Error(`${pattern} names a thing that this test does not make: ${name}`)
      return id
    })

async function ask(who: Owner, method: string, path: string, id: string): Promise<number> {
  const body = method === 'GET' || method === 'DELETE' ? undefined : bodyOf(id, things)
  const isRaw = typeof body === 'string'
  const answer = await fetch(`${world.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${who.key}`,
      ...(body === undefined ? {} : { 'content-type': isRaw ? 'text/csv' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
  })
  await answer.arrayBuffer()
  return answer.status
}

async function api(who: Owner, path: string): Promise<unknown> {
  const answer = await fetch(`${world.url}/api/v1${path}`, { headers: { authorization: `Bearer ${who.key}` } })
  return await answer.json()
}

async function visit(who: Owner, path: string, method: 'GET' | 'POST', form: Record<string, string> = {}): Promise<number> {
  const answer = await fetch(world.url + path, {
    method,
    redirect: 'manual',
    headers: { cookie: who.cookie, origin: world.url },
    ...(method === 'POST' ? { body: new URLSearchParams({ intent: 'save', ...form }) } : {}),
  })
  await answer.arrayBuffer()
  return answer.status
}

/** 405 and 400: there is no such door at all, for nobody. */
const isShut = (status: number) => status === 404 || status === 405 || status === 400

/** Everything that a step of a stranger could have left behind. */
async function traces() {
  const tables = [
    'events',
    'ledger_entries',
    'messages',
    'operations',
    'notices',
    'imports',
    'tracking_files',
    'change_requests',
    'shipments',
    'payment_attempts',
    'payment_methods',
    'card_sessions',
    'charge_runs',
    'charge_run_orders',
    'drafts',
    'levels',
    'items',
  ] as const
  const counts = tables.map(async (table) => {
    const rows = await world.parts.db.selectFrom(table).select('campaign_id').where('campaign_id', '=', things.campaign).execute()
    return [table, rows.length] as const
  })
  const campaign = await world.parts.db.selectFrom('campaigns').selectAll().where('id', '=', things.campaign).execute()
  const orders = await world.parts.db.selectFrom('orders').select(['id', 'version']).execute()
  return { counts: await Promise.all(counts), campaign, orders }
}

describe('the API', () => {
  const inCampaign = () => operations.filter(({ path }) => path.includes('{campaign_id}'))

  test('answers 404 to every route of somebody else’s campaign, and nothing has changed', async () => {
    const before = await traces()
    const answers = []
    for (const { method, path, id } of inCampaign()) answers.push([id, await ask(stranger, method, filled(path), id)])
    expect(answers.length).toBeGreaterThan(70)
    expect(answers.filter(([, status]) => status !== 404)).toEqual([])
    expect(await traces()).toEqual(before)
  })

  test('answers 404 to what belongs to another campaign of the same owner', async () => {
    const before = await traces()
    const answers = []
    for (const { method, path, id } of inCampaign()) {
      if (path.split('{').length < 3) continue
      answers.push([id, await ask(owner, method, filled(path, elsewhere), id)])
    }
    expect(answers.length).toBeGreaterThan(40)
    expect(answers.filter(([, status]) => status !== 404)).toEqual([])
    expect(await traces()).toEqual(before)
  })

  test('answers 404 to an id that is none', async () => {
    for (const { method, path, id } of inCampaign()) {
      const last = path.lastIndexOf('{')
      const broken = filled(`${path.slice(0, last)}not-an-id${path.slice(path.indexOf('}', last) + 1)}`)
      expect(await ask(owner, method, broken, id), `${method} ${broken}`).toBe(404)
    }
  })
})

describe('the pages', () => {
  const desk = flatPatterns(routes).filter((path) => path.startsWith('/campaigns/:campaign'))
  const pagesOf = (campaign?: string) => desk.map((pattern) => filled(pattern, campaign))

  test('of somebody else’s campaign are not there, to look at or to post to, and nothing has changed', async () => {
    expect(desk.length).toBeGreaterThan(35)
    const before = await traces()
    for (const path of pagesOf()) {
      expect(await visit(stranger, path, 'GET'), `GET ${path}`).toSatisfy(isShut)
      expect(await visit(stranger, path, 'POST'), `POST ${path}`).toSatisfy(isShut)
    }
    expect(await traces()).toEqual(before)
  })

  test('of a thing of another campaign of the same owner are not there', async () => {
    const before = await traces()
    for (const pattern of desk.filter((each) => /:campaign.*:(?!deed|part)/.test(each))) {
      const path = filled(pattern, elsewhere)
      expect(await visit(owner, path, 'GET'), `GET ${path}`).toSatisfy(isShut)
      // 422: an empty form may be refused for what it lacks, before anything is looked up.
      expect(await visit(owner, path, 'POST'), `POST ${path}`).toSatisfy((status) => status === 422 || isShut(status))
      const broken = filled(pattern.replace(/:(?!campaign)\w+/, 'not-an-id'))
      expect(await visit(owner, broken, 'GET'), `GET ${broken}`).toSatisfy(isShut)
    }
    expect(await traces()).toEqual(before)
  })

  test('lead to the sign-in whoever is not signed in', async () => {
    const nobody = { ...stranger, cookie: '' }
    for (const path of pagesOf())
      expect(await visit(nobody, path, 'GET'), path).toSatisfy((status) => status === 303 || isShut(status))
  })
})

describe('the pages behind a backer’s link', () => {
  // `/b/*` is nobody's: it answers 404 to all, with the way to a new link.
  const isOwned = (path: string) => path.startsWith('/b/') && !path.includes(':secret') && path !== '/b/*'
  const pages = flatPatterns(routes).filter(isOwned)

  test('open to the cookie of this backer in this campaign, and to no other', async () => {
    const { link } = (await api(owner, `/campaigns/${things.campaign}/backers/${things.backer}`)) as { link: string }
    const entry = await fetch(link, { redirect: 'manual' })
    const backer = { ...owner, cookie: entry.headers.getSetCookie()[0]?.split(';')[0] ?? '' }
    const level = { id: things.campaign, levels: { captain: things.level } } as SurveyCampaign
    const { id: other } = await makeSurveyBacker(world.parts, level)
    expect(pages.length).toBeGreaterThan(5)
    const before = await traces()
    for (const pattern of pages) {
      const own = filled(pattern)
      // Somebody else's pledge, this backer's in another campaign, and with an id that is none.
      for (const path of [own.replace(things.backer, other), filled(pattern, elsewhere), own.replace(things.backer, 'none')]) {
        expect(await visit(backer, path, 'GET'), `GET ${path}`).toBe(404)
        for (const named of [things.backer, other])
          expect(await visit(backer, path, 'POST', { backer: named, country: 'PT' }), `POST ${path}`).toSatisfy(isShut)
      }
      expect(await visit(backer, own, 'POST', { backer: other, country: 'PT' }), `POST ${own} for another`).toSatisfy(isShut)
      expect(await visit(stranger, own, 'GET'), `GET ${own} by staff of another campaign`).toBe(404)
      expect(await visit(backer, own, 'GET'), `GET ${own} by its backer`).toSatisfy((status) => status === 200 || status === 303)
    }
    expect(await traces()).toEqual(before)
  })
})

describe('the control: to their owner', () => {
  test('the same addresses are all there', async () => {
    for (const pattern of flatPatterns(routes).filter((path) => path.startsWith('/campaigns/:campaign'))) {
      // What is posted to only: who takes it away is written down.
      if (/(counts|ready-orders)\.csv$/.test(pattern)) continue
      const path = filled(pattern)
      expect(await visit(owner, path, 'GET'), `GET ${path}`).toSatisfy(
        (status) => status === 200 || status === 302 || status === 303,
      )
    }
    const kept = operations.filter(({ path, method }) => path.includes('{campaign_id}') && method !== 'DELETE')
    for (const { method, path, id } of kept) {
      const status = await ask(owner, method, filled(path), id)
      expect(status, `${id} is there`).not.toBe(404)
      expect(status, `${id} does not break`).toBeLessThan(500)
    }
  })
})
