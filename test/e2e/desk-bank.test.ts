import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Row } from '../../src/db/types.ts'
import { askBank } from '../../src/domain/payments/ask-bank.ts'
import { backerOf, pressOf } from '../factories/bank.ts'
import { openGateway } from '../factories/charge-many.ts'
import { orderNow, startRun } from '../factories/charging.ts'
import { launchBrowser } from '../setup/browser.ts'
import { type ChargeWorld, startChargeWorld } from './charge-world.ts'
import { expectSoundAt } from './desk-sound.ts'

/* What the desk and the API tell of a backer who is at their bank. */

let browser: Browser
let page: Page
let world: ChargeWorld
let order: Row<'orders'>

beforeAll(async () => {
  browser = await launchBrowser()
  page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage()
  page.setDefaultTimeout(15_000)
  world = await startChargeWorld(page)
})

afterAll(async () => {
  await browser?.close()
  await world?.stop()
})

test('declined until its backer confirms it, then waiting for their answer, with the time', async () => {
  const { parts } = world.desk
  const [locked] = await world.lockOrders([{ name: 'محمد عبد الرحمن الشريف', card: 'always_asks', owed: 3790 }])
  if (!locked) throw new Error('No order')
  await startRun(parts as never, world.campaign, { selection: { ids: [locked.id] } })
  await expect.poll(async () => (await orderNow(parts, locked.id)).status, { timeout: 30_000, interval: 200 }).toBe('errored')
  order = locked
  await page.goto(`${world.home}/orders/${order.id}`)
  const payment = page.getByRole('region', { name: 'Payment' })
  expect(await payment.textContent()).toContain('the bank wants its customer to approve this charge')
  const gateway = openGateway(world.simulator, 5_000)
  const outcome = await askBank(
    { ...world.desk.parts, gateway, config: { gatewayTimeoutMs: 5_000 } },
    backerOf(order),
    pressOf(order),
  )
  gateway.close()
  expect(outcome.outcome).toBe('asks')
  await page.reload()
  expect(await payment.textContent()).toMatch(
    /Waiting for the bank until .*: its backer was led to their bank; nothing else is charged meanwhile/,
  )
  expect(await page.locator('main').textContent()).toContain(
    'went to the bank to confirm the charge of $37.90 (Visa ending 3184)',
  )
  await expectSoundAt(page, 'an order whose backer is at their bank', [
    [1280, 'light'],
    [390, 'dark'],
  ])
})

test('the API tells until when the answer is waited for', async () => {
  const path = `/api/v1/campaigns/${world.campaign.id}/attempts?state=unknown`
  const answer = (await (await page.request.get(`${world.desk.program.url}${path}`)).json()) as { data: object[] }
  expect(answer.data).toMatchObject([{ state: 'unknown', code: 'bank_asks', ask_until: expect.any(String) }])
})
