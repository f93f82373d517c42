import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeCampaign } from '../../test/factories/campaign.ts'
import { makeManyOrders } from '../../test/factories/many-orders.ts'
import { useTestProgram } from '../../test/setup/deps.ts'
import { findFailedPayments } from '../domain/follow-ups/find-failed-payments.ts'
import { accountInUse } from '../domain/payments/charging.ts'
import { retryCards } from './retry-cards.ts'

/* Many failed cards at once: what is due is done in pieces, and what a stopped worker leaves is found by the next one. */

const program = useTestProgram({ env: { CHARGES_PER_SECOND: '20' }, now: new Date('2026-11-23T12:00:00Z') })
const MANY = Number(process.env.FAILED_CARDS ?? 1_600)
const IN_LINE = 100

/** Errored orders by statements: each with a card of its own, a declined attempt, and a try and a reminder that are due. */
async function makeManyFailed(): Promise<string> {
  const { db, deps } = program
  const campaign = await makeCampaign(deps)
  await makeManyOrders(db, campaign.id, MANY)
  const id = campaign.id
  await sql`insert into payment_methods (campaign_id, id, backer_id, gateway_account, gateway_customer, mode, gateway_id, brand, last4,
      exp_month, exp_year, fingerprint, state, created_at)
    select o.campaign_id, gen_random_uuid(), o.backer_id, ${accountInUse}, 'cus_' || o.number, 'test', 'pm_' || o.number, 'visa', '4242',
      12, 2031, 'card ' || o.number, 'usable', now() from orders o where o.campaign_id = ${id}`.execute(db)
  await sql`update orders o set status = 'errored', balance_due = 1300, payment_method_id = p.id
    from payment_methods p where p.campaign_id = o.campaign_id and p.backer_id = o.backer_id and o.campaign_id = ${id}`.execute(
    db,
  )
  await sql`insert into ledger_entries (campaign_id, order_id, order_version, account, amount, currency, reason, at)
    select o.campaign_id, o.id, 1, e.account, case e.account when 'owed' then 1300 else -1300 end, 'USD', 'quoted', now()
    from orders o cross join (values ('owed'), ('goods')) e (account) where o.campaign_id = ${id}`.execute(db)
  const failed = new Date('2026-11-20T09:00:00Z')
  await sql`insert into payment_attempts (campaign_id, id, order_id, number, key, amount, currency, payment_method_id, state, code,
      decline_class, source, request, gateway_account, card, created_at, updated_at, settled_at)
    select o.campaign_id, gen_random_uuid(), o.id, 1, 'order:' || o.id || ':charge:1', 1300, 'USD', o.payment_method_id, 'declined',
      'insufficient_funds', 'soft', 'run', '{}', 'acct', 'card ' || o.number, ${failed}, ${failed}, ${failed}
    from orders o where o.campaign_id = ${id}`.execute(db)
  await sql`insert into payment_follow_ups (campaign_id, order_id, attempt_id, retry_at, remind_at, updated_at)
    select a.campaign_id, a.order_id, a.id, ${deps.clock.now()}, ${deps.clock.now()}, now()
    from payment_attempts a where a.campaign_id = ${id}`.execute(db)
  await sql`analyze`.execute(db).catch(() => undefined)
  return id
}

const count = async (statement: ReturnType<typeof sql<{ n: number }>>) => (await statement.execute(program.db)).rows[0]?.n ?? 0

test('many reminders leave in pieces, many tries wait their turn, and nothing is done twice', async () => {
  const { deps, db } = program
  const id = await makeManyFailed()
  const created = () =>
    count(sql<{ n: number }>`select count(*)::int as n from payment_attempts where campaign_id = ${id} and source = 'retry'`)
  // Stopped after a few looks, as a worker that is killed: what is left is found again.
  let looks = 0
  await retryCards(deps, () => looks++ > 2)
  expect(await count(sql`select count(*)::int as n from messages where campaign_id = ${id}`)).toBeLessThan(MANY)
  // Two workers at once.
  const began = performance.now()
  await Promise.all([retryCards(deps), retryCards(deps)])
  const took = performance.now() - began
  expect(await count(sql`select count(*)::int as n from messages where campaign_id = ${id} and kind = 'payment_reminder'`)).toBe(
    MANY,
  )
  expect(await count(sql`select count(*)::int as n from events where campaign_id = ${id} and kind = 'payment_reminded'`)).toBe(
    MANY,
  )
  const largest = count(sql`select max(n)::int as n from (select count(*) as n from events where campaign_id = ${id}
    and kind = 'payment_reminded' group by xmin) t`)
  expect(await largest).toBeLessThanOrEqual(500)
  // As many as the lane of charges sends within seconds; the others are free to be changed.
  expect(await created()).toBe(IN_LINE)
  await retryCards(deps)
  expect(await created()).toBe(IN_LINE)
  await sql`update payment_attempts set state = 'declined', code = 'insufficient_funds', decline_class = 'soft', settled_at = now()
    where campaign_id = ${id} and state = 'created'`.execute(db)
  await retryCards(deps)
  expect(await created()).toBe(2 * IN_LINE)
  const looked = performance.now()
  const overview = await findFailedPayments(db, id)
  expect(overview).toMatchObject({ orders: MANY, amount: MANY * 1300, reasons: [{ under_way: IN_LINE }] })
  if (process.env.FAILED_CARDS) {
    process.stdout.write(`reminders and tries: ${Math.round(took)} ms; overview: ${Math.round(performance.now() - looked)} ms\n`)
  }
})
