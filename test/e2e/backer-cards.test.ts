import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Row } from '../../src/db/types.ts'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import type { StaffTransition } from '../../src/domain/orders/lifecycle.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { startChargeRun } from '../../src/domain/payments/charge-runs.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { captainAnswers, makeSurveyBacker } from '../factories/survey-campaign.ts'
import { launchBrowser } from '../setup/browser.ts'
import { type Phone, phoneOf } from './backer-phone.ts'
import { type BackerWorld, startBackerWorld } from './backer-world.ts'

/* From a card to a parcel in a browser whose scripts are switched off, on a phone's width, with axe on each page. */

let world: BackerWorld
let browser: Browser
let page: Page
let phone: Phone
let backer: Row<'backers'>
let order_id: string

beforeAll(async () => {
  world = await startBackerWorld()
  browser = await launchBrowser()
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } })
  page = await context.newPage()
  page.setDefaultTimeout(15_000)
  phone = phoneOf(page)
  const { campaign, parts } = world
  // 16.50 are missing.
  backer = await makeSurveyBacker(parts, campaign, { name: 'عبد الرحمن بن خالد آل سعود', pledge_amount: 7750 })
  const key = { campaign_id: campaign.id, backer_id: backer.id }
  const confirmed = await inTransaction(parts, (tx) =>
    confirmSurvey(tx, campaign.staff, { ...key, data: captainAnswers(campaign) }),
  )
  order_id = confirmed.order_id
})

afterAll(async () => {
  await browser?.close()
  await world?.stop()
})

const statusNow = async () =>
  (await world.parts.db.selectFrom('orders').select('status').where('id', '=', order_id).executeTakeFirstOrThrow()).status

async function move(name: StaffTransition): Promise<void> {
  const { campaign, parts } = world
  await inTransaction(parts, (tx) =>
    transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name, selection: { ids: [order_id] } }),
  )
}

/** Staff charge the order; the program's own worker does it. */
async function charge(): Promise<void> {
  const { campaign, parts } = world
  await inTransaction(parts, (tx) =>
    startChargeRun(tx, campaign.staff, {
      campaign_id: campaign.id,
      selection: { ids: [order_id] },
      retry_errored: false,
    }),
  )
  await expect.poll(statusNow, { timeout: 30_000, interval: 200 }).not.toBe('locked')
}

async function enterCard(button: string, card: string): Promise<void> {
  await phone.press(button)
  expect(new URL(page.url()).pathname).toMatch(/^\/gateway\/checkout\/cs_test_/)
  await page.selectOption('#test_card', card)
  await phone.press('Save card')
}

test('a card is put on the order, and a lock no longer waits for it', async () => {
  await page.goto(world.linkOf(backer))
  expect(await phone.text()).toContain('$16.50 is owed, and no card is on file.')
  await phone.expectSound()
  await enterCard('Add a card', 'later_insufficient_funds')
  expect(await phone.text()).toContain('Your card is saved.')
  expect(await phone.text()).toContain('Visa ending 0012')
  await phone.expectSound()
  await move('lock')
  await page.reload()
  expect(await phone.text()).toContain('$16.50 is owed. It is charged to your card with the next charges.')
  await phone.expectSound()
})

test('a charge that fails says why; the same card can be tried once, another one pays at once', async () => {
  await charge()
  await page.goto(world.linkOf(backer))
  expect(await phone.heading()).toBe('Your bank declined $16.50')
  expect(await phone.text()).toContain('It said: not enough funds. Your order is safe and nothing was charged.')
  await phone.expectSound()
  await phone.press('Try Visa ending 0012 again')
  expect(await phone.heading()).toBe('Your bank declined $16.50')
  expect(await page.getByRole('button', { name: /^Try Visa/ }).getAttribute('aria-disabled')).toBe('true')
  expect(await phone.text()).toContain('You can try it again from')
  await phone.expectSound()
  await enterCard('Use another card', 'visa')
  expect(await phone.heading()).toBe('Everything is paid')
  expect(await phone.text()).toContain('$16.50 was charged to Visa ending 4242.')
  expect(await phone.text()).toMatch(/Charged on .*Visa ending 4242−\$16\.50/)
  await phone.expectSound()
})

test('a dearer address owes the difference only, and the next charges take it', async () => {
  await phone.follow('Change address')
  await phone.changeCountry('PT')
  await phone.fillAddress({ line1: 'Rua das Flores 118', postcode: '4050-262', city: 'Porto' })
  await phone.press('Save this address')
  await phone.press('Save this address and owe $16.50')
  expect(await phone.text()).toContain('Your new address costs more: $16.50 more is owed.')
  await phone.expectSound()
  await charge()
  await page.goto(world.linkOf(backer))
  expect(await page.getByText(/^Charged on/).count()).toBe(2)
})

test('a final address is changed by asking, and parcels are followed by their link', async () => {
  await move('finalize_address')
  await page.reload()
  expect(await page.getByRole('button').count()).toBe(0)
  await phone.expectSound()
  await phone.follow('Ask for another address')
  await phone.expectSound()
  await phone.fillAddress({ line1: 'Rua Nova 2' })
  await page.fill('#note', 'We move on 3 December.')
  await phone.press('Ask for this address')
  expect(await phone.text()).toContain('Your request is on its way.')
  await phone.expectSound()
  await phone.follow('Look at it, or take it back')
  expect(await phone.text()).toContain('We move on 3 December.')
  await phone.expectSound()
  await phone.press('Take this request back')
  expect(await phone.text()).toContain('The request is taken back.')
  await move('ship')
  await world.parts.db
    .updateTable('shipments')
    .set({ carrier: 'DHL', tracking_number: '00340434161094027318' })
    .where('order_id', '=', order_id)
    .execute()
  await page.goto(world.linkOf(backer))
  expect(await phone.text()).toContain('with DHL, number 00340434161094027318')
  expect(await page.getByRole('link', { name: 'Follow it' }).getAttribute('href')).toMatch(/^https:\/\/.*00340434161094027318/)
  await phone.expectSound()
})
