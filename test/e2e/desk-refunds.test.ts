import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startChargeRun } from '../../src/domain/payments/charge-runs.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { launchBrowser } from '../setup/browser.ts'
import { problemsWithoutScript } from '../setup/page-checks.ts'
import { type ChargeWorld, startChargeWorld } from './charge-world.ts'
import { expectSoundAt } from './desk-sound.ts'

/* Money back from the desk: what it comes to is seen before it happens, with and without script; and canceled with a decision. */

let browser: Browser
let page: Page
let world: ChargeWorld
let orders: { id: string; backer_id: string }[]

beforeAll(async () => {
  browser = await launchBrowser()
  page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })).newPage()
  page.setDefaultTimeout(15_000)
  world = await startChargeWorld(page)
  const { parts } = world.desk
  const names = [
    'Zoë Müller',
    'محمد عبد الرحمن الشريف',
    'Łukasz Wiśniewski',
    'Anneliese Freifrau von Hohenstein-Wittgenberg zu Rauch',
  ]
  orders = await world.lockOrders(names.map((name) => ({ name, card: 'visa', owed: 4300 })))
  const campaign_id = world.campaign.id
  await inTransaction(parts, (tx) =>
    startChargeRun(tx, world.campaign.staff, { campaign_id, selection: { filter: {} }, retry_errored: false }),
  )
  await becomes(async () => (await statusOf(orders.at(-1)?.id)) === 'paid' && (await paidOrders()) === orders.length)
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

async function statusOf(id: string | undefined): Promise<string | undefined> {
  const { db } = world.desk.parts
  return (
    await db
      .selectFrom('orders')
      .select('status')
      .where('id', '=', id ?? '')
      .executeTakeFirst()
  )?.status
}

async function paidOrders(): Promise<number> {
  const rows = await world.desk.parts.db.selectFrom('orders').select('id').where('status', '=', 'paid').execute()
  return rows.filter(({ id }) => orders.some((order) => order.id === id)).length
}

async function becomes(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('It has not become so')
}

const given = (id: string) =>
  world.simulator
    .refunds()
    .filter(({ metadata }) => metadata.afterfund_order === id)
    .map(({ amount }) => amount)

test('an amount off goes back to the card: the balance is seen before, and the order tells what became of it', async () => {
  const [order] = orders as [{ id: string; backer_id: string }]
  await page.goto(`${world.home}/orders/${order.id}`)
  await page.getByText('More', { exact: true }).click()
  await page.getByRole('link', { name: 'Refund or change…' }).click()
  await page.waitForURL('**/refund')
  await expectSound('refund')
  await page.getByRole('button', { name: 'See what it comes to' }).last().click()
  await page.getByText('Say why.').first().waitFor()
  await page.fill('#amount_off', '5.00')
  await page.fill('#reason', 'A card was missing')
  await page.getByRole('button', { name: 'See what it comes to' }).last().click()
  await page.getByRole('heading', { name: 'What it comes to' }).waitFor()
  await expectSound('refund-preview')
  expect(given(order.id)).toEqual([])
  await page.getByRole('button', { name: 'Give back $5.00' }).click()
  await page.getByText('The money is on its way back.').waitFor()
  await becomes(async () => given(order.id).length === 1)
  expect(given(order.id)).toEqual([500])
  await becomes(async () => {
    await page.reload()
    return await page.getByRole('table', { name: 'Refunds of this order' }).getByText('Given back').isVisible()
  })
  await expectSound('order-refunded')
})

test('without script too; what changed since it was seen is shown again', async () => {
  const [, order] = orders as [unknown, { id: string }]
  const bare = await (
    await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() })
  ).newPage()
  await bare.goto(`${world.home}/orders/${order.id}/refund`)
  expect(await problemsWithoutScript(bare)).toEqual([])
  await bare.fill('#amount_off', '7')
  await bare.check('input[name=money][value=outside]')
  await bare.fill('#reason', 'Paid by transfer')
  await bare.press('#amount_off', 'Enter')
  const confirm = bare.getByRole('button', { name: 'Change the order' })
  await confirm.waitFor()
  // Changed after it was seen: it is shown again first.
  await bare.fill('#amount_off', '8')
  await confirm.click()
  await bare.getByText('It comes to something else than you saw.').waitFor()
  await confirm.click()
  await bare.getByText('The order is changed.').waitFor()
  await bare.getByText('Paid back in another way').first().waitFor()
  expect(given(order.id)).toEqual([])
  await bare.context().close()
})

test('a cancel of several asks once what becomes of the money, and gives all of it back', async () => {
  const several = orders.slice(2)
  await page.goto(`${world.home}/orders/do/cancel?${several.map(({ id }) => `id=${id}`).join('&')}`)
  await page.getByText('was charged here for 2 orders').waitFor()
  await expectSound('cancel-charged')
  await page.fill('#reason', 'Asked for by their backers')
  await page.getByLabel('Give it all back to the cards').check()
  await page.getByRole('button', { name: 'Cancel 2 orders' }).click()
  await page.waitForURL('**/operations/**')
  await becomes(async () => several.every(({ id }) => given(id).length === 1))
  for (const { id } of several) {
    expect(await statusOf(id)).toBe('canceled')
    expect(given(id)).toEqual([4300])
  }
})

test('the backer reads what went back, and when', async () => {
  const [order] = orders as [{ id: string; backer_id: string }]
  await page.goto(`${world.home}/backers/${order.backer_id}/view`)
  await page.getByText('Given back on').first().waitFor()
  await expectSoundAt(page, 'backer-refunded', [[390, 'light']])
})
