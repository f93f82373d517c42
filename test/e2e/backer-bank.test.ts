import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Row } from '../../src/db/types.ts'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import type { TestCampaign } from '../factories/campaign.ts'
import { orderNow, startRun } from '../factories/charging.ts'
import { captainAnswers, makeSurveyBacker } from '../factories/survey-campaign.ts'
import { launchBrowser } from '../setup/browser.ts'
import { type Phone, phoneOf } from './backer-phone.ts'
import { type BackerWorld, startBackerWorld } from './backer-world.ts'

/* To the bank and back in a browser whose scripts are switched off, on a phone's width, with axe on each page of ours. */

let world: BackerWorld
let browser: Browser
let page: Page
let phone: Phone

beforeAll(async () => {
  world = await startBackerWorld()
  browser = await launchBrowser()
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 740 } })
  page = await context.newPage()
  page.setDefaultTimeout(15_000)
  phone = phoneOf(page)
})

afterAll(async () => {
  await browser?.close()
  await world?.stop()
})

const NAME = 'عبد الرحمن بن خالد آل سعود'

/** Owes 16.50 with this card on file, is locked and charged; its bank wants to hear from its holder. */
async function makeAsked(card: string): Promise<Row<'backers'>> {
  const { campaign, parts } = world
  const backer = await makeSurveyBacker(parts, campaign, { name: NAME, pledge_amount: 7750 })
  const key = { campaign_id: campaign.id, backer_id: backer.id }
  const { order_id } = await inTransaction(parts, (tx) =>
    confirmSurvey(tx, campaign.staff, { ...key, data: captainAnswers(campaign) }),
  )
  await page.goto(world.linkOf(backer))
  await phone.press('Add a card')
  await page.selectOption('#test_card', card)
  await phone.press('Save card')
  await inTransaction(parts, (tx) =>
    transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'lock', selection: { ids: [order_id] } }),
  )
  // The program's own worker carries it out.
  await startRun(parts as never, campaign as unknown as TestCampaign, { selection: { ids: [order_id] } })
  await expect.poll(async () => (await orderNow(parts, order_id)).status, { timeout: 30_000, interval: 200 }).toBe('errored')
  return backer
}

async function answerBank(word: string | RegExp): Promise<void> {
  expect(new URL(page.url()).pathname).toMatch(/^\/gateway\/checkout\/pi_[A-Za-z0-9_]+\/authenticate$/)
  await phone.press(word)
}

test('a no, then no answer, then a yes', async () => {
  const backer = await makeAsked('always_asks')
  await page.goto(world.linkOf(backer))
  // The mail's link leads to the question; its address holds nothing secret.
  expect(new URL(page.url()).pathname).toBe(`/b/${world.campaign.id}/${backer.id}/bank`)
  expect(await phone.heading()).toBe('Confirm $16.50 with your bank')
  expect(await phone.text()).toContain('Visa ending 3184')
  await phone.expectSound()
  await phone.follow('See my order')
  expect(await phone.heading()).toBe('Your bank wants to hear from you')
  await phone.expectSound()
  await phone.follow('Confirm with your bank')
  await phone.press('Confirm with your bank')
  await answerBank('No, do not pay')
  expect(new URL(page.url()).search).toBe('')
  expect(await phone.text()).toContain('Your bank has no yes from you. Nothing was charged, and you can try again.')
  await phone.expectSound()

  await phone.press('Confirm with your bank')
  await page.goBack()
  await page.goto(`${world.program.url}/b/${world.campaign.id}/${backer.id}/bank/return`)
  expect(await phone.heading()).toBe('Your bank waits for your answer')
  expect(await phone.text()).toContain('Your bank has not told us your answer yet.')
  await phone.expectSound()
  await phone.follow('See my order')
  expect(await phone.text()).toContain('Your bank waits for you to confirm $16.50')
  await phone.expectSound()
  await phone.follow('Answer your bank')
  await phone.press('Go on to your bank')
  await answerBank(/^Yes, pay/)
  expect(await phone.heading()).toBe('Everything is paid')
  expect(await phone.text()).toContain('$16.50 was charged to Visa ending 3184.')
  await phone.expectSound()
})

test('a yes that meets an empty account says so on the order’s page, with another card as the way on', async () => {
  const backer = await makeAsked('asks_then_insufficient_funds')
  await page.goto(world.linkOf(backer))
  await phone.press('Confirm with your bank')
  await answerBank(/^Yes, pay/)
  expect(await phone.heading()).toBe('Your bank declined $16.50')
  expect(await phone.text()).toContain('not enough funds')
  await phone.expectSound()
})

test('whoever wants to pay in another way ends the question first', async () => {
  const backer = await makeAsked('always_asks')
  await page.goto(world.linkOf(backer))
  await phone.press('Confirm with your bank')
  await page.goto(world.linkOf(backer))
  await phone.press('Pay in another way')
  await phone.expectSound()
  await phone.press('Use another card')
  await page.selectOption('#test_card', 'visa')
  await phone.press('Save card')
  expect(await phone.heading()).toBe('Everything is paid')
  expect(await phone.text()).toContain('$16.50 was charged to Visa ending 4242.')
})
