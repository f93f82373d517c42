import { decideDiscrepancies } from '../../src/domain/discrepancies/decide.ts'
import { DECISIONS } from '../../src/domain/discrepancies/decisions.ts'
import type { DiscrepancyKind } from '../../src/domain/discrepancies/kinds.ts'
import { storeEvent } from '../../src/domain/gateway-events/store-event.ts'
import { changeAddress, previewAddress } from '../../src/domain/orders/change-address.ts'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import { holdOrders, releaseOrders } from '../../src/domain/orders/hold-orders.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { askBank, leaveBank, returnFromBank } from '../../src/domain/payments/ask-bank.ts'
import { takeAttempts } from '../../src/domain/payments/attempts.ts'
import { openCardSession } from '../../src/domain/payments/card-sessions.ts'
import { pauseChargeRun, resumeChargeRun, startChargeRun, stopChargeRun } from '../../src/domain/payments/charge-runs.ts'
import { findAccountInUse } from '../../src/domain/payments/charging.ts'
import { feedChargeRun, findRunsUnderWay } from '../../src/domain/payments/feed-charge-run.ts'
import { completeCardSessions } from '../../src/domain/payments/read-card-sessions.ts'
import { startCharge } from '../../src/domain/payments/start-charge.ts'
import { startRefund } from '../../src/domain/refunds/start-refund.ts'
import type { Actor } from '../../src/domain/shared/actor.ts'
import { DomainError } from '../../src/domain/shared/errors.ts'
import { inTransaction, type Tx } from '../../src/domain/shared/tx.ts'
import { askGateway } from '../../src/jobs/ask-gateway.ts'
import { sweeperOf } from '../../src/jobs/sweep-gateway.ts'
import { newId } from '../../src/lib/id.ts'
import { berlin } from '../factories/campaign.ts'
import { enterCard } from '../setup/simulator.ts'
import { KINDS_OF_CARDS, type Sim } from './sim-world.ts'

/*
 * What may happen next: staff, backers, the gateway and the machine, each step drawn from the seed. What a command refuses is a right answer.
 */

type Step = (sim: Sim) => Promise<string | undefined>

export const whole = ({ random }: Sim, below: number) => Math.floor(random.between(0, below))
const pickOf = <T>(sim: Sim, list: readonly T[]): T | undefined => list[whole(sim, list.length)]
const within = <T>({ app }: Sim, act: (tx: Tx) => Promise<T>) => inTransaction(app, act)
const backerOf = (sim: Sim, place: number) => {
  const id = sim.backers[place] ?? ''
  const campaign_id = sim.campaign.id
  return { key: { campaign_id, backer_id: id }, actor: { kind: 'backer', id, campaign_id } as Actor }
}

async function orderOf(sim: Sim, place: number) {
  const orders = sim.app.db
    .selectFrom('orders')
    .selectAll()
    .where('backer_id', '=', sim.backers[place] ?? '')
  return await orders.executeTakeFirst()
}

/** Some of the orders, or all. */
async function someOrders(sim: Sim): Promise<string[]> {
  const orders = await sim.app.db.selectFrom('orders').select('id').orderBy('number').execute()
  const isAll = sim.random.between(0, 1) < 0.6
  const some = orders.filter(() => sim.random.between(0, 1) < 0.4 || isAll).map(({ id }) => id)
  return some.length > 0 ? some : [newId()]
}

const transition =
  (name: 'lock' | 'unlock' | 'cancel'): Step =>
  async (sim) => {
    const ids = name === 'cancel' ? (await someOrders(sim)).slice(0, 1) : await someOrders(sim)
    const decision = name === 'cancel' ? { refund_decision: pickOf(sim, ['refund', 'keep'] as const) } : {}
    const input = { campaign_id: sim.campaign.id, name, selection: { ids }, reason: 'drawn', ...decision }
    await within(sim, (tx) => transitionOrders(tx, sim.campaign.staff, input as Parameters<typeof transitionOrders>[2]))
    return `${ids.length}`
  }

const confirms: Step = (sim) => confirmsAs(sim, whole(sim, sim.backers.length))
const entersCard: Step = (sim) => entersCardAs(sim, whole(sim, sim.backers.length))

async function confirmsAs(sim: Sim, place: number): Promise<string> {
  const { key, actor } = backerOf(sim, place)
  const addons = whole(sim, 3)
  const data = { address: berlin as never, addons: { [sim.campaign.addon_id]: addons } }
  await within(sim, (tx) => confirmSurvey(tx, actor, { ...key, data }))
  return `backer ${place}, ${addons} add-ons`
}

async function entersCardAs(sim: Sim, place: number): Promise<string> {
  const card = pickOf(sim, KINDS_OF_CARDS) ?? 'visa'
  const { key, actor } = backerOf(sim, place)
  const back = { success_url: 'http://localhost/done', cancel_url: 'http://localhost/back' }
  const { url } = await openCardSession(sim.app, actor, { ...key, purpose: 'order', ...back })
  await enterCard(url, { test_card: card })
  // Half of them close the tab: the worker finds the card later.
  if (sim.random.between(0, 1) < 0.7) await completeCardSessions(sim.app, key)
  return `backer ${place}, ${card}`
}

const movesHouse: Step = async (sim) => {
  const place = whole(sim, sim.backers.length)
  const order = await orderOf(sim, place)
  if (!order) return 'no order'
  const key = {
    campaign_id: sim.campaign.id,
    order_id: order.id,
    address: { ...berlin, line1: `Weg ${whole(sim, 99)}` } as never,
  }
  const { actor } = backerOf(sim, place)
  const { balance_after } = await previewAddress(sim.app.db, actor, key)
  await within(sim, (tx) => changeAddress(tx, actor, { ...key, agreed_balance: balance_after }))
  return `backer ${place}`
}

const pressesPay: Step = async (sim) => {
  const place = whole(sim, sim.backers.length)
  const order = await orderOf(sim, place)
  if (!order) return 'no order'
  await within(sim, (tx) => startCharge(tx, backerOf(sim, place).actor, { campaign_id: sim.campaign.id, order_id: order.id }))
  return `backer ${place}`
}

const goesToBank: Step = async (sim) => {
  const place = whole(sim, sim.backers.length)
  const { key, actor } = backerOf(sim, place)
  const answer = await askBank(sim.app, actor, { ...key, return_url: 'http://localhost/back' })
  if (answer.outcome === 'asks') sim.questions.push({ url: answer.url, backer: place })
  return `backer ${place}: ${answer.outcome}`
}

/** The bank's page is answered, now or long after; who comes back has it read, who does not leaves it to the worker. */
const answersBank: Step = async (sim) => {
  const question = pickOf(sim, sim.questions)
  if (!question) return 'nothing is asked'
  const answer = sim.random.between(0, 1) < 0.7 ? 'yes' : 'no'
  if (!sim.simulator.knobs({}).is_down) {
    await fetch(question.url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ answer }) })
  }
  const { key, actor } = backerOf(sim, question.backer)
  const back = sim.random.between(0, 1)
  const outcome =
    back < 0.5 ? await returnFromBank(sim.app, actor, key) : back < 0.6 ? await leaveBank(sim.app, actor, key) : null
  return `backer ${question.backer}: ${answer}, ${outcome?.outcome ?? 'stays away'}`
}

const startsRun: Step = async (sim) => {
  const retry_errored = sim.random.between(0, 1) < 0.5
  const input = { campaign_id: sim.campaign.id, selection: { filter: {} }, retry_errored, pace: 500 }
  await within(sim, (tx) => startChargeRun(tx, sim.campaign.staff, input))
  return retry_errored ? 'failed ones too' : undefined
}

const onRun =
  (command: typeof pauseChargeRun): Step =>
  async (sim) => {
    const runs = sim.app.db.selectFrom('charge_runs').select('id').where('state', 'in', ['running', 'paused'])
    const run = await runs.executeTakeFirst()
    if (!run) return 'no run'
    await within(sim, (tx) => command(tx, sim.campaign.staff, { campaign_id: sim.campaign.id, run_id: run.id }))
    return undefined
  }

const givesBack: Step = async (sim) => {
  const orders = await sim.app.db.selectFrom('orders').selectAll().where('captured', '>', 0).orderBy('number').execute()
  const order = pickOf(sim, orders)
  if (!order) return 'nobody has paid'
  const amount = 1 + whole(sim, order.captured)
  const owes_again = sim.random.between(0, 1) < 0.5
  const input = { campaign_id: sim.campaign.id, order_id: order.id, amount, reason: 'drawn', owes_again }
  await within(sim, (tx) => startRefund(tx, sim.campaign.staff, input))
  return `order ${order.number}, ${amount}`
}

const decides: Step = async (sim) => {
  const open = sim.app.db
    .selectFrom('discrepancies')
    .selectAll()
    .where('state', '=', 'open')
    .orderBy('found_at')
    .orderBy('subject')
  const found = pickOf(sim, await open.execute())
  if (!found) return 'nothing to decide'
  const resolution = pickOf(sim, DECISIONS[found.kind as DiscrepancyKind]) ?? 'noted'
  const input = { campaign_id: sim.campaign.id, ids: [found.id], resolution, reason: 'drawn' }
  const { settled } = await within(sim, (tx) => decideDiscrepancies(tx, sim.campaign.staff, input))
  return `${found.kind}, ${resolution}: ${settled}`
}

const holds: Step = async (sim) => {
  const input = { campaign_id: sim.campaign.id, selection: { ids: await someOrders(sim) }, reason: 'drawn' }
  await within(sim, (tx) => holdOrders(tx, sim.campaign.staff, input))
  return undefined
}

const releases: Step = async (sim) => {
  const input = { campaign_id: sim.campaign.id, selection: { ids: await someOrders(sim) }, reason: 'drawn' }
  await within(sim, (tx) => releaseOrders(tx, sim.campaign.staff, input))
  return undefined
}

/** Somebody gives money back in the gateway's own pages. */
const refundsElsewhere: Step = async (sim) => {
  const charge = pickOf(sim, sim.simulator.ledger())
  if (!charge || sim.simulator.knobs({}).is_down) return 'nothing was taken'
  const amount = 1 + whole(sim, charge.amount)
  await sim.stripe.refunds.create({ payment_intent: charge.payment_intent, amount }).catch(() => undefined)
  return `${amount}`
}

/** Everything that the gateway has ever told, in any order: most of it for the second time. */
export const tellEvents: Step = async (sim) => {
  if (sim.simulator.knobs({}).is_down) return 'it is down'
  const { data } = await sim.stripe.events.list({ limit: 100 })
  for (const { id, type, data: about } of sim.random.shuffle(data)) {
    const object = about.object as { id: string; object: string }
    await storeEvent(sim.app.db, { id, type, object: { kind: object.object, id: object.id } }, sim.clock.now())
  }
  return undefined
}

export const works: Step = async (sim) => {
  await sim.worker.runDue(sim.clock.now())
  return undefined
}

/** A worker takes attempts, asks the gateway about them, and dies before it has written down a word. */
const dies: Step = async (sim) => {
  const { app, campaign } = sim
  for (const run of await findRunsUnderWay(app.db)) await within(sim, (tx) => feedChargeRun(tx, run, 3))
  const account = await findAccountInUse(app.db)
  if (!account) return 'no account'
  const take = { lease_id: newId(), lease_ms: 10_000, limit: 3, sweeper: sweeperOf(account, app) }
  const taken = await within(sim, (tx) => takeAttempts(tx, campaign.id, take))
  for (const attempt of taken) if (sim.random.between(0, 1) < 0.7) await askGateway(app, attempt, account)
  await sim.restart()
  return `with ${taken.length}`
}

const timePasses: Step = async (sim) => {
  const hours = pickOf(sim, [0.02, 0.1, 1.1, 25, 24 * 4]) ?? 1
  sim.clock.advance(Math.round(hours * 3_600_000))
  return `${hours} h`
}

const gatewayFails: Step = async (sim) => {
  sim.faults.share = pickOf(sim, [0, 0.3, 0.6]) ?? 0
  sim.simulator.knobs({ is_down: sim.random.between(0, 1) < 0.15 })
  return `${sim.faults.share}${sim.simulator.knobs({}).is_down ? ', it is down' : ''}`
}

const forgetsKeys: Step = async (sim) => {
  sim.simulator.forgetKeys()
  return undefined
}

const restarts: Step = async (sim) => {
  await sim.restart()
  return undefined
}

/** Rarely, since it takes half a second: a backup of some moment, and later its restore. */
const backsUpOrRestores: Step = async (sim) => {
  if (!sim.hasBackup) {
    await sim.backUp()
    return 'backed up'
  }
  await sim.restore()
  return 'restored'
}

/** Everybody orders and enters a card; most orders are locked and in a run when the drawn steps begin: drawn from nothing alone, few would get there. */
export async function begin(sim: Sim): Promise<void> {
  for (const [place] of sim.backers.entries()) {
    await confirmsAs(sim, place)
    await entersCardAs(sim, place)
  }
  if (sim.random.between(0, 1) < 0.1) return
  const input = { campaign_id: sim.campaign.id, name: 'lock' as const, selection: { filter: {} } }
  await within(sim, (tx) => transitionOrders(tx, sim.campaign.staff, input))
  // Where all cards asked for something else, none can be charged yet.
  if (sim.random.between(0, 1) < 0.8) await startsRun(sim).catch(unlessRefused)
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof DomainError)) throw error
}

const STEPS: [weight: number, name: string, step: Step][] = [
  ...([
    [6, 'confirms', confirms],
    [5, 'enters a card', entersCard],
    [1, 'moves house', movesHouse],
  ] as const),
  ...([
    [3, 'presses pay', pressesPay],
    [4, 'goes to the bank', goesToBank],
    [3, 'answers the bank', answersBank],
  ] as const),
  ...([
    [6, 'lock', transition('lock')],
    [2, 'unlock', transition('unlock')],
    [1, 'cancel', transition('cancel')],
  ] as const),
  ...([
    [8, 'start a run', startsRun],
    [1, 'pause', onRun(pauseChargeRun)],
    [2, 'resume', onRun(resumeChargeRun)],
  ] as const),
  ...([
    [1, 'stop', onRun(stopChargeRun)],
    [3, 'refund', givesBack],
    [2, 'decide', decides],
  ] as const),
  ...([
    [1, 'hold', holds],
    [2, 'release', releases],
    [1, 'refund elsewhere', refundsElsewhere],
  ] as const),
  ...([
    [4, 'events', tellEvents],
    [14, 'work', works],
    [3, 'die', dies],
    [6, 'time passes', timePasses],
  ] as const),
  ...([
    [4, 'the gateway', gatewayFails],
    [1, 'keys forgotten', forgetsKeys],
    [1, 'restart', restarts],
  ] as const),
  ...([[0.5, 'backup', backsUpOrRestores]] as const),
].map(([weight, name, step]) => [weight, name, step])

const PLACED = STEPS.map(([, name, step], at) => ({
  ...{ name, step },
  up_to: STEPS.slice(0, at + 1).reduce((sum, [weight]) => sum + weight, 0),
}))
const WEIGHT = PLACED.at(-1)?.up_to ?? 0

/** Draws a step and takes it; answers what it was, and with what code it was refused. Throws what is no refusal. */
export async function takeStep(sim: Sim): Promise<string> {
  const place = sim.random.between(0, WEIGHT)
  const { name, step } = PLACED.find(({ up_to }) => place < up_to) ?? { name: 'work', step: works }
  try {
    const told = await step(sim)
    return told ? `${name}: ${told}` : name
  } catch (error) {
    const { code, name: kind } = error as { code?: string; name?: string }
    if (kind !== 'DomainError') throw Object.assign(error as Error, { message: `${name}: ${(error as Error).message}` })
    return `${name}, refused: ${code}`
  }
}
