import { setTimeout as wait } from 'node:timers/promises'
import type { Row } from '../../db/types.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError } from '../shared/errors.ts'
import type { BackerKey } from '../shared/keys.ts'
import { mayActFor, ownCampaign } from '../shared/policy.ts'
import { inTransaction, type TxParts } from '../shared/tx.ts'
import { adoptPayments } from './adopt-payments.ts'
import type { Attempt } from './attempts.ts'
import { answerOfVisit, askedInVain } from './bank-answer.ts'
import {
  type BankQuestion,
  beginVisit,
  closePayment,
  findBankQuestion,
  findOrderOfBacker,
  isAtBank,
  noteAsked,
  releaseVisit,
} from './bank-visits.ts'
import { findAccountInUse } from './charging.ts'
import { NOT_ASKED, QUESTION_CANCELED } from './declines.ts'
import type { Answered, ChargeAnswer, ChargeRequest, Gateway, GatewayFailure, GatewayPayment } from './gateway.ts'
import { settleAttempts } from './settle-attempts.ts'

/** What asking the bank works with; `Deps` has it. */
export interface BankParts extends TxParts {
  gateway: Gateway
  config: { gatewayTimeoutMs: number }
}

/** What a press, or a way back, came to. What is not said here stands on the order. */
export type BankOutcome =
  /** the page on which the bank asks */
  | { outcome: 'asks'; url: string }
  /** the charge is over: paid or not */
  | { outcome: 'answered' }
  /** nobody knows yet; the worker keeps looking */
  | { outcome: 'waiting' }
  /** there is nothing to confirm any more */
  | { outcome: 'over' }

/** What a visit has beside its calls: the reading and the booking. */
const LEASE_SPARE_MS = 8_000
/** The longest a press has calls under way: reading twice and confirming twice. */
const CALLS = 4
/** A second press waits for the first this long. */
const PATIENCE_MS = 10_000
const LOOK_AGAIN_MS = 250

/**
 * Leads a backer to the page on which their bank asks about the last charge: a process. Guarantees: the visit is committed before the
 * gateway hears of it, and no transaction is held during a call; the same payment is confirmed, under a stored key, so that nothing is
 * taken twice; a second press, in this window or another, leads to the same page; money that was taken meanwhile is booked. Refuses what
 * `beginVisit` refuses, `charging_not_set_up`, and `gateway_unreachable` (503) with nothing changed.
 */
export async function askBank(app: BankParts, actor: Actor, input: BackerKey & { return_url: string }): Promise<BankOutcome> {
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_AGAIN_MS) {
    const outcome = await tryToAsk(app, actor, input)
    if (outcome !== 'busy') return outcome
    await wait(LOOK_AGAIN_MS)
  }
  return { outcome: 'waiting' }
}

async function tryToAsk(app: BankParts, actor: Actor, input: BackerKey & { return_url: string }): Promise<BankOutcome | 'busy'> {
  const question = await openQuestion(app, actor, input)
  if (!question) return { outcome: 'over' }
  const { attempt, visit } = question
  if (visit && !visit.is_asked && isInHands(attempt, app.clock.now())) return 'busy'
  const reading = await readPayment(app, attempt)
  if (!reading.ok) {
    // The page that is known is right as long as nobody has answered there.
    if (attempt.ask_url) return { outcome: 'asks', url: attempt.ask_url }
    throw unreachable(reading.failure)
  }
  const payment = reading.value
  if (payment.state === 'succeeded') return await settle(app, attempt, answerOfVisit(attempt, payment, app.clock.now()))
  if (payment.state === 'canceled') return await close(app, attempt)
  if (visit?.is_asked) return await goOn(app, attempt, payment)
  if (!visit && (await adoptOthers(app, attempt))) return { outcome: 'answered' }
  const begun = await inTransaction(app, (tx) => beginVisit(tx, actor, { ...keyOf(attempt), lease_ms: leaseOf(app) }))
  if (!begun.begun) return 'busy'
  // One that asks, and says nowhere, is told where its bank's page leads back to.
  const isOnItsWay = payment.state === 'processing' || (payment.state === 'asks' && payment.ask_url !== null)
  return isOnItsWay ? await goOn(app, begun.attempt, payment) : await confirm(app, begun, input.return_url)
}

/** What the bank asks a backer; null when there is nothing. Answers 404 for what is not theirs. */
async function openQuestion(app: BankParts, actor: Actor, key: BackerKey): Promise<BankQuestion | null> {
  const campaign = await ownCampaign(app.db, actor, key.campaign_id)
  mayActFor(actor, key.backer_id)
  const order = await findOrderOfBacker(app.db, key)
  const question = order && (await findBankQuestion(app.db, order, app.clock.now()))
  if (!question) return null
  const isOurs = app.gateway.mode === campaign.mode && question.attempt.gateway_account === (await findAccountInUse(app.db))
  if (!isOurs)
    throw new DomainError('charging_not_set_up', 'Charging is not set up for this campaign, so your bank cannot be asked.')
  return question
}

function isInHands({ leased_until }: Row<'payment_attempts'>, now: Date): boolean {
  return leased_until !== null && leased_until > now
}

const keyOf = ({ campaign_id, id }: Attempt) => ({ campaign_id, attempt_id: id })
const leaseOf = ({ config }: BankParts) => CALLS * config.gatewayTimeoutMs + LEASE_SPARE_MS

async function readPayment(app: BankParts, { payment }: Attempt): Promise<Answered<GatewayPayment>> {
  return await app.gateway.readPayment(payment ?? '')
}

/** A visit that is under way, and how its payment stands: on to the bank, or the answer that came meanwhile. */
async function goOn(app: BankParts, attempt: Attempt, payment: GatewayPayment): Promise<BankOutcome> {
  if (payment.state !== 'asks' || payment.ask_url === null) {
    const answer = answerOfVisit(attempt, payment, app.clock.now())
    if (answer.answer !== 'unknown') return await settle(app, attempt, answer)
    await inTransaction(app, (tx) => releaseVisit(tx, keyOf(attempt), attempt.lease_id))
    return { outcome: 'waiting' }
  }
  const url = payment.ask_url
  if (attempt.ask_url === null && !(await inTransaction(app, (tx) => noteAsked(tx, keyOf(attempt), url))))
    return { outcome: 'answered' }
  return { outcome: 'asks', url }
}

/** Confirms the payment with its holder there; where the answer is lost the payment is read, and the same is sent once more. */
async function confirm(
  app: BankParts,
  { attempt, is_repeat }: { attempt: Attempt; is_repeat: boolean },
  return_url: string,
): Promise<BankOutcome> {
  const { payment_method } = attempt.request as ChargeRequest
  const payment = attempt.payment ?? ''
  const key = `${attempt.key}:confirm:${attempt.confirmations}`
  const answer = await app.gateway.confirmPayment({ payment, payment_method, return_url }, { key, is_repeat })
  if (answer.answer === 'asks') return await goOn(app, attempt, asking(payment, answer.url, attempt))
  if (answer.answer === 'succeeded' || answer.answer === 'declined') return await settle(app, attempt, answer)
  // Refused, or nobody knows: the payment itself tells.
  const reading = await readPayment(app, attempt)
  const isSettled = reading.ok && reading.value.state !== 'declined' && reading.value.state !== 'unfinished'
  if (isSettled) return await goOn(app, attempt, reading.value)
  if (reading.ok && (answer.answer === 'refused' || answer.dead_key)) {
    return await settle(app, attempt, askedInVain(payment, NOT_ASKED))
  }
  // One that took all its time would only be waited for again.
  if (reading.ok && !is_repeat && answer.code !== 'timeout') {
    return await confirm(app, { attempt, is_repeat: true }, return_url)
  }
  await inTransaction(app, (tx) => releaseVisit(tx, keyOf(attempt), attempt.lease_id))
  return { outcome: 'waiting' }
}

/**
 * Before the bank is asked for money the backer's other payments are read afresh, as before any charge (promises.md rule 5): a database that
 * an old backup was put back into does not know what was paid since. True when one of them was: it is booked, and nothing is asked.
 */
async function adoptOthers(app: BankParts, attempt: Attempt): Promise<boolean> {
  const { customer } = attempt.request as ChargeRequest
  const listed = await app.gateway.listPayments(customer, new Date(0))
  if (!listed.ok) throw unreachable(listed.failure)
  const { settled, adopted } = await inTransaction(app, (tx) => adoptPayments(tx, listed.value))
  return settled + adopted > 0
}

/** The payment as the confirmation's answer shows it. */
function asking(id: string, ask_url: string, { amount, currency, created_at }: Attempt): GatewayPayment {
  return { id, state: 'asks', ask_url, amount, currency, created_at, customer: null, card: null, decline: null, metadata: {} }
}

async function settle(app: BankParts, attempt: Attempt, answer: ChargeAnswer): Promise<BankOutcome> {
  const { campaign_id, id: attempt_id, lease_id } = attempt
  await inTransaction(app, (tx) => settleAttempts(tx, campaign_id, [{ attempt_id, lease_id, answer }]))
  return { outcome: 'answered' }
}

/** The payment was canceled at the gateway: the card was tried, and nothing is asked about it any more. */
async function close(app: BankParts, attempt: Attempt): Promise<BankOutcome> {
  const { campaign_id, id: attempt_id, lease_id, payment } = attempt
  const answer = askedInVain(payment ?? '', QUESTION_CANCELED)
  await inTransaction(app, async (tx) => {
    await settleAttempts(tx, campaign_id, [{ attempt_id, lease_id, answer }])
    await closePayment(tx, keyOf(attempt))
  })
  return { outcome: 'over' }
}

function unreachable(failure: GatewayFailure): DomainError {
  if (failure.kind === 'refused' && failure.pauses) {
    return new DomainError(
      'charging_not_set_up',
      'The payment service refuses the keys of this Afterfund, so your bank cannot be asked.',
    )
  }
  const sentence = 'The payment service does not answer just now. Nothing was charged; try again in a moment.'
  return new DomainError('gateway_unreachable', sentence, { status: 503, details: { failure: failure.code } })
}

/**
 * Reads what became of a visit, for a backer who came back from their bank: a process. Guarantees: believes nothing but the payment as the
 * gateway tells it; done twice, or by several at once, it is booked once; a yes that comes after we stopped waiting is booked all the
 * same. An outage changes nothing: `waiting`.
 */
export async function returnFromBank(app: BankParts, actor: Actor, key: BackerKey): Promise<BankOutcome> {
  const question = await openQuestion(app, actor, key)
  if (!question) return { outcome: 'over' }
  const { attempt } = question
  const reading = await readPayment(app, attempt)
  if (!reading.ok) return { outcome: 'waiting' }
  const payment = reading.value
  if (payment.state === 'canceled') return await close(app, attempt)
  if (isAtBank(attempt)) {
    const outcome = await goOn(app, attempt, payment)
    return outcome.outcome === 'asks' ? { outcome: 'waiting' } : outcome
  }
  if (payment.state === 'succeeded') return await settle(app, attempt, answerOfVisit(attempt, payment, app.clock.now()))
  return { outcome: 'answered' }
}

/**
 * Ends a visit at its backer's wish, so that they can pay in another way at once: a process. Guarantees: the payment is canceled at the
 * gateway first, so that it never can take anything; one that took the money meanwhile is booked. Refuses `gateway_unreachable` (503)
 * with nothing changed.
 */
export async function leaveBank(app: BankParts, actor: Actor, key: BackerKey): Promise<BankOutcome> {
  const question = await openQuestion(app, actor, key)
  if (!question) return { outcome: 'over' }
  const { attempt } = question
  const canceled = await app.gateway.cancelPayment(
    attempt.payment ?? '',
    `cancel:${attempt.payment}:leave:${app.clock.now().getTime()}`,
  )
  if (!canceled.ok) throw unreachable(canceled.failure)
  if (canceled.value.state === 'succeeded') {
    return await settle(app, attempt, answerOfVisit(attempt, canceled.value, app.clock.now()))
  }
  return canceled.value.state === 'canceled' ? await close(app, attempt) : { outcome: 'waiting' }
}
