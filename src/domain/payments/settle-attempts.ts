import { sql } from 'kysely'
import { reportDiscrepancies } from '../discrepancies/report-discrepancies.ts'
import { endFollowUps } from '../follow-ups/failed-cards.ts'
import { followDeclines } from '../follow-ups/follow-declines.ts'
import type { Tx } from '../shared/tx.ts'
import { type Attempt, isNotOver } from './attempts.ts'
import { type Answers, bookDeclined, bookRefused, bookTaken, queueMails } from './book-charges.ts'
import { classOfDecline } from './declines.ts'
import type { ChargeAnswer } from './gateway.ts'

export interface AnsweredAttempt {
  attempt_id: string
  /** under which it was asked */
  lease_id: string | null
  answer: ChargeAnswer
}

/** How long to wait before the gateway is asked again about an attempt, by how often it was asked: "we ask the bank every minute". */
const WAITS_S = [2, 5, 15, 60]

/**
 * Books what the gateway answered. Guarantees: each attempt is settled once, whoever asks and however often; a success is booked to the cent
 * with its ledger rows and the order paid, also one of an attempt that was held for over; a decline makes the order errored and mails its
 * backer at once; a refusal ends the attempt and leaves the order where it is; an unknown one is asked about again. Never loses an answer to
 * a change of the order: the orders' rows are taken first. What the gateway took or declined counts whoever brings it; that it took nothing
 * counts only from who still holds the attempt, since another may have sent it meanwhile. All attempts are of one campaign.
 */
export async function settleAttempts(tx: Tx, campaign_id: string, answered: readonly AnsweredAttempt[]): Promise<void> {
  const answers = new Map(answered.map((each) => [each.attempt_id, each]))
  const { rows } = await sql<Attempt>`select * from payment_attempts where campaign_id = ${campaign_id}
    and id = any(${[...answers.keys()]}::uuid[]) and state <> 'succeeded' order by id for update`.execute(tx.db)
  await sql`select id from orders where campaign_id = ${campaign_id} and id = any(${rows.map((each) => each.order_id)}::uuid[])
    order by id for update`.execute(tx.db)
  const of = <T extends ChargeAnswer['answer']>(kind: T) =>
    rows.flatMap((attempt) => {
      const { answer, lease_id } = answers.get(attempt.id) ?? {}
      const isLate = (kind === 'refused' || kind === 'unknown') && attempt.lease_id !== lease_id
      // Money that was taken is taken, whatever was thought of the attempt.
      const counts = kind === 'succeeded' || (isNotOver(attempt) && !isLate)
      return answer?.answer === kind && counts ? [{ attempt, answer: answer as Extract<ChargeAnswer, { answer: T }> }] : []
    })
  const succeeded = of('succeeded')
  const declined = of('declined')
  const refused = of('refused')
  await recordUnknown(tx, campaign_id, of('unknown'))
  await endAttempts(tx, campaign_id, [
    ...succeeded.map(({ attempt, answer: { payment, amount } }) => endingOf(attempt, 'succeeded', { payment, amount })),
    ...declined.map(({ attempt, answer: { payment, decline } }) =>
      endingOf(attempt, 'declined', { payment, code: decline.code, decline_class: classOfDecline(decline) }),
    ),
    ...refused.map(({ attempt, answer }) => endingOf(attempt, 'refused', { code: answer.code })),
  ])
  await reportOtherAmounts(tx, succeeded)
  await bookTaken(tx, campaign_id, orderIds(succeeded))
  const elsewhere = await bookDeclined(tx, campaign_id, declined)
  await bookRefused(tx, campaign_id, refused)
  const failed = declined.filter(({ attempt }) => !elsewhere.has(attempt.order_id))
  const told = await followDeclines(tx, campaign_id, orderIds(failed))
  await endFollowUps(tx.db, campaign_id, orderIds(succeeded))
  await queueMails(tx, campaign_id, [...succeeded, ...failed.filter(({ attempt }) => !told.has(attempt.order_id))])
}

function orderIds(list: readonly { attempt: Attempt }[]): string[] {
  return list.map(({ attempt }) => attempt.order_id)
}

/** What was taken is booked, and that it is not what was asked for is told. */
async function reportOtherAmounts(tx: Tx, list: Answers<'succeeded'>): Promise<void> {
  const others = list.filter(({ attempt, answer }) => attempt.amount !== answer.amount)
  await reportDiscrepancies(
    tx,
    others.map(({ attempt: { campaign_id, order_id, currency, amount }, answer }) => ({
      ...{ campaign_id, order_id, currency, kind: 'paid_other_amount', subject: answer.payment, amount: answer.amount },
      data: { asked: amount },
    })),
  )
}

async function recordUnknown(tx: Tx, campaign_id: string, list: Answers<'unknown'>): Promise<void> {
  if (list.length === 0) return
  const waits = list.map(({ attempt }) => WAITS_S[Math.min(attempt.sendings, WAITS_S.length) - 1] ?? WAITS_S[0] ?? 1)
  await sql`update payment_attempts a set state = 'unknown', code = x.code, leased_until = null, lease_id = null,
      next_try_at = ${tx.now}::timestamptz + make_interval(secs => x.wait_s), updated_at = ${tx.now}
    from unnest(${list.map(({ attempt }) => attempt.id)}::uuid[], ${list.map(({ answer }) => answer.code)}::text[],
      ${waits}::int[]) x (id, code, wait_s)
    where a.campaign_id = ${campaign_id} and a.id = x.id`.execute(tx.db)
}

interface Ending {
  id: string
  order_id: string
  run_id: string | null
  state: 'succeeded' | 'declined' | 'refused'
  payment: string | null
  amount: number | null
  code: string | null
  decline_class: string | null
}

function endingOf(
  { id, order_id, run_id }: Attempt,
  state: Ending['state'],
  said: Partial<Pick<Ending, 'payment' | 'amount' | 'code' | 'decline_class'>>,
): Ending {
  return { id, order_id, run_id, state, payment: null, amount: null, code: null, decline_class: null, ...said }
}

/** Ends the attempts: a declined one's payment stays open at the gateway until it is canceled there. And says in their runs what became of the orders. */
async function endAttempts(tx: Tx, campaign_id: string, endings: Ending[]): Promise<void> {
  if (endings.length === 0) return
  const column = (name: keyof Ending) => endings.map((each) => each[name])
  await sql`update payment_attempts a set state = x.state, payment = coalesce(x.payment, a.payment), amount = coalesce(x.amount, a.amount),
      code = x.code, decline_class = x.decline_class, payment_open = x.state = 'declined', ask_url = null, ask_until = null,
      settled_at = ${tx.now}, updated_at = ${tx.now}, leased_until = null, lease_id = null, next_try_at = null
    from unnest(${column('id')}::uuid[], ${column('state')}::text[], ${column('payment')}::text[], ${column('code')}::text[],
      ${column('decline_class')}::text[], ${column('amount')}::bigint[]) x (id, state, payment, code, decline_class, amount)
    where a.campaign_id = ${campaign_id} and a.id = x.id`.execute(tx.db)
  await sql`update charge_run_orders r set state = x.state, code = x.code
    from unnest(${column('id')}::uuid[], ${column('run_id')}::uuid[], ${column('order_id')}::uuid[], ${column('state')}::text[],
      ${column('code')}::text[]) x (id, run_id, order_id, state, code)
    where r.campaign_id = ${campaign_id} and r.run_id = x.run_id and r.order_id = x.order_id and r.attempt_id = x.id`.execute(
    tx.db,
  )
}
