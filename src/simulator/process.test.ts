import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { testFolder } from '../../test/setup/folder.ts'
import { chargeOf, clientOf, newCustomer, newSavedCard } from '../../test/setup/simulator-client.ts'

const folder = mkdtempSync(join(testFolder(), 'simulator-process-'))
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The simulator as the product starts it: with a channel to its parent. */
async function startProcess(args: string[] = []): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--folder', folder, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  children.push(child)
  if (!child.stdout) throw new Error('It has no output.')
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { child, port: (JSON.parse(line) as { listening: number }).listening }
}

const endOf = (child: ChildProcess) => once(child, 'exit') as Promise<[code: number | null, signal: string | null]>

test('it says where it listens, and ends in order on SIGTERM', async () => {
  const { child, port } = await startProcess(['--key', 'sk_test_ours', '--hosted-url', 'https://pledges.example/gateway/'])
  const stripe = clientOf({ port })
  await expect(stripe.accounts.retrieveCurrent()).rejects.toMatchObject({ statusCode: 401 })
  child.kill('SIGTERM')
  expect(await endOf(child)).toEqual([0, null])
})

test('it ends by itself when its parent is gone', async () => {
  const { child } = await startProcess()
  child.disconnect()
  expect(await endOf(child)).toEqual([0, null])
})

test('killed between answers and restarted, 8 times, it has lost nothing and charged nothing twice', async () => {
  const answered = { customers: [] as string[], keys: [] as string[] }
  let card = { customer: '', payment_method: '' }
  for (let round = 0; round < 8; round++) {
    const { child, port } = await startProcess()
    const stripe = clientOf({ port }, { timeout: 2_000 })
    if (round === 0) card = await newSavedCard(stripe)
    // Keys of rounds before are sent again: those that were answered, and the one whose answer the kill may have swallowed.
    const before = answered.keys.length
    const keys = [
      ...answered.keys.slice(-2),
      ...Array.from({ length: 40 }, (_, at) => `charge:${Math.max(0, answered.keys.length - 1) + at}`),
    ]
    const charging = (async () => {
      for (const idempotencyKey of keys) {
        const payment = await stripe.paymentIntents.create(chargeOf(card, { metadata: { key: idempotencyKey } }), {
          idempotencyKey,
        })
        if (payment.status === 'succeeded' && !answered.keys.includes(idempotencyKey)) answered.keys.push(idempotencyKey)
      }
    })().catch(() => null)
    const naming = (async () => {
      for (;;) answered.customers.push((await newCustomer(stripe)).id)
    })().catch(() => null)
    // Whatever the machine's pace: two charges of this round are through, the next ones are on their way.
    await vi.waitUntil(() => answered.keys.length >= before + 2, { timeout: 5_000, interval: 1 })
    await wait(Math.random() * 30)
    child.kill('SIGKILL')
    await endOf(child)
    await Promise.all([charging, naming])
  }
  const { port } = await startProcess()
  const stripe = clientOf({ port })
  const { charges } = (await (await fetch(`http://127.0.0.1:${port}/ledger`)).json()) as {
    charges: { idempotency_key: string; payment_intent: string }[]
  }
  const taken = charges.map(({ idempotency_key }) => idempotency_key)
  expect(answered.keys.length).toBeGreaterThanOrEqual(16)
  expect(new Set(taken).size).toBe(taken.length)
  expect(answered.keys.filter((key) => !taken.includes(key))).toEqual([])
  for (const id of answered.customers) expect((await stripe.customers.retrieve(id)).id).toBe(id)
  // A charge that was never answered is in the journal with its answer: the key replays it.
  const replay = await stripe.paymentIntents.create(chargeOf(card, { metadata: { key: taken.at(-1) ?? '' } }), {
    idempotencyKey: taken.at(-1) ?? '',
  })
  expect(replay.id).toBe(charges.at(-1)?.payment_intent)
}, 60_000)
