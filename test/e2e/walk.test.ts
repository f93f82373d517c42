import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../setup/browser.ts'
import { problemsOfPage } from '../setup/page-checks.ts'
import { type Program, startProgram } from '../setup/program.ts'
import { type Phone, phoneOf } from './backer-phone.ts'

/*
 * The whole way in a browser: a creator who starts with nothing but the report, backers with a phone whose scripts are off; from the survey
 * to the parcel. Every page they see is checked by axe, and the browser has nothing to complain of.
 */

const report = fileURLToPath(new URL('../samples/ks-k5-2023-all-rewards.csv', import.meta.url))
const owner = { name: 'Ilse Verhoeven', email: 'ilse@lanternfish.example', password: 'a boat on the tide' }

let program: Program
let browser: Browser
let desk: Page
let hand: Page
let phone: Phone
let base: string
let link: string
let owing: string
const complaints: string[] = []

beforeAll(async () => {
  program = await startProgram({ args: ['--no-demo'] })
  browser = await launchBrowser()
  desk = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })).newPage()
  const small = { javaScriptEnabled: false, viewport: { width: 390, height: 844 } }
  hand = await (await browser.newContext(small)).newPage()
  phone = phoneOf(hand)
  for (const page of [desk, hand]) {
    page.setDefaultTimeout(15_000)
    page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
    page.on('console', (message) => {
      // Axe itself asks the frame of a mail, which has no origin to answer from.
      if (message.type() === 'error' && !/postMessage/.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`)
    })
  }
})

afterAll(async () => {
  await browser?.close()
  await program?.stop()
})

const press = (name: string) => desk.getByRole('button', { name, exact: true }).last().click()
const follow = (name: string | RegExp) => desk.getByRole('link', { name }).first().click()
const note = (text: string | RegExp) => desk.getByText(text).first().waitFor()
const expectSound = async (name: string) => expect(await problemsOfPage(desk), name).toEqual([])

test('the first owner makes a campaign', async () => {
  const code = /code:\s+(\S+)/.exec(program.output())?.[1] ?? ''
  await desk.goto(program.url)
  for (const [id, value] of Object.entries({ code, ...owner })) await desk.fill(`#${id}`, value)
  await desk.locator('button[type=submit]').last().click()
  await desk.getByRole('button', { name: 'Try it with a sample campaign' }).waitFor()
  await expectSound('welcome')
  await follow('New campaign…')
  await desk.waitForURL('**/campaigns/new')
  await desk.fill('[name=name]', 'Tidebreakers')
  await desk.fill('[name=support_email]', 'help@lanternfish.example')
  await desk.selectOption('[name=currency]', 'USD')
  await desk.selectOption('[name=ship_from_country]', 'DE')
  await desk.selectOption('[name=time_zone]', 'Europe/Berlin')
  await desk.fill('[name=lockdown_on]', '2099-11-30')
  await desk.locator('[name=mode][value=test]').check()
  await expectSound('new campaign')
  await desk.locator('main button[type=submit]').last().click()
  await desk.waitForURL(/\/campaigns\/[0-9a-f-]{36}/)
  base = /^.*\/campaigns\/[0-9a-f-]{36}/.exec(desk.url())?.[0] ?? ''
})

test('imports the report: looks at the preview, then applies it', async () => {
  await desk.goto(`${base}/imports/new`)
  await expectSound('new import')
  await desk.setInputFiles('[name=file]', report)
  await desk.locator('main button[type=submit]').last().click()
  await note('13 + 0 + 0 + 0 = 13: every row of the file is in one of them.')
  await expectSound('import preview')
  await press('Import 13 backers')
  await desk.getByRole('link', { name: 'Say what the pledges paid for…' }).waitFor()
  await expectSound('import applied')
})

test('says what it costs to send, and what the pledges paid for', async () => {
  await desk.goto(`${base}/catalog/shipping/new`)
  await desk.fill('[name=name]', 'Everywhere')
  await desk.getByLabel('Everywhere else').check()
  for (const fee of await desk.locator('[name^="level_fees."]').all()) await fee.fill('12')
  await press('Add this shipping region')
  await note('The shipping region “Everywhere” is added.')
  await expectSound('catalogue')
  await follow('Prices')
  await desk.getByLabel('Playmat (60x60)').fill('25')
  await desk.getByLabel('Metal Coins | Set of 30').fill('18')
  expect(await desk.getByLabel('Core Pledge').inputValue()).toBe('49.00')
  await press('Show what backers would owe')
  await note('if they change nothing')
  await expectSound('prices')
  await press('Save prices')
  await desk.getByRole('link', { name: 'Go on to the catalogue' }).waitFor()
})

test('sends the survey, and finds its mails in the mailbox', async () => {
  await desk.goto(`${base}/survey`)
  await expectSound('survey')
  await desk.goto(`${base}/survey/send`)
  await note('10 backers get a mail')
  await expectSound('send')
  await desk.locator('main form button[type=submit]').last().click()
  await desk.waitForURL((url) => !url.pathname.endsWith('/survey/send'))
  link = await linkIn('zoe.mueller')
  owing = await linkIn('pat+ks')
})

/** The link in somebody's newest mail, as the creator finds it in the mailbox. */
async function linkIn(q: string, subject = ''): Promise<string> {
  const mails = desk.locator('tbody tr').filter({ hasText: subject })
  await expect
    .poll(
      async () => {
        await desk.goto(`${base}/mailbox?q=${encodeURIComponent(q)}`)
        return await mails.count()
      },
      { timeout: 30_000 },
    )
    .toBeGreaterThan(0)
  await expectSound('mailbox')
  await mails.first().locator('a.row-link').click()
  const button = desk.getByRole('link', { name: 'Open its link' })
  await button.waitFor()
  await expectSound('mail')
  return (await button.getAttribute('href')) ?? ''
}

/** Steps of the survey that were looked at: each once. */
const seen = new Set<string>()

/** Every step as it is filled in, with a colour; `card`: entered on the payment service's page. */
async function answer(card?: string): Promise<void> {
  for (let steps = 0; steps < 8 && phone.place() !== 'review'; steps++) {
    const step = phone.place() ?? ''
    if (!seen.has(step)) await phone.expectSound()
    seen.add(step)
    if (step === 'questions') await hand.locator('textarea').first().fill('Blue, please')
    if (step === 'payment' && card) await enterCard('Add a card', card)
    await phone.press('Save and continue')
  }
  await phone.expectSound()
  await phone.press('Confirm my order')
  expect(await phone.text()).toContain('Confirmed.')
  await phone.expectSound()
}

/** To the hosted page under our own address, and back. */
async function enterCard(button: string, card: string): Promise<void> {
  await phone.press(button)
  expect(hand.url()).toMatch(`${program.url}/gateway/checkout/cs_test_`)
  await phone.expectSound()
  await hand.selectOption('#test_card', card)
  await phone.press('Save card')
}

test('backers answer on a phone, without scripts; who owes leaves a card', async () => {
  await hand.goto(link)
  expect(hand.url()).not.toContain(link.split('/').at(-1) ?? 'secret')
  expect(await phone.text()).toContain('Core Pledge')
  await answer()
  expect(await phone.text()).toContain('Musterstraße 7')
  await hand.goto(owing)
  await answer('later_insufficient_funds')
  expect(await phone.text()).toContain('Visa ending 0012')
})

test('the creator locks: a preview with counts, then the result; the backer reads that it is locked', async () => {
  await desk.goto(base)
  await note(/2 orders can be locked/)
  await expectSound('overview')
  await desk.goto(`${base}/orders`)
  await expectSound('orders')
  await desk.waitForLoadState('networkidle')
  for (const box of await desk.locator('[data-select-row]').all()) await box.check()
  await press('Lock…')
  await desk.waitForURL('**/orders/do/lock**')
  await note('Nothing has changed yet.')
  await expectSound('lock preview')
  await press('Lock 2 orders')
  await desk.waitForURL('**/operations/**')
  await note('Locked: 2 orders.')
  await expectSound('result')
  await desk.goto(`${base}/counts`)
  await expectSound('counts')
  await hand.goto(link)
  expect(await phone.text()).toContain('locked')
  await phone.expectSound()
  await hand.goto(`${hand.url().replace(/\?.*/, '')}/questions`)
  expect(await phone.heading()).toBe('Your choices are locked')
  await phone.expectSound()
})

test('cards are charged: looked at, started, watched; one becomes paid without a card, one is declined', async () => {
  await desk.goto(`${base}/charges`)
  await note('$101.00')
  await expectSound('charges')
  await follow('Charge 1 card…')
  await note('Nothing has changed yet.')
  await expectSound('charge preview')
  await press('Charge 1 card, $101.00')
  await desk.waitForURL(/\/charges\/[0-9a-f-]{36}$/)
  // Its numbers arrive by themselves.
  await note(/owed nothing/)
  await note('not enough funds')
  await expectSound('charge run')
})

test('whose card was declined reads why in a mail, and pays with another one', async () => {
  const mended = await linkIn('pat+ks', 'Your bank declined')
  await hand.goto(mended)
  expect(await phone.heading()).toBe('Your bank declined $101.00')
  await phone.expectSound()
  await enterCard('Use another card', 'mastercard')
  expect(await phone.heading()).toBe('Everything is paid')
  expect(await phone.text()).toContain('$101.00 was charged to Mastercard ending 4444.')
  await phone.expectSound()
})

test('what lies in the warehouse is counted, and addresses are made final', async () => {
  await desk.goto(`${base}/finalize`)
  await desk.waitForLoadState('networkidle')
  await desk
    .getByRole('row', { name: /Core Game/ })
    .getByRole('checkbox')
    .check()
  await note('1 paid order contains only these')
  await expectSound('finalize')
  await follow('Finalize all that are paid…')
  await note('Nothing has changed yet.')
  await expectSound('finalize preview')
  await press('Finalize 2 addresses')
  await desk.waitForURL('**/operations/**')
  await expectSound('finalized')
})

test('the warehouse gets its list, and sends back a file with tracking numbers', async () => {
  await desk.goto(`${base}/shipping`)
  await expectSound('shipping')
  await desk.getByLabel('A program').check()
  const download = desk.waitForEvent('download')
  await press('Download 2 orders')
  const rows = (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n')
  expect(rows).toHaveLength(3)
  expect(rows[1]).toContain('Musterstraße 7')
  const numbers = rows.slice(1).map((row, place) => `${row.split(',')[0]},UPS,1Z999AA1012345678${place}`)
  await follow('Upload a tracking file…')
  await note('You see what it would ship first.')
  await expectSound('new tracking file')
  const file = { name: 'parcels.csv', mimeType: 'text/csv' }
  const lines = ['Order number,Carrier,Tracking number', ...numbers, '4711,UPS,1Z999AA10123456789']
  await desk.setInputFiles('[name=file]', { ...file, buffer: Buffer.from(lines.join('\n')) })
  await press('Read the file')
  await note('nothing is shipped yet')
  await expectSound('tracking file')
  await press('Mark 2 orders as shipped')
  await desk.getByRole('link', { name: 'Tracking mails…' }).waitFor()
  await expectSound('shipped')
})

test('backers are told, and see where their parcel is', async () => {
  await follow('Tracking mails…')
  await note('Nothing has left yet.')
  await expectSound('tracking mails')
  await press('Send 2 tracking mails')
  await desk.waitForURL('**/operations/**')
  await expectSound('mailed')
  await hand.goto(await linkIn('pat+ks', 'on its way'))
  expect(await phone.text()).toContain('with UPS, number 1Z999AA1012345678')
  expect(await hand.getByRole('link', { name: /^Follow it/ }).getAttribute('href')).toMatch(/^https:\/\/www\.ups\.com\//)
  await phone.expectSound()
  expect(complaints).toEqual([])
})
