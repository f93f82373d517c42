// `npm run screenshots`: the pictures of README and guides, taken from the demo in a program of its own. Fixed windows, still pages, fonts
// waited for; only the days are those of the day on which they are taken, since the demo's past ends now. Names after it: only these.
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { projectRoot } from '../src/db/project-root.ts'
import { demoLogin } from '../src/demo/make-demo.ts'
import { launchBrowser } from '../test/setup/browser.ts'
import { startProgram } from '../test/setup/program.ts'
import { runTool } from './run-tool.ts'

const folder = join(projectRoot, 'docs', 'pictures')
const desk = { width: 1280, height: 900 }
const phone = { width: 390, height: 844 }
const largest = 200_000
/** The browser from npm has fonts for Latin only. */
const inLatin = /^[\p{Script=Latin}\s.'-]+$/u

type List<T> = { data: T[] }
type Found = { id: string; balance_due: number; backer: { id: string; name: string }; lines: unknown[] }
/** Asks the API as the person who is signed in. */
type Ask = <T>(path: string) => Promise<T>

interface Shot {
  name: string
  /** an address of the program, or a backer's whole link */
  path: string
  /** the desk in a large window by default; a backer's page has no script, and a phone's window */
  on?: 'desk' | 'desk-phone' | 'backer'
  dark?: boolean
  /** of the window, where what the picture is about ends lower */
  height?: number
  /** must stand on the page before it is still: what comes after the rest */
  wait_for?: string
}

const WINDOWS: Record<NonNullable<Shot['on']>, BrowserContextOptions> = {
  desk: { viewport: desk },
  'desk-phone': { viewport: phone, isMobile: true },
  backer: { viewport: phone, isMobile: true, javaScriptEnabled: false },
}

await runTool(async () => {
  mkdirSync(folder, { recursive: true })
  const program = await startProgram()
  try {
    const browser = await launchBrowser()
    try {
      await takeAll(browser, program.url, process.argv.slice(2))
    } finally {
      await browser.close()
    }
  } finally {
    await program.stop()
  }
})

async function takeAll(browser: Browser, url: string, only: string[]): Promise<void> {
  const door = await browser.newContext({ baseURL: url })
  const page = await door.newPage()
  await signIn(page)
  const ask: Ask = async (path) => await (await page.request.get(`/api/v1${path}`)).json()
  const shots = await listShots(ask)
  const storageState = await door.storageState()
  await door.close()
  const unknown = only.find((name) => !shots.some((shot) => shot.name === name))
  if (unknown) throw new Error(`There is no picture ${unknown}. There are: ${shots.map(({ name }) => name).join(', ')}`)
  for (const shot of shots) {
    if (only.length === 0 || only.includes(shot.name)) await take(browser, { baseURL: url, storageState }, shot)
  }
}

async function listShots(ask: Ask): Promise<Shot[]> {
  const campaign = `/campaigns/${first(await ask<List<{ id: string }>>('/campaigns')).id}`
  const ordersOf = async (query: string) => await ask<List<Found>>(`${campaign}/orders?limit=200&${query}`)
  const shown = ({ backer, lines }: Found) => inLatin.test(backer.name) && lines.length > 2
  const linkOf = async (backer: string) => (await ask<{ link: string }>(`${campaign}/backers/${backer}`)).link
  const open = first(await ordersOf('status=open&balance=owed'), shown)
  const errored = first(await ordersOf('status=errored'))
  const shipped = first(await ordersOf('status=shipped'), shown)
  const asked = first(await ask<List<{ id: string }>>(`${campaign}/backers?survey=sent`))
  const run = first(await ask<List<{ id: string }>>(`${campaign}/charge-runs`))
  const file = first(await ask<List<{ id: string }>>(`${campaign}/tracking-files`))
  return [
    { name: 'overview', path: campaign, wait_for: '.plot', height: 980 },
    { name: 'overview-phone', path: campaign, on: 'desk-phone', wait_for: '.plot' },
    { name: 'figures', path: `${campaign}/figures`, wait_for: '.plot', height: 1250 },
    { name: 'figures-dark', path: `${campaign}/figures`, dark: true, wait_for: '.plot' },
    { name: 'orders', path: `${campaign}/orders?country=DE&country=GB&country=US` },
    { name: 'order', path: `${campaign}/orders/${open.id}` },
    { name: 'lock-preview', path: `${campaign}/orders/do/lock?all=1` },
    { name: 'charge-preview', path: `${campaign}/charges/new` },
    { name: 'charge-run', path: `${campaign}/charges/${run.id}` },
    { name: 'charges', path: `${campaign}/charges` },
    { name: 'finalize', path: `${campaign}/finalize` },
    { name: 'shipping', path: `${campaign}/shipping` },
    { name: 'tracking', path: `${campaign}/tracking/${file.id}` },
    { name: 'backer-survey', path: await linkOf(asked.id), on: 'backer' },
    { name: 'backer-order', path: await linkOf(open.backer.id), on: 'backer' },
    { name: 'backer-failed-card', path: await linkOf(errored.backer.id), on: 'backer' },
    { name: 'backer-shipped', path: await linkOf(shipped.backer.id), on: 'backer' },
  ]
}

async function signIn(page: Page): Promise<void> {
  await page.goto('/sign-in')
  await page.fill('input[name=email]', demoLogin.email)
  await page.fill('input[name=password]', demoLogin.password)
  await page.locator('form button.primary, form button[type=submit]').last().click()
  await page.waitForURL('**/campaigns**')
}

function first<T>({ data }: List<T>, wanted: (one: T) => boolean = () => true): T {
  const found = data.find(wanted)
  if (!found) throw new Error('The demo has nothing to take this picture of.')
  return found
}

async function take(browser: Browser, options: BrowserContextOptions, shot: Shot): Promise<void> {
  const on = shot.on ?? 'desk'
  const { storageState, ...door } = options
  const context = await browser.newContext({
    ...(on === 'backer' ? door : options),
    ...WINDOWS[on],
    ...(shot.height ? { viewport: { ...desk, height: shot.height } } : {}),
    colorScheme: shot.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  try {
    await photograph(context, shot)
  } finally {
    await context.close()
  }
}

async function photograph(context: BrowserContext, { path, name, wait_for }: Shot): Promise<void> {
  const page = await context.newPage()
  const answer = await page.goto(path, { waitUntil: 'networkidle' })
  if (!answer?.ok()) throw new Error(`${path} answers ${answer?.status()}`)
  if (wait_for) await page.waitForSelector(wait_for)
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  const file = join(folder, `${name}.png`)
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' })
  const { size } = statSync(file)
  process.stdout.write(`${name}.png ${Math.round(size / 1000)} kB\n`)
  if (size > largest) throw new Error(`${name}.png has ${size} bytes; pictures stay below ${largest}`)
}
