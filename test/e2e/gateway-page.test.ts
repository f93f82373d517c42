import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import type { Stripe } from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Simulator } from '../../src/simulator/types.ts'
import { launchBrowser } from '../setup/browser.ts'
import { problemsWithoutScript } from '../setup/page-checks.ts'
import { startTestSimulator } from '../setup/simulator.ts'
import { clientOf, newCustomer, newSession } from '../setup/simulator-client.ts'

/* The hosted page in a browser without scripts, passed through under another origin and path, as the product does it. */

let simulator: Simulator
let front: Server
let shop: Server
let stripe: Stripe
let browser: Browser
let page: Page

beforeAll(async () => {
  simulator = await startTestSimulator()
  front = await listen((asked, answer) => {
    const path = (asked.url ?? '').replace(/^\/gateway/, '')
    const passed = request({ port: simulator.port, path, method: asked.method, headers: asked.headers }, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers)
      given.pipe(answer)
    })
    asked.pipe(passed)
  })
  shop = await listen((asked, answer) => answer.end(`<!doctype html><title>Shop</title><p>${asked.url}</p>`))
  stripe = clientOf(simulator)
  browser = await launchBrowser()
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } })
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
})

afterAll(async () => {
  await browser?.close()
  front?.close()
  shop?.close()
  await simulator?.stop()
})

async function listen(answer: Parameters<typeof createServer>[1]): Promise<Server> {
  const server = createServer(answer as never)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

async function openPage(): Promise<{ session: Stripe.Checkout.Session; customer: string; address: string }> {
  const customer = (await newCustomer(stripe)).id
  const base = addressOf(shop)
  const session = await newSession(stripe, customer, {
    success_url: `${base}/done?session={CHECKOUT_SESSION_ID}`,
    cancel_url: `${base}/back`,
  })
  const address = `${addressOf(front)}/gateway/checkout/${session.id}`
  await page.goto(address)
  return { session, customer, address }
}

async function expectSound(): Promise<void> {
  const { width = 390, height = 844 } = page.viewportSize() ?? {}
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const narrow of [width, 320]) {
      await page.setViewportSize({ width: narrow, height })
      expect(await problemsWithoutScript(page, { colorScheme })).toEqual([])
    }
  }
  await page.setViewportSize({ width, height })
}

test('without typing anything, a card is saved and leads back to another origin', async () => {
  const { session, customer, address } = await openPage()
  expect(await page.textContent('header')).toContain('Test: no money moves')
  await expectSound()
  await page.click('button')
  expect(page.url()).toBe(`${addressOf(shop)}/done?session=${session.id}`)
  expect((await stripe.customers.listPaymentMethods(customer)).data[0]?.card).toMatchObject({ last4: '4242', exp_year: 2034 })
  await page.goto(address)
  expect(await page.textContent('h1')).toBe('The card is saved')
  await expectSound()
  await page.click('text=Back')
  expect(page.url()).toBe(`${addressOf(shop)}/done?session=${session.id}`)
})

test('what is wrong is said above and at the field, and nothing is kept of a real card', async () => {
  const { customer } = await openPage()
  await page.fill('#number', '4111 1111 1111 1111')
  await page.fill('#expiry', '01/20')
  await page.fill('#cvc', 'x')
  await page.fill('#name', 'Ada <b>')
  await page.click('button')
  expect(await page.textContent('[role=alert]')).toContain('Real cards are refused here')
  expect(await page.title()).toMatch(/^Card not saved/)
  expect(await page.inputValue('#number')).toBe('')
  expect(await page.inputValue('#name')).toBe('Ada <b>')
  expect(await page.getAttribute('#expiry', 'aria-invalid')).toBe('true')
  await expectSound()
  await page.fill('#number', '4000 0000 0000 0069')
  await page.fill('#expiry', '1 / 2040')
  await page.click('button')
  expect(await page.textContent('[role=alert]')).toContain('Your card has expired. It was not saved')
  await page.fill('#number', '')
  await page.selectOption('#test_card', 'refused_lost_card')
  await page.click('button')
  expect(await page.getAttribute('#test_card', 'aria-invalid')).toBe('true')
  expect(await page.getAttribute('[role=alert] a', 'href')).toBe('#test_card')
  await page.fill('#number', '1')
  await page.click('button')
  // On with the keyboard alone: the summary leads to the field.
  await page.focus('[role=alert] a')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.type('378282246310005')
  await page.keyboard.press('Enter')
  await page.waitForURL(`${addressOf(shop)}/done?**`)
  expect((await stripe.customers.listPaymentMethods(customer)).data.map(({ card }) => card?.brand)).toEqual(['amex'])
})

test('going back saves nothing; an expired page and an unknown one say so', async () => {
  const { session, customer, address } = await openPage()
  await page.click('text=Back without saving')
  expect(page.url()).toBe(`${addressOf(shop)}/back`)
  await stripe.checkout.sessions.expire(session.id)
  await page.goto(address)
  expect(await page.textContent('h1')).toBe('This page has expired')
  await expectSound()
  expect((await page.goto(`${address}x`))?.status()).toBe(404)
  await expectSound()
  expect((await stripe.customers.listPaymentMethods(customer)).data).toEqual([])
})
