import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoLogin } from '../../src/demo/make-demo.ts'
import { launchBrowser } from '../setup/browser.ts'
import { type Program, startProgram } from '../setup/program.ts'
import { expectSoundAt } from './desk-sound.ts'

/* The desk over the demo's orders: every page of it, and a lock by keyboard alone. */

let browser: Browser
let page: Page
let program: Program
let home: string

beforeAll(async () => {
  program = await startProgram({})
  browser = await launchBrowser()
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })).newPage()
  page.setDefaultTimeout(15_000)
  await page.goto(`${program.url}/sign-in`)
  await page.fill('input[name=email]', demoLogin.email)
  await page.fill('input[name=password]', demoLogin.password)
  await page.click('main button[type=submit]')
  await page.waitForURL('**/campaigns')
  home = `${program.url}${await page.getAttribute('a[data-open]', 'href')}`
})

afterAll(async () => {
  await browser?.close()
  await program?.stop()
})

/** Where the first row of the list leads, without the list that its link carries along. */
async function firstRow(): Promise<string> {
  const { origin, pathname } = new URL((await page.getAttribute('a[data-open]', 'href')) ?? '', program.url)
  return origin + pathname
}

const expectSound = (name: string) =>
  expectSoundAt(page, name, [
    [1440, 'light'],
    [320, 'dark'],
  ])

describe('every page is sound', () => {
  test.each([
    ['overview', ''],
    ['orders', '/orders'],
    ['orders-none', '/orders?q=nobody-is-called-so'],
    ['lock', '/orders/do/lock'],
    ['cancel', '/orders/do/cancel'],
    ['hold', '/orders/do/hold'],
    ['charges', '/charges'],
    ['charge', '/charges/new'],
    ['charge-failed', '/charges/new?status=errored&retry=1'],
    ['waive', '/orders/do/waive'],
    ['counts', '/counts'],
    ['operations', '/operations'],
    ['prices', '/catalog/prices'],
    ['survey', '/survey'],
    ['send', '/survey/send'],
    ['remind', '/survey/remind'],
    ['ask', '/survey/payment-method'],
    ['imports', '/imports'],
    ['new-import', '/imports/new'],
    ['settings', '/settings'],
  ])('%s', async (name, path) => {
    const answer = await page.goto(home + path)
    expect(answer?.status()).toBe(200)
    await expectSound(name)
  })

  test('one order, its address and its settling', async () => {
    await page.goto(`${home}/orders?balance=owed&status=open`)
    const order = await firstRow()
    for (const [name, path] of [
      ['order', ''],
      ['order-address', '/address'],
      ['order-settle', '/settle'],
    ] as const) {
      await page.goto(order + path)
      await expectSound(name)
    }
  })

  test('one operation, one import and the running notice', async () => {
    for (const [name, list] of [
      ['operation', '/operations'],
      ['import', '/imports'],
    ] as const) {
      await page.goto(home + list)
      await page.goto(`${program.url}${await page.getAttribute('a[data-open]', 'href')}`)
      await expectSound(name)
    }
    await page.goto(home)
    await page.locator('li', { hasText: 'The clock locks them' }).getByRole('link', { name: 'See the notice' }).click()
    await page.getByRole('heading', { name: 'Notice of the lock' }).waitFor()
    await expectSound('notice')
  })
})

test('a lock by keyboard alone: select, act, preview, lock, see who was left out, and back to the list as it was', async () => {
  const list = `${home}/orders?status=open&hold=no&balance=zero&sort=-number`
  await page.goto(list)
  await page.locator('[data-row]').first().waitFor()
  await page.waitForLoadState('networkidle')
  for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key)
  await page.getByRole('status').filter({ hasText: '2 orders selected' }).waitFor()
  await page.keyboard.press('a')
  expect(await focused()).toBe('Lock…')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Lock 2 of 2 orders' }).waitFor()
  await expect.poll(focused).toBe('Lock 2 of 2 orders')
  await tabTo('Lock 2 orders')
  await page.keyboard.press('Enter')
  await page.getByText('Locked: 2 orders.').waitFor()
  await tabTo('Back to the list')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Orders', exact: true }).waitFor()
  expect(new URL(page.url()).search).toBe(new URL(list).search)
})

const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim())

/** Goes on by Tab from where the focus is, as one would. */
async function tabTo(name: string): Promise<void> {
  for (let steps = 0; steps < 25; steps++) {
    await page.keyboard.press('Tab')
    if ((await focused()) === name) return
  }
  throw new Error(`Tab does not lead to ${name} within 25 steps`)
}

test('a button that cannot be pressed says why', async () => {
  await page.goto(`${home}/orders/do/lock?id=&all=1&status=open&balance=owed&payment_method=missing`)
  await expect.poll(() => page.getByText('no payment method on file').count()).toBeGreaterThan(0)
  const button = page.getByRole('button', { name: 'Lock 0 orders' })
  expect(await button.getAttribute('aria-disabled')).toBe('true')
})

test('an amount is settled outside, with its reason on the timeline', async () => {
  await page.goto(`${home}/orders?balance=owed&status=open`)
  const order = await firstRow()
  await page.goto(`${order}/settle`)
  await page.fill('#reason', 'Paid at the fair')
  await page.getByRole('button', { name: 'Settle this amount' }).click()
  await page.getByText('The amount is settled.').waitFor()
  await page.getByText('Paid at the fair').waitFor()
  expect(await page.locator('.ledger-due').textContent()).toContain('0.00')
})
