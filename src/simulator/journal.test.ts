import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { testFolder } from '../../test/setup/folder.ts'
import {
  chargeOf,
  clientOf,
  errorOf,
  newCustomer,
  newSavedCard,
  newSession,
  sendCard,
} from '../../test/setup/simulator-client.ts'
import { startSimulator } from './start-simulator.ts'
import type { Simulator } from './types.ts'

let folder = ''
let journal = ''
const running: Simulator[] = []

beforeEach(() => {
  folder = join(testFolder(), `journal-${process.pid}-${Math.random().toString(36).slice(2)}`)
  journal = join(folder, 'journal.jsonl')
})
afterEach(async () => {
  for (const simulator of running.splice(0)) await simulator.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(): Promise<Simulator> {
  const simulator = await startSimulator({ folder })
  running.push(simulator)
  return simulator
}

async function restart(): Promise<Simulator> {
  await running.pop()?.stop()
  return start()
}

test('everything is there after a restart, and the same keys answer the same', async () => {
  const stripe = clientOf(await start())
  const account = await stripe.accounts.retrieveCurrent()
  const card = await newSavedCard(stripe, 'pm_card_fundsArrive')
  const session = await newSession(stripe, card.customer)
  expect(await errorOf(stripe.paymentIntents.create(chargeOf(card), { idempotencyKey: 'k1' }))).toMatchObject({ statusCode: 402 })
  const payment = await stripe.paymentIntents.create(chargeOf(card), { idempotencyKey: 'k2' })

  const simulator = await restart()
  const again = clientOf(simulator)
  expect((await again.accounts.retrieveCurrent()).id).toBe(account.id)
  expect((await again.checkout.sessions.retrieve(session.id)).status).toBe('open')
  expect(await errorOf(again.paymentIntents.create(chargeOf(card), { idempotencyKey: 'k1' }))).toMatchObject({
    headers: { 'idempotent-replayed': 'true' },
  })
  expect((await again.paymentIntents.create(chargeOf(card), { idempotencyKey: 'k2' })).id).toBe(payment.id)
  expect((await again.paymentIntents.create(chargeOf(card), { idempotencyKey: 'k3' })).status).toBe('succeeded')
  expect(simulator.ledger().map(({ idempotency_key }) => idempotency_key)).toEqual(['k2', 'k3'])
})

test('a torn last line is left out, and what comes after it is whole', async () => {
  const stripe = clientOf(await start())
  const customer = await newCustomer(stripe)
  await running.pop()?.stop()
  const whole = readFileSync(journal, 'utf8')
  const torn = (whole.split('\n').at(-2) ?? '').replaceAll(customer.id, 'cus_torn')
  appendFileSync(journal, torn.slice(0, -20))
  const again = clientOf(await start())
  expect((await again.customers.retrieve(customer.id)).id).toBe(customer.id)
  expect(await errorOf(again.customers.retrieve('cus_torn'))).toMatchObject({ statusCode: 404 })
  const later = await newCustomer(again)
  expect((await clientOf(await restart()).customers.retrieve(later.id)).id).toBe(later.id)
})

test('a line that cannot be read in the midst is refused with the place', async () => {
  await newCustomer(clientOf(await start()))
  await running.pop()?.stop()
  writeFileSync(journal, `broken\n${readFileSync(journal, 'utf8')}`)
  await expect(start()).rejects.toThrow(`Line 1 of ${journal} cannot be read.`)
  // The folder is free again: the file mended, it starts.
  writeFileSync(journal, readFileSync(journal, 'utf8').replace('broken\n', ''))
  await start()
})

test('each start writes it anew, with the last of every object only', async () => {
  const stripe = clientOf(await start())
  const customer = await newCustomer(stripe)
  for (let at = 0; at < 20; at++) await fetch(`${running[0]?.url}/v1/customers/${customer.id}`, update(`Ada ${at}`))
  await running.pop()?.stop()
  const before = statSync(journal).size
  const again = clientOf(await start())
  expect(statSync(journal).size).toBeLessThan(before / 4)
  expect(await again.customers.retrieve(customer.id)).toMatchObject({ name: 'Ada 19' })
  expect(statSync(journal).mode & 0o777).toBe(0o600)
})

const update = (name: string) => ({
  method: 'POST',
  headers: { Authorization: 'Bearer sk_test_1', 'Content-Type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams({ name }).toString(),
})

test('no card number and no security code is in it', async () => {
  const stripe = clientOf(await start())
  const customer = await newCustomer(stripe)
  for (const number of ['5555555555554444', '4000000000009995', '4111111111111111', '4242 4242 4242 4242']) {
    const session = await newSession(stripe, customer.id)
    await sendCard(String(session.url), { number, cvc: '9713' })
  }
  expect((await stripe.customers.listPaymentMethods(customer.id)).data).toHaveLength(2)
  const written = readFileSync(journal, 'utf8')
  expect(written).toContain('"last4":"4242"')
  expect(written).not.toMatch(/5555555555554444|4000000000009995|4111111111111111|4242 ?4242 ?4242|9713/)
})

test('two simulators never share a folder', async () => {
  const first = await start()
  await expect(startSimulator({ folder })).rejects.toThrow(
    `A simulator is already running: process ${process.pid} holds the folder ${folder}.`,
  )
  await expect(startSimulator({ folder: `${folder}-b`, port: first.port })).rejects.toThrow(
    `Port ${first.port} on 127.0.0.1 is in use.`,
  )
  rmSync(`${folder}-b`, { recursive: true })
})
