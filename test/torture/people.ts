import type { Client } from '../../src/db/client.server.ts'
import { openCardSession } from '../../src/domain/payments/card-sessions.ts'
import { resumeChargeRun, startChargeRun, stopChargeRun } from '../../src/domain/payments/charge-runs.ts'
import type { Gateway } from '../../src/domain/payments/gateway.ts'
import { completeCardSessions } from '../../src/domain/payments/read-card-sessions.ts'
import { startCharge } from '../../src/domain/payments/start-charge.ts'
import type { Actor } from '../../src/domain/shared/actor.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import type { Random } from '../setup/random.ts'
import { enterCard } from '../setup/simulator.ts'
import { clientOf } from '../setup/simulator-client.ts'
import type { SimulatorProcess } from '../setup/simulator-process.ts'

/*
 * Staff and backers, who act from a process that no kill reaches (as with ROLES=web), on the database of the program that is being killed.
 */

export interface People {
  client: Pick<Client, 'db'>
  simulator: Pick<SimulatorProcess, 'port'>
  gateway: Gateway
  campaign_id: string
  staff: Actor
  now(): Date
}

const partsOf = ({ client, gateway, now }: People) => ({
  db: client.db,
  gateway,
  clock: { now },
  enqueue: async () => undefined,
})

/** Fast, so that the gateway's "too many" never makes a run last for minutes. */
const PACE = 500
const SLOW = 60

/**
 * Staff press whatever there is to press: resume where a run is paused, begin anew where one has become slow, charge where none is under
 * way. Answers whether a run is under way.
 */
export async function staffPress(people: People, { retry_errored = false } = {}): Promise<boolean> {
  const { campaign_id, staff } = people
  const parts = partsOf(people)
  const [run] = await parts.db
    .selectFrom('charge_runs')
    .selectAll()
    .where('campaign_id', '=', campaign_id)
    .where('state', 'in', ['running', 'paused'])
    .execute()
  const of = (run_id: string) => ({ campaign_id, run_id })
  try {
    if (run && run.pace < SLOW) await inTransaction(parts, (tx) => stopChargeRun(tx, staff, of(run.id)))
    else if (run?.state === 'paused') await inTransaction(parts, (tx) => resumeChargeRun(tx, staff, of(run.id)))
    else if (run) return true
    else {
      const input = { campaign_id, selection: { filter: {} }, retry_errored, pace: PACE }
      await inTransaction(parts, (tx) => startChargeRun(tx, staff, input))
    }
    return true
  } catch (error) {
    return codeOf(error) !== 'nothing_to_do'
  }
}

/** A backer whose charge failed does something about it. Answers what, for people who read the story. */
export async function backerActs(people: People, random: Random): Promise<string> {
  const errored = await people.client.db
    .selectFrom('orders')
    .select(['id', 'number', 'backer_id'])
    .where('campaign_id', '=', people.campaign_id)
    .where('status', '=', 'errored')
    .orderBy('number')
    .execute()
  const order = errored[Math.floor(random.between(0, errored.length))]
  if (!order) return 'nobody has failed yet'
  const acts = [pressesPay, entersNewCard, entersNewCard, answersTheBank, entersNewCardWhileTheBankAsks]
  const act = acts[Math.floor(random.between(0, acts.length))] ?? pressesPay
  try {
    await act(people, order)
    return `order ${order.number}: ${act.name}`
  } catch (error) {
    return `order ${order.number}: ${act.name}, refused (${codeOf(error)})`
  }
}

interface Theirs {
  id: string
  backer_id: string
}

const actorOf = ({ campaign_id }: People, { backer_id }: Theirs): Actor => ({ kind: 'backer', id: backer_id, campaign_id })

async function pressesPay(people: People, order: Theirs): Promise<void> {
  const key = { campaign_id: people.campaign_id, order_id: order.id }
  await inTransaction(partsOf(people), (tx) => startCharge(tx, actorOf(people, order), key))
}

export async function entersNewCard(people: People, order: Theirs): Promise<void> {
  const key = { campaign_id: people.campaign_id, backer_id: order.backer_id }
  const back = { success_url: 'http://localhost/done', cancel_url: 'http://localhost/back' }
  const { url } = await openCardSession(partsOf(people), actorOf(people, order), { ...key, purpose: 'order', ...back })
  await enterCard(url)
  await completeCardSessions(partsOf(people), key)
}

/** What a failed charge has left at the gateway can still be answered by its holder: the bank asks, and they say yes. */
async function answersTheBank(people: People, order: Theirs): Promise<void> {
  for (const url of await bringBanksQuestion(people, order)) await sayYes(url)
}

/** Has the bank ask about each open payment of a backer, as their page did before; answers where it asks. */
export async function bringBanksQuestion({ client, simulator }: People, { backer_id }: Theirs): Promise<string[]> {
  const customers = await client.db
    .selectFrom('gateway_customers')
    .select('gateway_id')
    .where('backer_id', '=', backer_id)
    .execute()
  const stripe = clientOf(simulator)
  const urls: string[] = []
  for (const { gateway_id } of customers) {
    const { data } = await stripe.paymentIntents.list({ customer: gateway_id })
    const open = data.find(({ last_payment_error }) => last_payment_error?.code === 'authentication_required')
    const card = open?.last_payment_error?.payment_method?.id
    if (!open || !card) continue
    const asked = await stripe.paymentIntents.confirm(open.id, { payment_method: card, return_url: 'http://localhost/back' })
    const url = asked.next_action?.redirect_to_url?.url
    if (url) urls.push(url)
  }
  return urls
}

/** The holder of the card answers the bank; nothing happens where the question is gone. */
export async function sayYes(url: string): Promise<void> {
  await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ answer: 'yes' }) })
}

async function entersNewCardWhileTheBankAsks(people: People, order: Theirs): Promise<void> {
  await Promise.all([entersNewCard(people, order), answersTheBank(people, order)])
}

/** Everything that is refused, or met the gateway while it did not answer, is a right answer; what is broken shows in the books. */
function codeOf(error: unknown): string {
  const { code, name } = error as { code?: string; name?: string }
  return code ?? name ?? String(error)
}
