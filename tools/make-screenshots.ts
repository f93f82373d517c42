// `npm run screenshots`: the pictures of the README, taken from the demo in a program of its own.
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { projectRoot } from '../src/db/project-root.ts'
import { demoLogin } from '../src/demo/make-demo.ts'
import { launchBrowser } from '../test/setup/browser.ts'
import { startProgram } from '../test/setup/program.ts'
import { runTool } from './run-tool.ts'

const folder = join(projectRoot, 'docs', 'pictures')
const desk = { width: 1280, height: 800 }
const phone = { width: 390, height: 844 }
const largest = 200_000
/** The browser from npm has fonts for Latin only. */
const inLatin = /^[\p{Script=Latin}\s.'-]+$/u

type List<T> = { data: T[] }
type Found = { id: string; backer: { id: string; name: string }; lines: unknown[] }
/** Asks the API as the person who is signed in on the page. */
type Ask = <T>(path: string) => Promise<T>

await runTool(async () => {
  mkdirSync(folder, { recursive: true })
  const program = await startProgram()
  try {
    const browser = await launchBrowser()
    try {
      await takeAll(browser, program.url)
    } finally {
      await browser.close()
    }
  } finally {
    await program.stop()
  }
})

async function takeAll(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage({ baseURL: url, viewport: desk, colorScheme: 'light', reducedMotion: 'reduce' })
  await signIn(page)
  const ask: Ask = async (path) => await (await page.request.get(`/api/v1${path}`)).json()
  const campaign = `/campaigns/${first(await ask<List<{ id: string }>>('/campaigns')).id}`
  const orders = await ask<List<Found>>(`${campaign}/orders?status=open&balance=owed&limit=50`)
  const order = first(orders, ({ backer, lines }) => inLatin.test(backer.name) && lines.length > 2)
  await take(page, campaign, 'overview')
  await take(page, `${campaign}/orders?country=DE&country=GB&country=US`, 'orders')
  await take(page, `${campaign}/orders/${order.id}`, 'order')
  await take(page, `${campaign}/orders/do/lock?all=1`, 'lock-preview')
  const asked = first(await ask<List<{ id: string }>>(`${campaign}/backers?survey=sent`))
  const linkOf = async (id: string) => (await ask<{ link: string }>(`${campaign}/backers/${id}`)).link
  const links = { survey: await linkOf(asked.id), order: await linkOf(order.backer.id) }
  await page.close()
  await takeBacker(browser, links)
}

/** The backer's part, as it is on a phone without script. */
async function takeBacker(browser: Browser, links: { survey: string; order: string }): Promise<void> {
  const context = await browser.newContext({ viewport: phone, isMobile: true, javaScriptEnabled: false })
  const page = await context.newPage()
  await take(page, links.survey, 'backer-survey')
  await take(page, links.order, 'backer-order')
  await context.close()
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

async function take(page: Page, path: string, name: string): Promise<void> {
  const answer = await page.goto(path, { waitUntil: 'networkidle' })
  if (!answer?.ok()) throw new Error(`${path} answers ${answer?.status()}`)
  const file = join(folder, `${name}.png`)
  await page.screenshot({ path: file })
  const { size } = statSync(file)
  process.stdout.write(`${name}.png ${Math.round(size / 1000)} kB\n`)
  if (size > largest) throw new Error(`${name}.png has ${size} bytes; pictures of the README stay below ${largest}`)
}
