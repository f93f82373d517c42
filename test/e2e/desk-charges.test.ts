import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { holdOrders } from '../../src/domain/orders/hold-orders.ts'
import { settleOutside } from '../../src/domain/orders/settle-outside.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { takenFor } from '../factories/charging.ts'
import { launchBrowser } from '../setup/browser.ts'
import { problemsOfPage, problemsWithoutScript } from '../setup/page-checks.ts'
import { type ChargeWorld, startChargeWorld } from './charge-world.ts'
import { expectSoundAt } from './desk-sound.ts'

/* Charging from the desk: what is looked at is what starts; live, paused and resumed by keyboard alone; and what came of it. */

let browser: Browser
let page: Page
let world: ChargeWorld
let home: string

const GOOD = 24
const orders = [
  ...Array.from({ length: GOOD }, (_, n) => ({ name: `Backer ${n + 1}`, card: 'visa', owed: 1300 + n })),
  { name: 'محمد عبد الرحمن الشريف', card: 'later_insufficient_funds', owed: 3790 },
  { name: 'Anneliese Freifrau von Hohenstein-Wittgenberg zu Rauch', card: 'later_lost_card', owed: 4200 },
  { name: 'Łukasz Wiśniewski', card: 'times_out_and_pays', owed: 2110 },
  { name: '佐藤 美咲', card: null, owed: 0 },
  { name: 'Below the minimum', card: 'visa', owed: 30 },
  { name: 'On hold', card: 'visa', owed: 900 },
  { name: 'Without a card', card: 'visa', owed: 1200 },
]
const CARDS = GOOD + 3
const SUM = orders.slice(0, CARDS).reduce((sum, { owed }) => sum + owed, 0)
const money = (minor: number) => new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' }).format(minor / 100)

beforeAll(async () => {
  browser = await launchBrowser()
  page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })).newPage()
  page.setDefaultTimeout(15_000)
  world = await startChargeWorld(page, { CHARGES_PER_SECOND: '3', GATEWAY_TIMEOUT_MS: '1500' })
  home = world.home
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

/** Goes to what has this name as a keyboard does. */
async function tabTo(name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => document.activeElement?.textContent?.trim() ?? '')
    if (typeof name === 'string' ? focused === name : name.test(focused)) return
  }
  throw new Error(`Nothing called ${name} is reached by Tab`)
}

test('nothing is locked: the desk of charges says so', async () => {
  await page.goto(`${home}/charges`)
  await page.getByText('Nothing is locked down.').waitFor()
  expect(await page.getByText(/^Charge \d+ cards?…$/).count()).toBe(0)
  await expectSound('charges-empty')
})

test('the preview counts cards and sum, and who stays behind and why', async () => {
  const made = await world.lockOrders(orders)
  const [held, bare] = [made.at(-2)?.id ?? '', made.at(-1)?.id ?? '']
  await inTransaction(world.desk.parts, (tx) =>
    holdOrders(tx, world.campaign.staff, {
      campaign_id: world.campaign.id,
      selection: { ids: [held] },
      reason: 'Asks for a refund',
    }),
  )
  await world.desk.parts.db
    .updateTable('payment_methods')
    .set({ state: 'detached' })
    .where('backer_id', '=', made.at(-1)?.backer_id ?? '')
    .execute()
  expect(bare).not.toBe('')
  await page.goto(home)
  await page.getByText(`${CARDS} locked orders can be charged, ${money(SUM)}`).waitFor()
  await expectSound('overview-to-charge')
  await page.goto(`${home}/charges`)
  await page.getByRole('link', { name: `Charge ${CARDS} cards…` }).waitFor()
  await expectSound('charges')
  await page.getByRole('link', { name: `Charge ${CARDS} cards…` }).click()
  await page.getByRole('heading', { name: `Charge ${CARDS} cards` }).waitFor()
  const text = await page.locator('main').textContent()
  for (const said of [
    'Nothing has changed yet.',
    'on hold',
    'no payment method on file',
    'less is owed than a card can be charged',
  ])
    expect(text).toContain(said)
  await page.getByRole('button', { name: `Charge ${CARDS} cards, ${money(SUM)}` }).waitFor()
  await expectSound('charge-preview')
})

test('small balances are waived for all at once, with a reason', async () => {
  await page.getByRole('link', { name: 'Waive 1 small balance…' }).click()
  await page.getByRole('heading', { name: 'Waive 1 small balance' }).waitFor()
  await expectSound('waive')
  await page.fill('#reason', 'Not worth a letter')
  await page.getByRole('button', { name: 'Waive 1 small balance, $0.30' }).click()
  await page.getByText('Waived what was left of: 1 order.').waitFor()
})

test('a run by keyboard alone: start, pause, resume; it stands still while it is paused', async () => {
  await page.goto(`${home}/charges/new`)
  await page.getByRole('heading', { name: `Charge ${CARDS} cards` }).waitFor()
  await tabTo(/^Charge 27 cards, /)
  await page.keyboard.press('Enter')
  await page.waitForURL(/charges\/[0-9a-f-]{36}$/)
  await page.getByRole('heading', { name: `Charging ${CARDS} cards` }).waitFor()
  await expect.poll(() => world.simulator.ledger().length, { timeout: 15_000 }).toBeGreaterThan(0)
  await tabTo('Pause')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: `Charging ${CARDS} cards, paused` }).waitFor()
  await expectSound('charge-paused')
  await page.getByRole('link', { name: 'Stop after the current ones…' }).click()
  await page.getByText('Stop this run for good?').waitFor()
  await expectSound('charge-ask-stop')
  await page.getByRole('link', { name: 'Keep charging' }).click()
  await page.getByText('Stop this run for good?').waitFor({ state: 'detached' })
  const taken = world.simulator.ledger().length
  expect(taken).toBeLessThan(GOOD)
  await page.waitForTimeout(1_500)
  expect(world.simulator.ledger().length).toBe(taken)
  await tabTo('Resume')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: `Charging ${CARDS} cards` }).waitFor()
})

test('the numbers move by themselves, an unknown answer is its own, and the end says what came of it', async () => {
  const percent = () => page.locator('.charge-percent').first().textContent()
  const before = await percent()
  await expect.poll(percent, { timeout: 15_000 }).not.toBe(before)
  await page.getByText('No answer yet for 1 card.').waitFor()
  await expectSound('charge-running')
  await page.goto(`${home}`)
  await expectSound('overview-running')
  await page.goBack()
  await page.getByRole('heading', { name: `Charged ${GOOD + 1} of ${CARDS} cards` }).waitFor({ timeout: 60_000 })
  await page.getByText('2 were declined; their backers were mailed why').waitFor()
  await page.getByRole('link', { name: 'Not enough funds' }).waitFor()
  await expectSound('charge-done')
  expect(world.simulator.ledger()).toHaveLength(GOOD + 1)
})

test('its orders can be opened by what became of them, and downloaded whole', async () => {
  const run = page.url()
  await page.getByRole('link', { name: 'Not enough funds' }).click()
  await page.getByRole('heading', { name: 'Not enough funds' }).waitFor()
  expect(await page.locator('tbody tr').count()).toBe(1)
  await expectSound('charge-orders')
  const file = await page.request.get(`${run}/orders.csv`)
  expect(file.headers()['content-disposition']).toContain('attachment')
  const lines = (await file.text()).trim().split('\r\n')
  expect(lines).toHaveLength(orders.length)
  expect(lines.filter((line) => line.includes(',declined,insufficient_funds,Declined,not enough funds,'))).toHaveLength(1)
})

test('the order page tells every try, and offers the next one', async () => {
  await page.goto(`${home}/charges`)
  await page.getByRole('link', { name: 'Not enough funds' }).click()
  await page.getByRole('heading', { name: 'Failed payments', exact: true }).waitFor()
  await page.locator('a[data-open]').first().click()
  await page.getByRole('heading', { name: 'Payment', exact: true }).waitFor()
  await page.getByText('Declined', { exact: true }).waitFor()
  await expectSound('order-errored')
  await page.getByRole('link', { name: 'Try the card again…' }).click()
  await page.getByRole('heading', { name: 'Charge 1 card' }).waitFor()
  await page.goto(`${home}/charges`)
  await expectSound('charges-after')
})

test('a second press lands on the run that the first has started', async () => {
  await world.lockOrders(Array.from({ length: 8 }, (_, n) => ({ name: `Late ${n}`, card: 'visa' })))
  const other = await page.context().newPage()
  for (const tab of [page, other]) await tab.goto(`${home}/charges/new`)
  await page.getByRole('button', { name: /^Charge 8 cards, / }).click()
  await page.waitForURL(/charges\/[0-9a-f-]{36}$/)
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('heading', { name: 'Charging 8 cards, paused' }).waitFor()
  await other.getByRole('button', { name: /^Charge 8 cards, / }).click()
  await other.waitForURL(page.url())
  await other.close()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByRole('heading', { name: 'Charged 8 cards' }).waitFor({ timeout: 30_000 })
})

test('keys that the gateway refuses pause the run, and the page says what to do', async () => {
  await world.lockOrders([{ name: 'Refused', card: 'visa' }])
  world.simulator.knobs({ next: [401] })
  await page.goto(`${home}/charges/new?status=locked`)
  await page.getByRole('button', { name: /^Charge 1 card, / }).click()
  await page.getByText('The gateway refused our keys, so the run paused by itself.').waitFor()
  await expectSound('charge-keys-refused')
  await page.goto(home)
  await page.getByText('A charge run is paused').waitFor()
  await page.getByRole('link', { name: 'See the run' }).click()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByRole('heading', { name: 'Charged 1 card' }).waitFor({ timeout: 30_000 })
  await expectSound('charge-after-keys')
})

test('what is signed off is what is charged: overtaken it is counted again, and an order that changed is left out', async () => {
  const [kept, changed] = await world.lockOrders([
    { name: 'Kept', card: 'visa', owed: 1500 },
    { name: 'Changed', card: 'visa', owed: 1700 },
  ])
  const other = await page.context().newPage()
  await page.goto(`${home}/charges/new?status=locked`)
  await page.getByRole('heading', { name: 'Charge 2 cards' }).waitFor()
  await other.goto(`${home}/charges/new?id=${kept?.id}`)
  const signed = other.url()
  await inTransaction(world.desk.parts, (tx) =>
    settleOutside(tx, world.campaign.staff, {
      ...{ campaign_id: world.campaign.id, order_id: changed?.id ?? '', amount: 200, how: 'waived', reason: 'Broken box' },
    }),
  )
  await page.getByRole('link', { name: 'See each order' }).click()
  await page.getByRole('heading', { name: 'Orders of the run' }).waitFor()
  await expectSound('charge-preview-orders')
  await page.goBack()
  await page.getByRole('button', { name: /^Charge 2 cards, / }).click()
  await page.getByRole('heading', { name: 'Charged 1 card' }).waitFor({ timeout: 30_000 })
  await page.getByText('Another amount is owed than was signed off.').waitFor()
  await expectSound('charge-changed')
  // The other look was overtaken; one press counts anew.
  await other.reload()
  await other.getByText('Another charge run was started since this was counted.').waitFor()
  expect(await problemsOfPage(other)).toEqual([])
  expect(await other.getByRole('button', { name: /^Charge 1 card, / }).count()).toBe(0)
  await other.goto(`${home}/charges/new?status=locked`)
  await other.getByRole('heading', { name: 'Charge 1 card' }).waitFor()
  expect(other.url()).not.toBe(signed)
  await other.getByRole('button', { name: /^Charge 1 card, / }).click()
  await other.getByRole('heading', { name: 'Charged 1 card' }).waitFor({ timeout: 30_000 })
  await other.close()
  const taken = (id = '') => takenFor(world.simulator.ledger(), id)
  expect([taken(kept?.id), taken(changed?.id)]).toEqual([[1500], [1500]])
})

test('a live campaign without keys says that charging is not set up', async () => {
  const { id } = world.desk.campaign
  await world.desk.parts.db.updateTable('campaigns').set({ mode: 'live' }).where('id', '=', id).execute()
  for (const path of ['charges', 'charges/new']) {
    await page.goto(`${world.desk.program.url}/campaigns/${id}/${path}`)
    await page.getByText('Charging is not set up.').first().waitFor()
    await expectSound(`live-${path.replace('/', '-')}`)
  }
})

test('without script a run is started, read by reload and stopped', async () => {
  await world.lockOrders(Array.from({ length: 12 }, (_, n) => ({ name: `Plain ${n}`, card: 'visa' })))
  const context = await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() })
  const plain = await context.newPage()
  await plain.goto(`${home}/charges/new?status=locked`)
  await plain.getByRole('button', { name: /^Charge 12 cards, / }).click()
  await plain.getByRole('button', { name: 'Pause' }).click()
  await plain.getByRole('link', { name: 'Reload' }).click()
  expect(await problemsWithoutScript(plain)).toEqual([])
  await plain.getByRole('link', { name: 'Stop after the current ones…' }).click()
  await plain.getByRole('button', { name: /^Stop, and leave \d+ cards uncharged/ }).click()
  expect(await plain.locator('h1').textContent()).toMatch(/^Stopped: charged \d+ of 12 cards$/)
  expect(await problemsWithoutScript(plain)).toEqual([])
  await page.goto(plain.url())
  await expectSound('charge-stopped')
  await context.close()
})

test('the stream of a run that stands still ends with the program', async () => {
  await page.goto(`${home}/charges/new`)
  await page.getByRole('button', { name: /^Charge \d+ cards?, / }).click()
  await page.waitForURL(/charges\/[0-9a-f-]{36}$/)
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('button', { name: 'Resume' }).waitFor()
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  const stream = await fetch(`${page.url()}/live`, { headers: { cookie: cookies } })
  expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  const reader = stream.body?.getReader()
  const first = new TextDecoder().decode((await reader?.read())?.value)
  expect(JSON.parse(first.replace(/^data: /, ''))).toMatchObject({ state: 'paused' })
  const stopped = performance.now()
  const ended = (async () => {
    while (reader && !(await reader.read()).done);
    return performance.now() - stopped
  })()
  await world.desk.program.stop()
  expect(await ended).toBeLessThan(5_000)
  // Nor does its connection hold up the end.
  expect(performance.now() - stopped).toBeLessThan(10_000)
})
