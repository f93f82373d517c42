import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../setup/browser.ts'
import { problemsOfPage } from '../setup/page-checks.ts'
import { type Program, startProgram } from '../setup/program.ts'
import { type Phone, phoneOf } from './backer-phone.ts'

/*
 * The whole way in a browser: a creator who starts with nothing but the report, a backer with a phone whose scripts are off, and the lock.
 * Every page they see is checked by axe.
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

beforeAll(async () => {
  program = await startProgram({ args: ['--no-demo'] })
  browser = await launchBrowser()
  desk = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })).newPage()
  const small = { javaScriptEnabled: false, viewport: { width: 390, height: 844 } }
  hand = await (await browser.newContext(small)).newPage()
  phone = phoneOf(hand)
  for (const page of [desk, hand]) page.setDefaultTimeout(15_000)
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
  await press('Apply 13 changes')
  await desk.getByRole('link', { name: 'Say what the pledges paid for…' }).waitFor()
  await expectSound('import applied')
})

test('says what it costs to send, and what the pledges paid for', async () => {
  await desk.goto(`${base}/catalog/shipping/new`)
  await desk.fill('[name=name]', 'Everywhere')
  await desk.getByLabel('Everywhere else').check()
  for (const fee of await desk.locator('[name^="level_fees."]').all()) await fee.fill('12')
  await press('Add this shipping region')
  await note('The shipping region is added.')
  await expectSound('catalogue')
  await follow('What the pledge paid for')
  await desk.getByLabel('Playmat (60x60)').fill('25')
  await desk.getByLabel('Metal Coins | Set of 30').fill('18')
  expect(await desk.getByLabel('Core Pledge').inputValue()).toBe('49.00')
  await press('Show where backers start')
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
  await expect
    .poll(
      async () => {
        await desk.goto(`${base}/mailbox?q=zoe.mueller`)
        return await desk.locator('tbody tr').count()
      },
      { timeout: 30_000 },
    )
    .toBe(1)
  await expectSound('mailbox')
  await desk.locator('tbody a.row-link').click()
  link = (await desk.getByRole('link', { name: 'Open its link' }).getAttribute('href')) ?? ''
  await expectSound('mail')
})

test('a backer answers on a phone, without scripts', async () => {
  await hand.goto(link)
  expect(hand.url()).not.toContain(link.split('/').at(-1) ?? 'secret')
  expect(await phone.text()).toContain('Core Pledge')
  for (let steps = 0; steps < 6 && phone.place() !== 'review'; steps++) {
    await phone.expectSound()
    if (phone.place() === 'questions') await hand.locator('textarea').fill('Blue, please')
    await phone.press('Save and continue')
  }
  expect(await phone.text()).toContain('Musterstraße 7')
  await phone.expectSound()
  await phone.press('Confirm my order')
  expect(await phone.text()).toContain('Confirmed.')
  await phone.expectSound()
})

test('the creator locks: a preview with counts, then the result; the backer reads that it is locked', async () => {
  await desk.goto(base)
  await note(/1 order can be locked/)
  await expectSound('overview')
  await desk.goto(`${base}/orders`)
  await expectSound('orders')
  await desk.waitForLoadState('networkidle')
  await desk.locator('[data-select-row]').first().check()
  await press('Lock…')
  await desk.waitForURL('**/orders/do/lock**')
  await note('Nothing has changed yet.')
  await expectSound('lock preview')
  await press('Lock 1 order')
  await desk.waitForURL('**/operations/**')
  await note('Locked: 1 order.')
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
