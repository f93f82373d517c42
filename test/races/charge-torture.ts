import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { expect } from 'vitest'
import type { Client } from '../../src/db/client.server.ts'
import type { ChargeRunInput } from '../../src/domain/payments/charge-run-preview.ts'
import { startChargeRun } from '../../src/domain/payments/charge-runs.ts'
import { inTransaction, type TxParts } from '../../src/domain/shared/tx.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import type { SimulatedCharge } from '../../src/simulator/types.ts'
import { type LockedOrder, makeManyLocked, type PlannedOrder } from '../factories/charge-many.ts'
import type { Random } from '../setup/random.ts'
import type { SimulatorProcess } from '../setup/simulator-process.ts'

/* What the tests share that let charge runs go wrong in every way: many orders, one run, and what is to be seen when something dies. */

export const noneWrong = { twice: 0, lost: 0, phantom: 0, stuck: 0 }

export const partsOf = (client: Client): TxParts => ({
  db: client.db,
  clock: { now: () => new Date() },
  enqueue: async () => undefined,
})

/** So many orders with such a card (`none`: owes nothing), each with a debt of its own, so that no sum can stand for another. */
export function planOrders(random: Random, counts: Record<string, number>): PlannedOrder[] {
  const cards = Object.entries(counts).flatMap(([card, count]) => Array.from({ length: count }, () => card))
  return random.shuffle(cards).map((card, at) => (card === 'none' ? { card: null, owed: 0 } : { card, owed: 1_000 + at * 7 }))
}

export interface BegunRun {
  campaign_id: string
  run_id: string
  staff: ChargeRunStaff
  orders: LockedOrder[]
}
type ChargeRunStaff = Parameters<typeof startChargeRun>[1]

/** Makes the orders and starts a run over all of them; nothing charges yet. */
export async function beginRun(
  client: Client,
  simulator: SimulatorProcess,
  planned: PlannedOrder[],
  over: Partial<ChargeRunInput> = {},
): Promise<BegunRun> {
  const parts = partsOf(client)
  const { campaign, orders } = await makeManyLocked(parts, simulator, planned)
  const input = { campaign_id: campaign.id, selection: { filter: {} }, retry_errored: false, ...over }
  const run = await inTransaction(parts, (tx) => startChargeRun(tx, campaign.staff, input))
  expect(await verifyBooks(client.db, new Date())).toEqual([])
  return { campaign_id: campaign.id, run_id: run.id, staff: campaign.staff, orders }
}

export async function isRunOver(client: Client, run_id: string): Promise<boolean> {
  const run = await client.db.selectFrom('charge_runs').select('state').where('id', '=', run_id).executeTakeFirst()
  return run?.state === 'done'
}

/** Calls that a kill cut, each counted at the first kill it met; `taken`: the gateway had the money, and the books did not know. */
export interface CutCalls {
  cut: Set<string>
  taken: Set<string>
}

/** Looks at what a kill has left, before anything mends it. Answers a line for people. */
export async function lookAtKill(client: Client, simulator: SimulatorProcess, calls: CutCalls): Promise<string> {
  const { rows } = await sql<{ id: string }>`select id from payment_attempts where state = 'sent'`.execute(client.db)
  const { rows: locked } = await sql<{ n: number }>`select count(*) as n from orders where status = 'locked'`.execute(client.db)
  const charged = new Set((await simulator.ledger()).map(({ metadata }) => metadata.afterfund_attempt))
  const cut = rows.map(({ id }) => id).filter((id) => !calls.cut.has(id))
  const taken = cut.filter((id) => charged.has(id))
  for (const id of cut) calls.cut.add(id)
  for (const id of taken) calls.taken.add(id)
  return `${cut.length} calls cut, ${taken.length} of them taken and not booked, ${locked[0]?.n} orders to go`
}

/** The books after a run over all of them: who was declined is errored and mailed once, everybody else paid to the cent and mailed once. */
export async function expectBooks(client: Client, { campaign_id, orders }: BegunRun, story = ''): Promise<void> {
  const isDeclined = ({ card }: LockedOrder) => card?.startsWith('later_') ?? false
  const declined = orders.filter(isDeclined).length
  const free = orders.filter(({ owed }) => owed === 0).length
  const due = orders.filter((order) => !isDeclined(order)).reduce((sum, order) => sum + order.owed, 0)
  const { rows } = await sql<{ status: string; count: number; captured: number }>`select status, count(*)::int as count,
    sum(captured) as captured from orders where campaign_id = ${campaign_id} group by status order by status`.execute(client.db)
  expect(rows, story).toEqual([
    ...(declined > 0 ? [{ status: 'errored', count: declined, captured: 0 }] : []),
    { status: 'paid', count: orders.length - declined, captured: due },
  ])
  const { rows: mails } = await sql<{ kind: string; count: number; backers: number }>`select kind, count(*)::int as count,
    count(distinct backer_id)::int as backers from messages where campaign_id = ${campaign_id} and kind in ('receipt', 'charge_failed') group by kind order by kind`.execute(
    client.db,
  )
  const paid = orders.length - declined - free
  expect(mails, story).toEqual([
    ...(declined > 0 ? [{ kind: 'charge_failed', count: declined, backers: declined }] : []),
    { kind: 'receipt', count: paid, backers: paid },
  ])
  expect(await verifyBooks(client.db, new Date()), story).toEqual([])
}

/** The charges of these orders: the ledger of a simulator holds all that were ever made at it. */
export function chargesOf(orders: readonly LockedOrder[], ledger: readonly SimulatedCharge[]): SimulatedCharge[] {
  const ids = new Set(orders.map(({ id }) => id))
  return ledger.filter(({ metadata }) => ids.has(metadata.afterfund_order ?? ''))
}

export interface Worker {
  child: ChildProcess
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
}

/** A worker of its own that charges (charge-child.ts), running. */
export async function startWorker(url: string, simulator: SimulatorProcess, args: string[] = []): Promise<Worker> {
  const file = fileURLToPath(new URL('charge-child.ts', import.meta.url))
  const child = spawn(process.execPath, [file, '--url', url, '--port', String(simulator.port), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const ended = once(child, 'exit')
  return {
    child,
    kill: async (signal) => {
      child.kill(signal)
      await ended
    },
  }
}

/** Waits until it is so, or the time is over. */
export async function becomes(isSo: () => Promise<boolean>, limit_ms: number, pause_ms = 200): Promise<void> {
  const until = Date.now() + limit_ms
  while (Date.now() < until && !(await isSo())) await sleep(pause_ms)
}
