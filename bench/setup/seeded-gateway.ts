import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, createReadStream, createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { projectRoot } from '../../src/db/project-root.ts'
import type { Kind, Kinds, Put } from '../../src/simulator/store.ts'
import type { Knobs } from '../../src/simulator/types.ts'
import { ask } from './http.ts'
import { memoryOf } from './program.ts'
import type { World } from './world.ts'

export const benchKey = 'sk_test_bench'

/** The gateway simulator as a process of its own, with the account of the program's own one. */
export interface SeededGateway {
  port: number
  knobs(change: Partial<Knobs>): Promise<void>
  /** in MB */
  memory(): number
  stop(): Promise<void>
}

/** What the simulator has written of one customer, their card, and a charge of it: what is seeded are copies. */
export interface Templates {
  customer: Kinds['customer']
  payment_method: Kinds['payment_method']
  payment_intent: Kinds['payment_intent']
  charge: Kinds['charge']
}

/**
 * Starts it with what `seed` makes, a line of its journal each: a hundred thousand calls would take an hour. The folder is named after what it is for. The
 * program must have been stopped: its own simulator holds the account's folder.
 */
export async function startSeededGateway(
  world: World,
  name: string,
  seed: (templates: Templates) => Iterable<Put[]>,
): Promise<SeededGateway> {
  const folder = join(world.folder, name)
  const journal = join(folder, 'journal.jsonl')
  mkdirSync(folder)
  cpSync(join(world.folder, 'gateway', 'journal.jsonl'), journal)
  const first = await start(folder)
  await chargeOnce(first.port)
  await first.stop()
  const lines = seed(await readTemplates(journal))
  await pipeline(Readable.from(asText(lines)), createWriteStream(journal, { flags: 'a' }))
  return await start(folder)
}

function* asText(lines: Iterable<Put[]>): Generator<string> {
  for (const line of lines) yield `${JSON.stringify(line)}\n`
}

async function start(folder: string): Promise<SeededGateway> {
  const child = spawn(process.execPath, [join(projectRoot, 'src', 'simulator', 'main.ts'), '--folder', folder], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const port = await listening(child)
  return {
    port,
    knobs: async (change) => {
      const headers = { 'content-type': 'application/json' }
      await ask(`http://127.0.0.1:${port}/knobs`, { method: 'POST', headers, body: JSON.stringify(change) })
    },
    memory: () => memoryOf(child.pid ?? 0),
    stop: async () => {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

async function listening(child: ChildProcess): Promise<number> {
  if (!child.stdout) throw new Error('The simulator has no output')
  const line = once(createInterface(child.stdout), 'line') as Promise<[string]>
  const text = await Promise.race([line.then(([text]) => text), once(child, 'exit').then(() => null)])
  if (text === null) throw new Error('The simulator did not start')
  return (JSON.parse(text) as { listening: number }).listening
}

async function chargeOnce(port: number): Promise<void> {
  const call = async (path: string, form: Record<string, string>): Promise<{ id: string }> => {
    const headers = { authorization: `Bearer ${benchKey}`, 'content-type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams(form).toString()
    const answer = await ask(`http://127.0.0.1:${port}/v1${path}`, { method: 'POST', headers, body })
    if (answer.status !== 200) throw new Error(`The simulator answers ${answer.status}: ${answer.text.slice(0, 300)}`)
    return JSON.parse(answer.text) as { id: string }
  }
  const { id: customer } = await call('/customers', {})
  const { id: payment_method } = await call('/payment_methods/pm_card_visa/attach', { customer })
  const payment = { amount: '1000', currency: 'usd', customer, payment_method, off_session: 'true', confirm: 'true' }
  await call('/payment_intents', payment)
}

async function readTemplates(journal: string): Promise<Templates> {
  const last = new Map<Kind, unknown>()
  for await (const line of createInterface(createReadStream(journal))) {
    for (const [kind, value] of JSON.parse(line) as [Kind, unknown][]) last.set(kind, value)
  }
  return Object.fromEntries(last) as unknown as Templates
}
