import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeShippingDesk, type ShippingDesk } from '../factories/shipping-desk.ts'
import { launchBrowser } from '../setup/browser.ts'
import { expectSoundAt } from './desk-sound.ts'
import { type DeskWorld, startDeskWorld } from './desk-world.ts'
import { askForAddress, type DeskOrders, makeDeskOrders } from './shipping-orders.ts'

/* From paid to shipped at the desk: which orders can leave, requests, the list for the warehouse, tracking files and their mails. */

let browser: Browser
let page: Page
let world: DeskWorld
let desk: ShippingDesk
let home: string
let paid: DeskOrders['paid']
let ready: DeskOrders['ready']
let shipped: DeskOrders['shipped']

beforeAll(async () => {
  browser = await launchBrowser()
  page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })).newPage()
  page.setDefaultTimeout(15_000)
  world = await startDeskWorld(page)
  desk = await makeShippingDesk(world.parts, world.campaign.staff.id)
  home = `${world.program.url}/campaigns/${desk.campaign.id}`
  ;({ paid, ready, shipped } = await makeDeskOrders(world.parts, desk))
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

async function open(path: string): Promise<void> {
  const answer = await page.goto(home + path)
  expect(answer?.status(), path).toBe(200)
}

const button = (name: string | RegExp) => page.getByRole('button', { name })
const link = (name: string | RegExp) => page.getByRole('link', { name })

describe('every page is sound', () => {
  test.each([
    ['finalize', '/finalize'],
    ['finalize-preview', '/orders/do/finalize_address?all=1&status=paid'],
    ['ship-preview', '/orders/do/ship?all=1&status=ready_to_ship'],
    ['undo-preview', '/orders/do/undo_ship?all=1&status=shipped'],
    ['requests', '/requests'],
    ['shipping', '/shipping'],
    ['new-tracking', '/tracking/new'],
    ['tracking-mails', '/tracking-mails'],
    ['orders-of-one-sku', '/orders?status=ready_to_ship'],
  ])('%s', async (name, path) => {
    await open(path)
    await expectSound(name)
  })

  test('one request and one shipped order', async () => {
    await open('/requests')
    await link('Decline…').click()
    await page.getByRole('heading', { name: /^Another address for order/ }).waitFor()
    await expectSound('request')
    await open(`/orders/${shipped.id}`)
    await page.getByRole('heading', { name: 'Parcels' }).waitFor()
    await expectSound('shipped-order')
  })
})

describe('finalize', () => {
  test('by keyboard alone: count the stock, tick what is there, preview, finalize, see who stayed behind', async () => {
    await open('/finalize')
    await page.waitForLoadState('networkidle')
    const stock = page.getByLabel(/^Stock on hand of /)
    await stock.nth(0).focus()
    await page.keyboard.type('3')
    await stock.nth(2).focus()
    await page.keyboard.type('1')
    await page.keyboard.press('Enter')
    await page.getByText('The stock of 2 SKUs is saved.').waitFor()
    expect(await stock.nth(0).inputValue()).toBe('3')

    await page.getByRole('checkbox').nth(0).focus()
    await page.keyboard.press('Space')
    await page.getByRole('checkbox').nth(2).focus()
    await page.keyboard.press('Space')
    await page.getByRole('heading', { name: '3 paid orders contain only these' }).waitFor()
    await page.getByText('2 of them can be finalized').waitFor()
    await page.getByText('1 stays behind: the address does not pass').waitFor()
    await page.getByText('More pieces are needed than you counted.').waitFor()
    await expectSound('finalize-counted')

    await link('Finalize 2 addresses…').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Finalize 2 of 3 addresses' }).waitFor()
    await page.getByText('1 backer whose address does not pass is mailed').waitFor()
    await expectSound('finalize-by-sku')
    await button('Finalize 2 addresses').focus()
    await page.keyboard.press('Enter')
    await page.getByText('Finalized: 2 orders.').waitFor()
    await page.getByText('1 backer was mailed about their address.').waitFor()
    expect((await desk.row(paid.playmat.id)).status).toBe('paid')
    await expectSound('finalize-result')
  })

  test('leads to those whose address does not pass; reopening takes it back', async () => {
    await open('/orders/do/finalize_address?all=1&status=paid')
    await link('Show them').click()
    await page.locator('[data-row]').first().waitFor()
    expect(await page.locator('[data-row] .row-link').allTextContents()).toEqual([String(paid.invalid.number)])
    await open(`/orders/do/reopen_address?id=${paid.plain[0]?.id}`)
    await button('Reopen 1 address').click()
    await page.getByText('Reopened: 1 order.').waitFor()
  })

  test('with notice: backers are mailed, and it can be withdrawn', async () => {
    await open(`/orders/do/finalize_address?id=${paid.plain[0]?.id}`)
    await page.getByRole('radio', { name: /With notice/ }).check()
    await button('Finalize 1 address').click()
    await page.getByRole('heading', { name: 'Notice of the final address' }).waitFor()
    await page.getByText('Finalizes on').waitFor()
    await expectSound('finalize-notice')
    await button('Withdraw the notice').click()
    await page.getByText('The orders stay paid').waitFor()
  })

  test('refuses a stock that is no number beside its field', async () => {
    await open('/finalize')
    await page
      .getByLabel(/^Stock on hand of /)
      .nth(1)
      .fill('many')
    await button('Save stock counts').click()
    await page.getByRole('link', { name: 'Enter a whole number of pieces, like 250.' }).waitFor()
    expect(
      await page
        .getByLabel(/^Stock on hand of /)
        .nth(1)
        .inputValue(),
    ).toBe('many')
  })
})

test('a request is approved with one press, and another declined with words', async () => {
  await open('/requests')
  await page.getByText('We move on the first.').waitFor()
  await button('Approve the new address').click()
  await page.getByText('Approved. The address is changed').waitFor()
  expect((await desk.row(ready.asking.id)).status).toBe('ready_to_ship')
  await askForAddress(world.parts, desk, ready.asking, 'Alte Straße 3')
  await open('/requests')
  await link('Decline…').click()
  await page.getByLabel('Your words to the backer').fill('The label is printed already.')
  await button('Decline: keep the old address').click()
  await page.getByText('Declined. The address stays').waitFor()
  await page.getByText('The label is printed already.').waitFor()
  await expectSound('requests-answered')
})

test('the list for the warehouse holds what is ready and nothing else', async () => {
  await open('/shipping')
  const download = page.waitForEvent('download')
  await button(/^Download \d+ orders$/).click()
  const chunks: Buffer[] = []
  for await (const chunk of await (await download).createReadStream()) chunks.push(chunk as Buffer)
  const csv = Buffer.concat(chunks).toString()
  expect(csv).toContain('order_number,name')
  expect(csv).toContain(`\n${ready.plain.number},`)
  for (const other of [ready.held, paid.playmat, shipped]) expect(csv).not.toContain(`\n${other.number},`)
})

describe('a tracking file', () => {
  const upload = async (text: string) => {
    await open('/tracking/new')
    const file = { name: 'tracking.csv', mimeType: 'text/csv', buffer: Buffer.from(text) }
    await page.setInputFiles('#file', file)
    await button('Read the file').click()
  }

  test('without an order column is refused in place', async () => {
    await upload('Parcel,Weight\nA1,200\n')
    await page.locator('.error-summary').waitFor()
    await expectSound('tracking-refused')
  })

  test('shows what it would do, ships the good rows, and its mails are sent once', async () => {
    const rows = [
      `${ready.plain.number},DHL,00340434161094042557`,
      `${ready.asking.number},DHL,`,
      `${paid.invalid.number},DHL,00340434161094042558`,
      `${paid.playmat.number},DHL,9.25E+11`,
      '999999,DHL,00340434161094042559',
    ]
    await upload(['Order number,Carrier,Tracking number', ...rows].join('\n'))
    await page.getByText('1 + 1 + 1 + 1 + 0 + 0 + 1 = 5').waitFor()
    await expectSound('tracking-preview')
    await button('Mark 1 order as shipped').click()
    await page.getByText('Shipped: 1 order.').waitFor()
    expect((await desk.row(ready.plain.id)).status).toBe('shipped')
    await expectSound('tracking-applied')

    await link('Tracking mails…').click()
    await page.getByRole('heading', { name: 'Send 1 of 1 tracking mail' }).waitFor()
    await button('Send 1 tracking mail').click()
    await page.getByText('Mailed the numbers of: 1 parcel.').waitFor()
    await open('/tracking-mails')
    await page.getByText('was mailed this tracking number already').waitFor()
  })

  test('the number is corrected on the order’s page; a spoiled one is refused', async () => {
    await open(`/orders/${ready.plain.id}`)
    await link('Correct…').click()
    await page.getByRole('heading', { name: 'Correct the parcel' }).waitFor()
    await page.fill('#tracking_number', '9.25E+11')
    await button('Save the parcel').click()
    await page.locator('.error-summary').waitFor()
    await expectSound('parcel')
    await page.fill('#tracking_number', '00340434161094042999')
    await button('Save the parcel').click()
    await page.getByText('The parcel is corrected.').waitFor()
    await page.getByText('with another number').waitFor()
  })
})

test('one order is marked as shipped with its number, and taken back', async () => {
  await open(`/orders/${ready.asking.id}`)
  await link('Mark as shipped…').click()
  await page.getByRole('heading', { name: 'Mark 1 of 1 order as shipped' }).waitFor()
  await page.fill('#carrier', 'UPS')
  await page.fill('#tracking_number', '1Z999AA10123456784')
  await button('Mark 1 order as shipped').click()
  await page.getByText('Marked as shipped: 1 order.').waitFor()
  await link('Undo shipping…').click()
  await button('Undo shipping of 1 order').click()
  await page.getByText('Took back: 1 order.').waitFor()
  await open(`/orders/${ready.asking.id}`)
  await page.getByText('taken back').first().waitFor()
  expect((await desk.row(ready.asking.id)).status).toBe('ready_to_ship')
})

test('without script: ticks are counted by the button, and what is in stock is ticked by another', async () => {
  const cookies = await page.context().cookies()
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } })
  await context.addCookies(cookies)
  const plain = await context.newPage()
  try {
    await plain.goto(`${home}/finalize`)
    for (const index of [0, 2]) await plain.getByRole('checkbox').nth(index).check()
    await plain.getByRole('button', { name: 'Count orders with only these items' }).click()
    await plain.getByRole('heading', { name: '2 paid orders contain only these' }).waitFor()
    expect(await plain.getByRole('checkbox').nth(0).isChecked()).toBe(true)
    await plain.getByLabel('Stock on hand of NEOPRENE-PLAYMAT-NORTH-DEEP').fill('5')
    await plain.getByRole('button', { name: 'Select all in stock' }).click()
    await plain.getByRole('heading', { name: '0 paid orders contain only these' }).waitFor()
    expect(await plain.getByRole('checkbox', { checked: true }).count()).toBe(1)
  } finally {
    await context.close()
  }
})
