import { linkFor } from '../../src/domain/backers/links.ts'
import { deriveKey } from '../../src/secret.server.ts'
import { atOnce, median, milliseconds, percentile, type Result, shown } from '../measure.ts'
import { apiOf, ask } from '../setup/http.ts'
import { openPage, signIn } from '../setup/pages.ts'
import type { World } from '../setup/world.ts'

const CALLS = 10

/** What a creator and a backer wait for, with all orders there. Without a goal. */
export async function benchPages(world: World): Promise<Result[]> {
  const { id } = await world.large()
  const { url } = await world.program()
  const api = apiOf(url, world.key)
  const preview = () => api.post(`/campaigns/${id}/transitions`, { name: 'lock', selection: { filter: {} }, dry_run: true })
  const cookie = await signIn(url)
  const order = await world.client.db
    .selectFrom('orders')
    .select('id')
    .where('campaign_id', '=', id)
    .where('number', '>', 10_000)
    .limit(1)
    .executeTakeFirstOrThrow()
  const open = (path: string) => () => openPage(`${url}${path}`, cookie)
  return [
    shown('preview of a lock', await medianOf(preview), 'ms'),
    shown('counts of the lifecycle', await medianOf(() => api.get(`/campaigns/${id}/counts`)), 'ms'),
    shown('counts of SKUs', await medianOf(() => api.get(`/campaigns/${id}/counts/skus`)), 'ms'),
    shown('page: overview', await medianOf(open(`/campaigns/${id}`)), 'ms'),
    shown('page: orders', await medianOf(open(`/campaigns/${id}/orders`)), 'ms'),
    shown('page: backers', await medianOf(open(`/campaigns/${id}/backers`)), 'ms'),
    shown('page: finalize', await medianOf(open(`/campaigns/${id}/finalize`)), 'ms'),
    shown('page: shipping', await medianOf(open(`/campaigns/${id}/shipping`)), 'ms'),
    shown('page: charges', await medianOf(open(`/campaigns/${id}/charges`)), 'ms'),
    shown('page: counts', await medianOf(open(`/campaigns/${id}/counts`)), 'ms'),
    shown('page: one order', await medianOf(open(`/campaigns/${id}/orders/${order.id}`)), 'ms'),
    ...(await surveyPages(world, url, id)),
  ]
}

async function medianOf(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  await run()
  for (let calls = 0; calls < CALLS; calls++) times.push(await milliseconds(run))
  return median(times)
}

/** The first page of the survey, each backer with the cookie of their own link, as after a mailing. */
async function surveyPages(world: World, url: string, campaign_id: string): Promise<Result[]> {
  const backers = await world.client.db
    .selectFrom('backers')
    .select(['campaign_id', 'id', 'link_version'])
    .where('campaign_id', '=', campaign_id)
    .where('survey', 'in', ['sent', 'started'])
    .limit(200)
    .execute()
  const key = deriveKey(world.secret, 'links')
  const visits: { page: string; cookie: string }[] = []
  for (const backer of backers) {
    const entry = await ask(linkFor(key, url, backer))
    const cookie = entry.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    visits.push({ page: await firstStep(new URL(entry.headers.location ?? '', url).href, cookie), cookie })
  }
  const results: Result[] = []
  for (const lanes of [16, 200]) {
    const calls = Array.from({ length: 5 }, () => visits).flat()
    const times: number[] = []
    const took = await milliseconds(() =>
      atOnce(calls, lanes, async ({ page, cookie }) => times.push(await milliseconds(() => openPage(page, cookie)))),
    )
    results.push(shown(`survey page, ${lanes} at once`, (calls.length / took) * 1000, 'pages/s'))
    results.push(shown(`survey page, ${lanes} at once, 95%`, percentile(times, 0.95), 'ms'))
  }
  return results
}

/** Where the clean address leads. */
async function firstStep(page: string, cookie: string): Promise<string> {
  const answer = await ask(page, { headers: { cookie } })
  const { location } = answer.headers
  return location ? new URL(location, page).href : page
}
