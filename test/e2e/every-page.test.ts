import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoLogin } from '../../src/demo/make-demo.ts'
import { ORDER_STATUSES, STAFF_TRANSITIONS } from '../../src/domain/orders/lifecycle.ts'
import { GUIDE_ACTS } from '../../src/web/guide-acts.ts'
import routes from '../../src/web/routes.ts'
import { BACKER_BYTES, scriptBytes } from '../../tools/measure-scripts.ts'
import { flatPatterns } from '../factories/two-owners.ts'
import { launchBrowser } from '../setup/browser.ts'
import { problemsOfPage } from '../setup/page-checks.ts'
import { type Program, startProgram } from '../setup/program.ts'

/*
 * Every page of the site map, with the demo campaign: nothing that axe objects to, not wider than the screen, nothing that the browser
 * complains of.
 */

/** What is in the site map and is no page to look at. Every other pattern is visited; a new one by itself. */
const NO_PAGE: Readonly<Record<string, string>> = {
  '': 'leads on',
  '/setup': 'leads on once there is an owner; entry.test.ts has it',
  '/sign-out': 'an act',
  '/colours': 'an act',
  '/guide/sample-report.csv': 'a file',
  '/campaigns/:campaign/find': 'leads on',
  '/campaigns/:campaign/charges/:run/live': 'a stream',
  '/campaigns/:campaign/charges/:run/orders.csv': 'a file',
  '/campaigns/:campaign/shipping/ready-orders.csv': 'a file',
  '/campaigns/:campaign/tracking/template.csv': 'a file',
  '/campaigns/:campaign/tracking/:file/problems.csv': 'a file',
  '/campaigns/:campaign/failed-payments.csv': 'a file',
  '/campaigns/:campaign/counts.csv': 'a file',
  '/campaigns/:campaign/catalog/:part': 'leads on',
  '/campaigns/:campaign/imports/:import/problems.csv': 'a file',
  '/b/:campaign/:backer/:secret': 'leads on, with a cookie',
  '/b/:campaign/:backer/card/return': 'leads on',
  '/b/:campaign/:backer/retry': 'an act',
  '/b/:campaign/:backer/bank/return': 'leads on',
  '/b/:campaign/:backer/remind-on': 'an act',
  '/b/*': 'a refusal; looked at beside the lost link',
}

const patterns = flatPatterns(routes)
const pages = patterns.filter((pattern) => !(pattern in NO_PAGE))

let program: Program
let browser: Browser
let context: BrowserContext
let page: Page
let campaign: string
const complaints: string[] = []

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
  context = await browser.newContext({ baseURL: program.url, reducedMotion: 'reduce', viewport: { width: 1280, height: 900 } })
  page = await context.newPage()
  page.setDefaultTimeout(15_000)
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
  page.on('console', (message) => {
    // Axe itself asks the frame of a mail, which has no origin to answer from.
    if (/postMessage/.test(message.text())) return
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${page.url()}: ${message.text()}`)
  })
})
afterAll(async () => {
  await browser?.close()
  await program?.stop()
})

/** Asks the API as the person who is signed in. */
async function ask<T = { data: { id: string }[] }>(path: string): Promise<T> {
  const answer = await page.request.get(`/api/v1/campaigns/${campaign}${path}`)
  expect(answer.status(), path).toBe(200)
  return (await answer.json()) as T
}

async function first(path: string): Promise<string> {
  const { data } = await ask(path)
  if (!data[0]) throw new Error(`The demo has nothing of ${path}`)
  return data[0].id
}

/** Looked at in the first width; in the second it must only fit. */
const DESK = [1280, 390] as const
const PHONE = [390, 320] as const

/** Opens an address and answers what is wrong with it. */
async function problemsAt(path: string, [width, narrow]: typeof DESK | typeof PHONE, status = 200): Promise<string[]> {
  await page.setViewportSize({ width, height: 900 })
  const answer = await page.goto(path)
  const found = await problemsOfPage(page)
  if (answer?.status() !== status) found.push(`It answers ${answer?.status()}.`)
  // A look at what would be charged is written down, and has an address of its own.
  const isLook = path.endsWith('/charges/new')
  if (!isLook && new URL(page.url()).pathname !== new URL(path, program.url).pathname) found.push(`It leads to ${page.url()}.`)
  if (/^\/[bc]\//.test(path)) found.push(...(await weightOfScripts()))
  await page.setViewportSize({ width: narrow, height: 900 })
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  if (over > 0) found.push(`At ${narrow} px it is ${over} px too wide.`)
  return found.map((problem) => `${path}: ${problem}`)
}

/** What a backer's page carries of JavaScript; axe, which the checks put in, is not of the page. */
async function weightOfScripts(): Promise<string[]> {
  const html = await (await page.request.get(page.url())).text()
  const tags = [...html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)]
  const scripts = await Promise.all(
    tags.map(async ([, attributes = '', text = '']) => {
      const src = /\bsrc="([^"]+)"/.exec(attributes)?.[1]
      return src ? await (await page.request.get(src)).text() : text
    }),
  )
  const bytes = scriptBytes(scripts)
  return bytes > BACKER_BYTES ? [`It carries ${bytes} bytes of JavaScript.`] : []
}

/** The addresses of a pattern that are looked at: one, or several where one page has several faces. */
function addressesOf(pattern: string, ids: Record<string, string>): string[] {
  if (pattern === '/guide/:act?') return ['/guide', ...GUIDE_ACTS.map((act) => `/guide/${act}`)]
  if (pattern.endsWith('/orders/do/:deed')) {
    return [...STAFF_TRANSITIONS, 'hold', 'release'].map((deed) => pattern.replace(':campaign', campaign).replace(':deed', deed))
  }
  const part = /catalog\/(\w+)\/:entry/.exec(pattern)?.[1]
  const filled = pattern.replace(/:(\w+)/g, (_, name: string) => {
    const id = name === 'campaign' ? campaign : ids[name === 'entry' ? `${part}` : name]
    if (!id) throw new Error(`${pattern} names a thing that this test does not look up: ${name}`)
    return id
  })
  return [filled, ...(part ? [filled.replace(/[^/]+$/, 'new')] : [])]
}

test('what is left out is in the site map', () => {
  expect(Object.keys(NO_PAGE).filter((pattern) => !patterns.includes(pattern))).toEqual([])
})

describe('before signing in', () => {
  test('the door, the API’s description, and what is not there', async () => {
    const found = [
      ...(await problemsAt('/sign-in', DESK)),
      ...(await problemsAt('/api/v1/docs', DESK)),
      ...(await problemsAt('/nothing/here', DESK, 404)),
    ]
    // The browser's own word for a 404.
    complaints.length = 0
    await page.goto('/sign-in')
    await page.fill('input[name=email]', demoLogin.email)
    await page.fill('input[name=password]', demoLogin.password)
    await page.locator('form button[type=submit]').last().click()
    await page.waitForURL('**/campaigns**')
    const answer = await page.request.get('/api/v1/campaigns')
    campaign = ((await answer.json()) as { data: { id: string }[] }).data[0]?.id ?? ''
    expect(found).toEqual([])
  })
})

describe('the desk', () => {
  const desk = pages.filter((pattern) => !pattern.startsWith('/b/') && !['/sign-in', '/c/:campaign/link'].includes(pattern))

  test('every page of it', async () => {
    const shipment = (await ask<{ data: { id: string; order: { id: string } }[] }>('/shipments?limit=1')).data[0]
    const ids = {
      order: shipment?.order.id ?? '',
      shipment: shipment?.id ?? '',
      backer: await first('/backers?survey=completed'),
      run: await first('/charge-runs'),
      notice: await first('/notices'),
      operation: await first('/operations'),
      request: await first('/change-requests'),
      file: await first('/tracking-files'),
      import: await first('/imports'),
      message: await first('/messages'),
      mail: await first('/messages'),
      items: await first('/items'),
      levels: await first('/levels'),
      addons: await first('/addons'),
      shipping: await first('/shipping/regions'),
      questions: await first('/questions'),
    }
    const found: string[] = []
    for (const pattern of desk) for (const path of addressesOf(pattern, ids)) found.push(...(await problemsAt(path, DESK)))
    expect(found).toEqual([])
  }, 300_000)

  test('an order of every status', async () => {
    const found: string[] = []
    for (const status of ORDER_STATUSES) {
      found.push(...(await problemsAt(`/campaigns/${campaign}/orders/${await first(`/orders?status=${status}`)}`, DESK)))
    }
    expect(found).toEqual([])
  })
})

describe('what a backer sees', () => {
  type Person = { id: string; link: string; order: { id: string } | null }

  async function open(backer_id: string): Promise<string> {
    const { link } = await ask<Person>(`/backers/${backer_id}`)
    await page.goto(link)
    return `/b/${campaign}/${backer_id}`
  }

  async function openOrder(status: string): Promise<string> {
    const balance = status === 'open' ? '&balance=owed' : ''
    const { data } = await ask<{ data: { backer: { id: string } }[] }>(`/orders?status=${status}${balance}`)
    return await open(data[0]?.backer.id ?? '')
  }

  test('every step of the survey, the way to a lost link, and each page behind the link', async () => {
    const base = await open(await first('/backers?survey=started'))
    const found = await problemsAt(`/c/${campaign}/link`, PHONE)
    const complained = complaints.length
    found.push(...(await problemsAt('/b/cut', PHONE, 404)))
    // The browser's own word for a 404.
    complaints.length = complained
    for (const step of ['start', 'questions', 'addons', 'address', 'review'])
      found.push(...(await problemsAt(`${base}/${step}`, PHONE)))
    expect(found).toEqual([])
    const seen = ['', 'start', 'questions', 'addons', 'address', 'payment', 'review', 'card', 'bank', 'change-request']
    expect(pages.filter((pattern) => pattern.startsWith('/b/'))).toEqual(
      seen.map((step) => `/b/:campaign/:backer${step && `/${step}`}`),
    )
  })

  test.each(ORDER_STATUSES)('an order that is %s', async (status) => {
    expect(await problemsAt(await openOrder(status), PHONE)).toEqual([])
  })

  test('how they pay, the pages of card and bank, and a final address that should be another', async () => {
    const open_order = await openOrder('open')
    const found = [...(await problemsAt(`${open_order}/payment`, PHONE)), ...(await problemsAt(`${open_order}/card`, PHONE))]
    const ready = await openOrder('ready_to_ship')
    found.push(...(await problemsAt(`${ready}/change-request`, PHONE)))
    const errored = await openOrder('errored')
    found.push(...(await problemsAt(`${errored}/bank`, PHONE)))
    await page.goto(errored)
    await page.getByRole('button', { name: /another card|Add a card/ }).click()
    await page.waitForURL('**/gateway/checkout/**')
    found.push(...(await problemsAt(new URL(page.url()).pathname, PHONE)))
    expect(found).toEqual([])
  })
})

test('the browser had nothing to complain of', () => {
  expect(complaints).toEqual([])
})
