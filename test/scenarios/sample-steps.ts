import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { HttpWorld, Visit } from '../setup/http-world.ts'

/*
 * The steps that scenarios share, each through the JSON API: what a script would send.
 */

export const k5 = readFileSync(new URL('../samples/ks-k5-2023-all-rewards.csv', import.meta.url))
export const k3 = readFileSync(new URL('../samples/ks-k3-per-reward.zip', import.meta.url))

/** A campaign of the API key's account; answers its address below /api/v1. */
export async function newCampaign(world: HttpWorld, currency = 'USD', lockdown_on = '2099-11-30'): Promise<string> {
  const { status, body } = await world.post('/campaigns', {
    name: 'Tidebreakers',
    creator_name: 'Lanternfish Games',
    currency,
    ship_from_country: 'DE',
    time_zone: 'Europe/Berlin',
    support_email: 'help@lanternfish.example',
    lockdown_on,
    mode: 'test',
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return `/campaigns/${body.id}`
}

/** Uploads a report and waits for its preview. */
export async function upload(world: HttpWorld, base: string, bytes: Uint8Array | string, name: string) {
  const form = new FormData()
  form.set('file', new File([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)], name))
  const { status, body } = await world.post(`${base}/imports`, form)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

export async function apply(world: HttpWorld, base: string, import_id: string) {
  const { status, body } = await world.post(`${base}/imports/${import_id}/apply`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

/** Named rows of a list, by what the report calls them. */
export async function byName(world: HttpWorld, path: string): Promise<Record<string, { id: string } & Record<string, unknown>>> {
  const { body } = await world.get(path)
  return Object.fromEntries(body.data.map((row: { id: string; name?: string; prompt?: string }) => [row.name ?? row.prompt, row]))
}

/** The backers by the number they have in the report, with their links. */
export async function backersByNumber(world: HttpWorld, base: string) {
  const { body } = await world.get(`${base}/backers?limit=100&include=link`)
  type Backer = { id: string; number: number; survey: string; link: string; email: string; pledge_status: string }
  return new Map<number, Backer>(body.data.map((row: Backer) => [row.number, row]))
}

/** The order of a backer as the API shows it whole. */
export async function orderOf(world: HttpWorld, base: string, backer_id: string) {
  const { body: backer } = await world.get(`${base}/backers/${backer_id}`)
  return (await world.get(`${base}/orders/${backer.order.id}`)).body
}

/**
 * Answers a survey step by step as it is filled in, without anything but `over` typed; answers the page it ends on. `at_payment`: what is
 * done where a card is asked for.
 */
export async function answerByPages(
  visit: Visit,
  over: Record<string, Record<string, string>> = {},
  at_payment?: () => Promise<unknown>,
): Promise<string> {
  let path = `${visit.base}/start`
  for (let steps = 0; steps < 8; steps++) {
    const step = path.split('?')[0]?.split('/').pop() ?? ''
    if (step === 'payment') await at_payment?.()
    const saved = await visit.fill(`${step}${path.includes('?') ? path.slice(path.indexOf('?')) : ''}`, {
      ...over[step],
      ...(step === 'review' ? { intent: 'confirm' } : {}),
    })
    expect(saved.status, `${step}: ${problemsOf(saved.html)}`).toBe(303)
    path = saved.location
    if (step === 'review') return path
  }
  throw new Error('The survey never comes to its review')
}

/** What a page says is wrong. */
export function problemsOf(html: string): string {
  const summary =
    /class="error-summary"[\s\S]*?<\/ul>/.exec(html)?.[0] ?? html.slice(html.indexOf('<main'), html.indexOf('</main'))
  return summary
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 600)
}

/** A page's main part as it reads. */
export function wordsOf(html: string): string {
  const main = html.slice(html.indexOf('<main'), html.indexOf('</main'))
  return main
    .replace(/<!--.*?-->/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ ([.,:])/g, '$1')
}

/** Mails of the outbox by kind: to whom. */
export async function mailsTo(world: HttpWorld, base: string, kind: string): Promise<string[]> {
  const { body } = await world.get(`${base}/messages?kind=${kind}&limit=200`)
  return body.data.map((mail: { to: string }) => mail.to).toSorted((a: string, b: string) => a.localeCompare(b))
}

/** Asserts that the counts of SKUs are the sums of the exported order lines; answers the pieces by SKU code. */
export async function countsEqualLines(world: HttpWorld, base: string): Promise<Record<string, number>> {
  const { body: counts } = await world.get(`${base}/counts/skus`)
  const csv = (await world.get(`${base}/order-lines.csv`)).body as string
  const [header = '', ...rows] = csv
    .replace(/^\uFEFF/, '')
    .trim()
    .split('\r\n')
  const columns = header.split(',')
  const sums: Record<string, number> = {}
  for (const row of rows) {
    const cells = cellsOf(row)
    const code = cells[columns.indexOf('sku')] ?? ''
    sums[code] = (sums[code] ?? 0) + Number(cells[columns.indexOf('quantity')])
  }
  const counted = counts.data.filter((row: { ordered: number }) => row.ordered > 0)
  expect(Object.fromEntries(counted.map((row: { code: string; ordered: number }) => [row.code, row.ordered]))).toEqual(sums)
  return sums
}

function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
}
