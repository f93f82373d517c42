import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { makeCampaign, type TestCampaign } from '../../test/factories/campaign.ts'
import { makeLocked, startRun, work } from '../../test/factories/charging.ts'
import { giveBack, makeCharged } from '../../test/factories/refunds.ts'
import { useTestProgram } from '../../test/setup/deps.ts'
import { type Violation, verifyBooks } from './verify.ts'

/* Every truth about money at the gateway, broken on purpose: each is found, under its own name, on the order it was broken on. */

const program = useTestProgram({ env: { CHARGES_PER_SECOND: '200' } })

let campaign: TestCampaign
/** charged, and a part of it given back */
let paid: string
let failed: string

beforeAll(async () => {
  const { deps } = program
  campaign = await makeCampaign(deps)
  const order = await makeCharged(deps, campaign)
  paid = order.id
  await giveBack(deps, campaign, order.id, 500)
  failed = (await makeLocked(deps, campaign, { card: 'later_insufficient_funds' })).id
  await startRun(deps, campaign)
  await work(deps)
})

class Undone extends Error {}

/** What verify finds after these statements, which are then undone. */
async function findAfter(...statements: string[]): Promise<Violation[]> {
  let found: Violation[] = []
  const broken = program.db.transaction().execute(async (tx) => {
    for (const statement of statements) {
      const { numAffectedRows } = await sql
        .raw(statement.replaceAll(':paid', `'${paid}'`).replaceAll(':failed', `'${failed}'`))
        .execute(tx)
      if (!numAffectedRows) throw new Error(`It changed nothing: ${statement}`)
    }
    found = await verifyBooks(tx, program.deps.clock.now())
    throw new Undone()
  })
  await expect(broken).rejects.toBeInstanceOf(Undone)
  return found
}

const both = (account: string, amount: number) =>
  `insert into ledger_entries (campaign_id, order_id, order_version, account, amount, currency, reason, at)
    select campaign_id, id, 1, a.account, a.amount, 'USD', 'test', now() from orders,
      (values ('${account}', ${amount}), ('settled_outside', ${-amount})) a (account, amount) where id = :paid`

test('the books balance as they were made', async () => {
  expect(await verifyBooks(program.db, program.deps.clock.now())).toEqual([])
})

test.each<[rule: string, ...string[]]>([
  [
    'a ledger transaction sums to zero',
    `insert into ledger_entries (campaign_id, order_id, order_version, account, amount, currency, reason, at)
    select campaign_id, id, version, 'goods', 1, 'USD', 'test', now() from orders where id = :paid`,
  ],
  ['balance_due is the sum of what the ledger says is owed', 'update orders set balance_due = balance_due - 1 where id = :paid'],
  ['captured less refunded is what the ledger has on card', both('card', -1)],
  ['captured is what the successful attempts took', 'update orders set captured = captured + 1 where id = :paid'],
  ['what was taken is booked, and nothing else is', 'update payment_attempts set is_booked = false where order_id = :paid'],
  ['what was taken is booked, and nothing else is', 'update payment_attempts set is_booked = true where order_id = :failed'],
  [
    'a payment of the gateway is booked once',
    `update payment_attempts set state = 'succeeded', payment = (select payment from payment_attempts where order_id = :paid) where order_id = :failed`,
  ],
  [
    'refunded is what the gateway gave back, here and elsewhere, and what disputes took',
    'update orders set refunded = refunded + 1 where id = :paid',
  ],
  [
    'refunded is what the gateway gave back, here and elsewhere, and what disputes took',
    `update refunds set state = 'failed' where order_id = :paid`,
  ],
  ['no payment is refunded above what it took', 'update refunds set amount = 1301 where order_id = :paid'],
  ['no payment is refunded above what it took', `update payment_attempts set state = 'declined' where order_id = :paid`],
  [
    'a refund belongs to the order of its payment, in its currency, and one that left has its name at the gateway',
    'update refunds set gateway_refund = null where order_id = :paid',
  ],
  [
    'a refund belongs to the order of its payment, in its currency, and one that left has its name at the gateway',
    `update refunds set currency = 'EUR' where order_id = :paid`,
  ],
  ['what lies at the gateway is a refund on its way, or waits for a decision', both('at_gateway', 7)],
  [
    'what lies at the gateway is a refund on its way, or waits for a decision',
    `insert into discrepancies (campaign_id, id, order_id, kind, subject, amount, currency, state, found_at)
      select campaign_id, gen_random_uuid(), id, 'dispute_lost', 'dp_1', 7, 'USD', 'open', now() from orders where id = :paid`,
  ],
  [
    'what follows a failed charge follows one of its own order',
    'update payment_follow_ups set attempt_id = (select id from payment_attempts where order_id = :paid) where order_id = :failed',
  ],
  [
    'no refund hangs: none is on its way for more than an hour',
    `update refunds set state = 'unknown', created_at = now() - interval '2 hours' where order_id = :paid`,
  ],
  [
    'a detached card is not looked at again, and no order is charged on it',
    `update payment_methods set state = 'detached', detach_at = now() where id = (select payment_method_id from orders where id = :paid)`,
  ],
])('%s', async (rule, ...statements) => {
  const found = await findAfter(...statements)
  expect(found.map((violation) => violation.rule)).toContain(rule)
  const own = found.find((violation) => violation.rule === rule)
  expect(own?.campaign_id).toBe(campaign.id)
  expect(own?.found).not.toBe('')
})

test('what is explained breaks nothing: an open discrepancy with what lies there, a lost dispute above the rest', async () => {
  const dispute = `insert into discrepancies (campaign_id, id, order_id, kind, subject, amount, currency, state, found_at)
    select campaign_id, gen_random_uuid(), id, 'dispute_lost', 'dp_1', 7, 'USD', 'open', now() from orders where id = :paid`
  const found = await findAfter(dispute, both('at_gateway', 7))
  expect(found.map(({ rule }) => rule)).not.toContain('what lies at the gateway is a refund on its way, or waits for a decision')
})
