import { sql } from 'kysely'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { daysToName } from '../../src/domain/follow-ups/reminder-rule.ts'
import { dateText } from '../../src/lib/time-text.ts'
import { launchBrowser } from '../setup/browser.ts'
import { problemsWithoutScript } from '../setup/page-checks.ts'
import { type ChargeWorld, startChargeWorld } from './charge-world.ts'
import { expectSoundAt } from './desk-sound.ts'

/* What follows failed payments: the desk's screen with its acts, and the day that a backer names on a phone without script. */

let browser: Browser
let page: Page
let world: ChargeWorld
let home: string

const FUNDS = 3
const orders = [
  ...Array.from({ length: FUNDS }, (_, n) => ({
    name: `Anneliese von Hohenstein ${n + 1}`,
    card: 'later_insufficient_funds',
    owed: 3790,
  })),
  { name: 'محمد عبد الرحمن الشريف', card: 'later_lost_card', owed: 4200 },
  { name: 'Łukasz Wiśniewski', card: 'later_generic_decline', owed: 2110 },
  { name: '佐藤 美咲', card: 'later_do_not_honor', owed: 1300 },
  { name: 'Zoë Müller', card: 'later_expired_card', owed: 990 },
]
const SUM = orders.reduce((sum, { owed }) => sum + owed, 0)
const money = (minor: number) => new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' }).format(minor / 100)

beforeAll(async () => {
  browser = await launchBrowser()
  page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })).newPage()
  page.setDefaultTimeout(15_000)
  world = await startChargeWorld(page, { CHARGES_PER_SECOND: '20' })
  home = world.home
})

afterAll(async () => {
  await browser?.close()
  await world?.stop()
})

const expectSound = (name: string) =>
  expectSoundAt(page, name, [
    [1280, 'light'],
    [390, 'dark'],
  ])

test('nothing failed: the screen says what will stand there', async () => {
  await page.goto(`${home}/failed-payments`)
  await page.getByText('No payment waits to be mended').waitFor()
  await expectSound('failed-empty')
})

test('failed payments by reason: how many, what is at stake, and what happens next to each', async () => {
  await world.lockOrders(orders)
  await page.goto(`${home}/charges/new?status=locked`)
  await page.getByRole('button', { name: /^Charge 7 cards, / }).click()
  await page.waitForURL(/charges\/[0-9a-f-]{36}$/)
  // However the run's page tells it: the orders are what counts here.
  const failed = () =>
    world.desk.parts.db
      .selectFrom('orders')
      .select('id')
      .where('campaign_id', '=', world.campaign.id)
      .where('status', '=', 'errored')
      .execute()
  await expect.poll(async () => (await failed()).length, { timeout: 30_000 }).toBe(orders.length)
  await page.goto(home)
  await page.getByRole('link', { name: 'See the reasons', exact: true }).click()
  await page.getByRole('heading', { name: 'Failed payments', exact: true }).waitFor()
  const text = (await page.locator('main').textContent()) ?? ''
  for (const said of [
    `7 orders, ${money(SUM)} at stake`,
    'Not enough funds',
    '3 cards are tried again by themselves, the first on',
    '3 backers are reminded, the first on',
    // two codes of the bank, one reason for people
    'The bank gave no reason',
    '2 cards are tried again',
    'the bank refused the card for good',
    'Asked to use another card',
  ])
    expect(text).toContain(said)
  expect(text).not.toContain('write to them')
  expect(
    await page
      .getByRole('row', { name: /gave no reason/ })
      .first()
      .locator('td.number')
      .first()
      .textContent(),
  ).toBe('2')
  await expectSound('failed-payments')
})

test('a reason is opened, its orders say what is next, and an order’s page says it too', async () => {
  await page.getByRole('link', { name: 'The card was reported lost' }).click()
  await page.getByRole('heading', { name: 'The card was reported lost' }).waitFor()
  const rows = page.getByRole('table', { name: 'Orders whose payment failed' }).locator('tbody tr')
  expect(await rows.count()).toBe(1)
  expect(await rows.first().textContent()).toContain('Reminded on')
  await rows.first().locator('a').click()
  await page.getByText('The card is not tried again by itself. Its backer is reminded on').waitFor()
  await expectSound('failed-order')
})

test('trying again asks for the chosen reasons only, and says which cards are refused for good', async () => {
  await page.goto(`${home}/failed-payments`)
  await page.getByRole('checkbox', { name: 'The card was reported lost' }).check()
  await page.getByRole('checkbox', { name: 'Not enough funds' }).check()
  await page.getByRole('button', { name: 'Try again now…' }).click()
  await page.waitForURL(/charges\/(new|[0-9a-f-]{36})/)
  await page.getByRole('heading', { name: 'Charge 3 cards' }).waitFor()
  expect(await page.locator('main').textContent()).toContain('the bank refused this card for good')
  await expectSound('failed-try-again')
})

test('reminding now leaves out who was mailed today, and reaches the others', async () => {
  await page.goto(`${home}/failed-payments`)
  await page.getByRole('button', { name: 'Remind now…' }).click()
  await page.getByRole('heading', { name: 'Remind 0 backers' }).waitFor()
  await page.getByText('get none: was mailed about it within a day').waitFor()
  await sql`update messages set created_at = created_at - interval '2 days' where kind = 'charge_failed'`.execute(
    world.desk.parts.db,
  )
  await page.goto(`${home}/failed-payments`)
  await page.getByRole('checkbox', { name: 'The card has expired' }).check()
  await page.getByRole('button', { name: 'Remind now…' }).click()
  await page.getByRole('heading', { name: 'Remind 1 backer' }).waitFor()
  await expectSound('failed-remind')
  await page.getByRole('button', { name: 'Send 1 reminder' }).click()
  await page.getByText('1 reminder is on the way.').waitFor()
  await expect
    .poll(() => world.desk.parts.db.selectFrom('messages').select('state').where('kind', '=', 'payment_reminder').execute())
    .toEqual([{ state: 'sent' }])
})

test('all of them are downloaded, with what is next', async () => {
  const file = await page.request.get(`${home}/failed-payments.csv`)
  expect(file.headers()['content-disposition']).toContain('failed payments')
  const lines = (await file.text()).trim().split('\r\n')
  expect(lines).toHaveLength(orders.length + 1)
  expect(lines.filter((line) => line.includes(',37.90,USD,insufficient_funds,Not enough funds,soft,'))).toHaveLength(FUNDS)
})

test('a backer names a day without script on a phone, changes it and takes it back; the desk sees it', async () => {
  const { db } = world.desk.parts
  const named = await db
    .selectFrom('backers as b')
    .innerJoin('messages as m', 'm.backer_id', 'b.id')
    .select('m.kept')
    .where('b.name', '=', 'Łukasz Wiśniewski')
    .where('m.kind', '=', 'charge_failed')
    .executeTakeFirstOrThrow()
  const [link = ''] = /http:\S+\/b\/\S+/.exec((named.kept as { text: string }).text) ?? []
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled: false })
  const phone = await context.newPage()
  phone.setDefaultTimeout(15_000)
  await phone.goto(link)
  await phone.getByRole('heading', { name: 'Not a good moment?' }).waitFor()
  expect(await problemsWithoutScript(phone)).toEqual([])
  const zone = (
    await db.selectFrom('campaigns').select('time_zone').where('id', '=', world.campaign.id).executeTakeFirstOrThrow()
  ).time_zone
  const { last } = daysToName(dateText(new Date(), zone))
  await phone.fill('#date', last)
  await picture(phone, 'pay-day')
  await phone.getByRole('button', { name: 'Remind me on this day' }).click()
  await phone
    .getByText(/^You pay on \d+ \w+( \d{4})?\.$/)
    .first()
    .waitFor()
  await phone.getByRole('button', { name: 'Change the day' }).waitFor()
  expect(await problemsWithoutScript(phone)).toEqual([])
  await picture(phone, 'pay-day-named')

  await page.goto(`${home}/failed-payments?remind_on=yes`)
  await page.getByRole('heading', { name: 'Backers who named a day' }).waitFor()
  expect(await page.getByRole('table', { name: 'Orders whose payment failed' }).locator('tbody tr').allTextContents()).toEqual([
    expect.stringMatching(/Łukasz Wiśniewski.*The backer pays on/),
  ])
  await expectSound('failed-named')

  // The browser's own check is switched off: what lies outside is told at the field.
  await phone.locator('#date').evaluate((field) => field.setAttribute('max', '2099-01-01'))
  await phone.fill('#date', '2098-12-31')
  await phone.getByRole('button', { name: 'Change the day' }).click()
  await phone.getByText(/^Name a day between /).waitFor()
  expect(await problemsWithoutScript(phone)).toEqual([])
  await picture(phone, 'pay-day-refused')
  await phone.getByRole('button', { name: 'Take the day back' }).click()
  await phone.getByText('The day is taken back.').waitFor()
  await context.close()
})

async function picture(phone: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS
  if (folder) await phone.screenshot({ path: `${folder}/${name}.png`, fullPage: true })
}
