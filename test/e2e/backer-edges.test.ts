import { sql } from 'kysely'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { captainAnswers, makeSurveyBacker } from '../factories/survey-campaign.ts'
import { launchBrowser } from '../setup/browser.ts'
import { type Phone, phoneOf } from './backer-phone.ts'
import { type BackerWorld, startBackerWorld } from './backer-world.ts'

/* What bends a backer's page: names without a space, paper, a link that lost its end, an edit that changes nothing. */

const LONG = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverpackung'

let world: BackerWorld
let browser: Browser
let page: Page
let phone: Phone

beforeAll(async () => {
  world = await startBackerWorld()
  browser = await launchBrowser()
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } })
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
  phone = phoneOf(page)
})

afterAll(async () => {
  await browser?.close()
  await world?.stop()
})

const backerOf = (over: Parameters<typeof makeSurveyBacker>[2] = {}) => makeSurveyBacker(world.parts, world.campaign, over)

async function confirmed(over: Parameters<typeof makeSurveyBacker>[2] = {}) {
  const { campaign, parts } = world
  const backer = await backerOf(over)
  const key = { campaign_id: campaign.id, backer_id: backer.id }
  await inTransaction(parts, (tx) => confirmSurvey(tx, campaign.staff, { ...key, data: captainAnswers(campaign) }))
  return backer
}

/** From the order's page, by way of its review, back to it. */
async function changeLanguage(onReview: () => Promise<void> = async () => undefined): Promise<void> {
  await phone.follow('Change choices')
  await page.getByRole('radio', { name: 'Deutsch' }).check()
  await phone.press('Save and continue')
  await onReview()
  await phone.press('Confirm my changes')
}

/** How much is pushed out of the screen when somebody reads with letters of 200%. */
async function widerWithLargeText(): Promise<number> {
  return await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%'
    return document.documentElement.scrollWidth - window.innerWidth
  })
}

test('a link that lost its end leads to the page that mails a new one', async () => {
  for (const rest of ['', `/${crypto.randomUUID()}`, `/${crypto.randomUUID()}/cut/off`]) {
    const answer = await page.goto(`${world.program.url}/b/${world.campaign.id}${rest}`)
    expect(answer?.status()).toBe(404)
    expect(await phone.heading()).toBe('This link does not open a pledge')
    expect(await page.getByRole('link', { name: 'Mail me my link' }).count()).toBe(1)
  }
  await phone.expectSound()
  await page.goto(`${world.program.url}/b/half-a-camp`)
  expect(await phone.text()).toContain('Open the link in the newest mail')
  expect(await page.getByRole('link', { name: 'Mail me my link' }).count()).toBe(0)
})

test('the options of an add-on are asked once there is one of it', async () => {
  await page.goto(world.linkOf(await backerOf()))
  await phone.press('Save and continue')
  await page.getByRole('radio', { name: 'English' }).check()
  await page.getByRole('radio', { name: 'Blue' }).check()
  await phone.press('Save and continue')
  const option = page.getByLabel(/Which Neoprene playmat/)
  expect(await option.isVisible()).toBe(false)
  await page.getByLabel('How many: Neoprene playmat').selectOption('1')
  expect(await option.isVisible()).toBe(true)
})

test('an edit says what it changes, and one that changes nothing leads back', async () => {
  await page.goto(world.linkOf(await confirmed()))
  await phone.follow('Change choices')
  await phone.press('Save and continue')
  expect(await phone.text()).toContain('Nothing here is different from your order.')
  expect(await page.getByRole('button', { name: 'Confirm my changes' }).count()).toBe(0)
  await phone.expectSound()
  await phone.press('Go back to my order')
  await changeLanguage(async () => {
    expect(await page.getByRole('region', { name: 'What you change' }).textContent()).toContain('Deutschyour order says: English')
    await phone.expectSound()
  })
  expect(await phone.text()).toContain('Confirmed.')
})

test('on paper an order is a receipt', async () => {
  await page.goto(world.linkOf(await confirmed()))
  await page.emulateMedia({ media: 'print' })
  expect(await page.locator('button:visible, a.button:visible, .sheet-aside:visible').count()).toBe(0)
  expect(await page.getByText(/^As it stood on .* \d{4} at \d\d:\d\d/).isVisible()).toBe(true)
  const ground = await page.locator('.campaign-bar').evaluate((bar) => getComputedStyle(bar).backgroundColor)
  expect(ground).toBe('rgba(0, 0, 0, 0)')
  const pdf = await page.pdf({ format: 'A4' })
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
  await page.emulateMedia({ media: null })
})

describe('a name without a space', () => {
  beforeAll(async () => {
    const { campaign, parts } = world
    for (const table of ['items', 'addons', 'levels'] as const) {
      await parts.db
        .updateTable(table)
        .set({ name: sql<string>`${LONG} || name` })
        .where('campaign_id', '=', campaign.id)
        .execute()
    }
  })

  test('breaks on every page', async () => {
    await page.goto(world.linkOf(await backerOf({ name: LONG })))
    const home = page.url().replace(/\/start$/, '')
    for (const step of ['start', 'questions', 'addons', 'address', 'review']) {
      await page.goto(`${home}/${step}`)
      await phone.expectSound()
      expect(await widerWithLargeText()).toBe(0)
    }
    await page.goto(world.linkOf(await confirmed({ name: LONG, pledge_amount: 7750 })))
    await phone.expectSound()
    expect(await widerWithLargeText()).toBe(0)
  })

  test('breaks in the mail', async () => {
    const { db } = world.parts
    const backer = await confirmed({ name: LONG })
    await page.goto(world.linkOf(backer))
    await changeLanguage()
    const mailOf = () =>
      db
        .selectFrom('messages')
        .select('kept')
        .where('backer_id', '=', backer.id)
        .where('kind', '=', 'confirmation')
        .executeTakeFirst()
    await expect.poll(async () => (await mailOf())?.kept ?? null, { timeout: 30_000 }).not.toBeNull()
    await page.setContent((await mailOf())?.kept?.html ?? '')
    expect(await page.locator('h1').textContent()).toMatch(/order is (confirmed|changed)$/)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  })
})
