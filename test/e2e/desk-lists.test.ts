import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoLogin } from '../../src/demo/make-demo.ts'
import { launchBrowser } from '../setup/browser.ts'
import { type Program, startProgram } from '../setup/program.ts'

/* The desk's lists over the demo's orders: find a person, walk along a list, select, what matched where, and what a browser keeps. */

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

type Order = { id: string; number: number; backer: { id: string; name: string; email: string } }

async function orders(query: string): Promise<Order[]> {
  const answer = await page.request.get(`${home.replace('/campaigns/', '/api/v1/campaigns/')}/orders?${query}`)
  return ((await answer.json()) as { data: Order[] }).data
}

async function operations(): Promise<{ moved: number }[]> {
  const answer = await page.request.get(`${home.replace('/campaigns/', '/api/v1/campaigns/')}/operations?limit=100`)
  return ((await answer.json()) as { data: { moved: number }[] }).data
}

async function open(path: string): Promise<void> {
  await page.goto(home + path)
  await page.waitForLoadState('networkidle')
}

/** The text of what has the focus. */
const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim())
const rowsTicked = () => page.locator('input[data-select-row]:checked').count()
const marked = () => page.locator('[data-cursor] a[data-open]').textContent()

describe('find one person from any page', () => {
  test('/ on a page without a list, a fragment of the mail, and the arrow leads to their order', async () => {
    const [order] = await orders('limit=1&sort=-number')
    if (!order) throw new Error('The demo has no order.')
    await open('/catalog')
    await page.keyboard.press('/')
    await page.keyboard.type(order.backer.email)
    const option = page.getByRole('option').first()
    await option.waitFor()
    expect(await option.textContent()).toContain(`order ${order.number} · mail: ${order.backer.email}`)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: `Order ${order.number}`, exact: true }).waitFor()
    expect(await focused()).toBe(`Order ${order.number}`)
  })

  test('without script too: one match is opened, several are listed, none says so', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() })
    const plain = await context.newPage()
    const [order] = await orders('limit=1&sort=-number')
    await plain.goto(`${home}/survey`)
    await plain.fill('.find input', order?.backer.email ?? '')
    await plain.press('.find input', 'Enter')
    await plain.waitForURL(`**/orders/${order?.id}`)
    await plain.fill('.find input', 'example.com')
    await plain.press('.find input', 'Enter')
    await plain.waitForURL('**/backers?q=example.com')
    await plain.fill('.find input', 'nobody-is-called-so')
    await plain.press('.find input', 'Enter')
    await plain.getByRole('heading', { name: 'No backer matches' }).waitFor()
    await context.close()
  })

  test('the list says where the words stand that its rows do not show', async () => {
    const [order] = await orders('limit=1')
    await open(`/orders?q=${encodeURIComponent(order?.backer.email ?? '')}`)
    const hit = page.locator('.search-hits').first()
    expect(await hit.textContent()).toBe(`mail: ${order?.backer.email}`)
    expect(await hit.locator('mark').textContent()).toBe(order?.backer.email)
  })

  test('where nothing matches, the condition that costs most is named and dropped in one press', async () => {
    const [order] = await orders('limit=1&status=shipped')
    await open(`/orders?status=open&q=${order?.backer.email}`)
    await page.getByRole('heading', { name: 'No order matches all 2 conditions' }).waitFor()
    await page.getByRole('link', { name: 'Drop status Open (1)' }).click()
    await page.getByText('1 order', { exact: true }).waitFor()
    expect(await page.locator('a[data-open]').textContent()).toBe(String(order?.number))
  })
})

describe('the keys of a list', () => {
  test('x ticks one, Shift and x all from it to here, Esc clears', async () => {
    await open('/orders')
    for (const key of ['j', 'x', 'j', 'j', 'j', 'Shift+X']) await page.keyboard.press(key)
    expect(await rowsTicked()).toBe(4)
    await page.keyboard.press('Escape')
    expect(await rowsTicked()).toBe(0)
  })

  test('Enter opens, ] and [ walk along the filtered list, and back one stands at the row', async () => {
    const list = await orders('status=errored&limit=3&sort=-number')
    expect(list.length).toBe(3)
    await open('/orders?status=errored&sort=-number')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    for (const [key, at] of [
      ['', 0],
      [']', 1],
      [']', 2],
      ['[', 1],
    ] as const) {
      if (key) await page.keyboard.press(key)
      await page.getByRole('heading', { name: `Order ${list[at]?.number}`, exact: true }).waitFor()
    }
    await page.getByRole('link', { name: 'Orders', exact: true }).last().click()
    await page.waitForURL('**/orders?**')
    await expect.poll(marked).toBe(String(list[1]?.number))
    expect(new URL(page.url()).search).toBe('?status=errored&sort=-number')
  })

  test('another filter begins with nothing selected', async () => {
    await open('/orders?status=open')
    await page.locator('input[data-select-all]').check()
    await page.getByRole('button', { name: /^Select all \d+ that match$/ }).click()
    await page.getByText('all that match').waitFor()
    await page.getByRole('navigation', { name: 'Statuses' }).getByRole('link', { name: /^Paid/ }).click()
    await page.waitForURL('**/orders?status=paid')
    await expect.poll(() => page.locator('.selection').count()).toBe(0)
    expect(await rowsTicked()).toBe(0)
  })

  test('? lists them; switched off, they do nothing, and typing is never one', async () => {
    await open('/orders')
    await page.keyboard.press('/')
    await page.keyboard.type('jx?')
    expect(await page.inputValue('[data-filter]')).toBe('jx?')
    expect(await page.locator('[data-cursor]').count()).toBe(0)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    const dialog = page.getByRole('dialog', { name: 'Keys' })
    await dialog.getByRole('checkbox', { name: /Single keys/ }).uncheck()
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    expect(await page.locator('[data-cursor]').count()).toBe(0)
    await page.getByRole('button', { name: 'Keys' }).click()
    await dialog.getByRole('checkbox', { name: /Single keys/ }).check()
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    expect(await page.locator('[data-cursor]').count()).toBe(1)
  })
})

describe('acts', () => {
  test('a double click acts once, and shows what the first click did', async () => {
    const two = await orders('status=open&balance=zero&hold=no&limit=2&sort=-number')
    const before = await operations()
    await open(`/orders/do/hold?${two.map(({ id }) => `id=${id}`).join('&')}`)
    await page.fill('#reason', 'Asked by phone')
    await page.getByRole('button', { name: 'Put 2 orders on hold' }).evaluate((button: HTMLButtonElement) => {
      button.click()
      setTimeout(() => button.click(), 15)
    })
    await page.waitForURL('**/operations/*')
    await page.waitForLoadState('networkidle')
    expect((await operations()).slice(0, -before.length).map(({ moved }) => moved)).toEqual([2])
  })

  test('from an order’s page the way out and the way back lead to that order', async () => {
    const [order] = await orders('status=open&balance=zero&hold=no&limit=1')
    await open(`/orders/${order?.id}?status=open`)
    await page.getByText('More', { exact: true }).click()
    await page.getByRole('link', { name: 'Hold…' }).click()
    await page.getByRole('link', { name: 'Hold none' }).click()
    await page.getByRole('heading', { name: `Order ${order?.number}`, exact: true }).waitFor()
    expect(new URL(page.url()).search).toBe('?status=open')
  })
})

describe('what is not there', () => {
  test('an act on nothing asks nothing, and leads back', async () => {
    await open('/orders/do/finalize_address?all=1&status=paid&country=AQ&from=orders%3Fcountry%3DAQ')
    await page.getByRole('heading', { name: 'Finalize: no order fits' }).waitFor()
    expect(await page.locator('main form').count()).toBe(0)
    await page.getByRole('link', { name: 'Back to orders' }).click()
    await page.waitForURL('**/orders?country=AQ')
  })

  test('an order that is none is told on a page that is dressed', async () => {
    const answer = await page.goto(`${home}/orders/019a0000-0000-7000-8000-000000000001`)
    expect(answer?.status()).toBe(404)
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor()
    const family = () => page.locator('h1').evaluate((title) => getComputedStyle(title).fontFamily)
    await expect.poll(family).toContain('Besley')
  })

  test('a filter of a thousand SKUs is answered, and told by its number', async () => {
    const skus = Array.from({ length: 1000 }, (_, at) => `only_sku=019a0000-0000-7000-8000-${String(at).padStart(12, '0')}`)
    expect((await page.goto(`${home}/orders?${skus.join('&')}`))?.status()).toBe(200)
    await page.getByRole('link', { name: 'Remove all 1000 of only' }).click()
    await page.waitForURL('**/orders')
  })
})

test('the colours that were chosen are in the answer’s first byte, until the system’s are asked for', async () => {
  const theme = async () => /<html[^>]*data-theme="(\w+)"/.exec(await (await page.request.get(`${home}/orders`)).text())?.[1]
  await open('/settings')
  expect(await theme()).toBeUndefined()
  await page.getByRole('radio', { name: 'Dark' }).check()
  await expect.poll(() => page.getAttribute('html', 'data-theme')).toBe('dark')
  expect(await theme()).toBe('dark')
  expect(new URL(page.url()).pathname).toMatch(/settings$/)
  await page.getByRole('radio', { name: 'As your system has them' }).check()
  await expect.poll(theme).toBeUndefined()
})
