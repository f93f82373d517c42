import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { startRefund } from '../../src/domain/refunds/start-refund.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import { namedMinimum, stepOf } from '../../src/lib/charge-limits.ts'
import { decimalText } from '../../src/lib/money.ts'
import { makeBacker, makeCampaign, makeOrder } from '../factories/campaign.ts'
import { orderNow, putCard, startRun, work } from '../factories/charging.ts'
import { useTestProgram } from '../setup/deps.ts'

/*
 * Charges and refunds of any amount in currencies of every kind: none, two and three decimals, and those that the gateway counts in hundredths of
 * units that have none. AFTERFUND_RUNS draws more than the few of `npm test`.
 */

const program = useTestProgram({ env: { CHARGES_PER_SECOND: '500' } })
const RUNS = Number(process.env.AFTERFUND_RUNS ?? 14)
const seed = process.env.AFTERFUND_RUNS ? {} : { seed: 5 }

const drawn = fc.record({
  currency: fc.constantFrom('USD', 'EUR', 'JPY', 'KRW', 'KWD', 'ISK', 'UGX', 'HUF'),
  /** how many steps of its currency above the smallest charge */
  steps: fc.nat(5_000),
  /** shares of what was captured that staff want to give back, one after the other; above 1 is more than there is */
  refunds: fc.array(fc.double({ min: 0.01, max: 1.3, noNaN: true }), { maxLength: 4 }),
})

test(`${RUNS} orders charged and given back: transactions sum to zero, the balance is what is owed, and never more is given back than was taken`, {
  timeout: 60_000 + RUNS * 10_000,
}, async () => {
  let given = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(drawn, async ({ currency, steps, refunds }) => {
      const { deps, simulator } = program
      const step = stepOf(currency)
      // Where the gateway names no smallest charge it decides by its rates of the day: a thousand is enough anywhere.
      const smallest = namedMinimum(currency) ?? 1_000 * step
      const owed = Math.ceil(smallest / step) * step + steps * step
      const told = `${decimalText(owed, currency)} ${currency}`
      // The pledge covers all but the add-on.
      const campaign = await makeCampaign(deps, { addon_price: owed })
      await deps.db.updateTable('campaigns').set({ currency }).where('id', '=', campaign.id).execute()
      const backer = await makeBacker(deps, campaign)
      const { id } = await makeOrder(deps, campaign, backer, { addons: { [campaign.addon_id]: 1 } })
      await putCard(deps, campaign, backer.id)
      await inTransaction(deps, (tx) =>
        transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'lock', selection: { ids: [id] } }),
      )
      await startRun(deps, campaign)
      await work(deps)
      expect(await orderNow(deps, id), told).toMatchObject({ status: 'paid', captured: owed, balance_due: 0 })
      for (const share of refunds) {
        const amount = Math.max(step, Math.round((owed * share) / step) * step)
        const input = { campaign_id: campaign.id, order_id: id, amount, reason: 'drawn', owes_again: true }
        const before = await orderNow(deps, id)
        const isPossible = amount <= before.captured - before.refunded
        const code = await inTransaction(deps, (tx) => startRefund(tx, campaign.staff, input)).then(
          () => null,
          (error: { code?: string }) => error.code,
        )
        expect(code === null, `${told}, ${amount} back: ${code}`).toBe(isPossible)
        if (code === null) given += 1
        else refused += 1
        await work(deps)
        const order = await orderNow(deps, id)
        expect(order.refunded, told).toBeLessThanOrEqual(order.captured)
        expect(order.balance_due, told).toBe(owed - order.captured + order.refunded)
      }
      const order = await orderNow(deps, id)
      const own = simulator.ledger().filter(({ metadata }) => metadata.afterfund_order === id)
      expect(own, told).toMatchObject([{ amount: owed, currency: currency.toLowerCase() }])
      const back = simulator.refunds().filter(({ payment_intent }) => payment_intent === own[0]?.payment_intent)
      expect(
        back.reduce((sum, { amount }) => sum + amount, 0),
        told,
      ).toBe(order.refunded)
      const { rows } = await sql<{ sum: number }>`select sum(amount) as sum from ledger_entries where order_id = ${id}
        group by order_version having sum(amount) <> 0`.execute(deps.db)
      expect(rows, told).toEqual([])
      expect(await verifyBooks(deps.db, deps.clock.now()), told).toEqual([])
    }),
    { numRuns: RUNS, ...seed, endOnFailure: true },
  )
  // A property that never reaches what it speaks of says nothing.
  expect(given).toBeGreaterThan(3)
  expect(refused).toBeGreaterThan(1)
})
