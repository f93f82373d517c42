import { sql } from 'kysely'
import { verifyBooks } from '../../src/domain/verify.ts'
import type { Sim } from './sim-world.ts'

interface Booked {
  id: string
  number: number
  status: string
  captured: number
  refunded: number
  balance_due: number
  open: number
  refunds_open: number
}

/** Rules about how long something may take: while the gateway is away, it takes as long as that. */
const IN_TIME = ['nothing stays in progress', 'no refund hangs']
/** What the card's holder did at the bank's page is no sending of ours. */
const isOfBank = (key: string | null) => key === null || key.includes(':confirm:')

/**
 * What must hold after every step, whatever the gateway, the mails and people do: the truths of `verify`, nothing called paid that was not
 * charged, nobody charged again for what they have paid, and never more given back than was taken. Answers what does not hold.
 */
export async function findBroken(sim: Sim, { isRecovered }: { isRecovered: boolean }): Promise<string[]> {
  const found = await verifyBooks(sim.app.db, sim.clock.now())
  const unsound = found
    .filter(({ rule }) => isRecovered || !IN_TIME.some((start) => rule.startsWith(start)))
    .map(({ rule, found: is }) => `${rule}: ${is}`)
  return [...unsound, ...(await findWrongMoney(sim, isRecovered))]
}

async function findWrongMoney(sim: Sim, isRecovered: boolean): Promise<string[]> {
  const { rows } = await sql<Booked>`select o.id, o.number, o.status, o.captured, o.refunded, o.balance_due,
      (select count(*)::int from payment_attempts a where a.order_id = o.id and a.state in ('created', 'sent', 'unknown')) as open,
      (select count(*)::int from refunds r where r.order_id = o.id and r.state in ('created', 'sent', 'unknown')) as refunds_open
    from orders o order by o.number`.execute(sim.app.db)
  const ledger = sim.simulator.ledger()
  const refunds = sim.simulator.refunds()
  return rows.flatMap((order) => {
    const own = ledger.filter(({ metadata }) => metadata.afterfund_order === order.id)
    const payments = new Set(own.map(({ payment_intent }) => payment_intent))
    const back = refunds.filter(({ payment_intent, status }) => payments.has(payment_intent) && status !== 'failed')
    const sum = (list: readonly { amount: number }[]) => list.reduce((total, { amount }) => total + amount, 0)
    const taken = sum(own)
    const given = sum(back)
    // What the card had to bear: what is due, and what it has borne already.
    const borne = Math.max(sim.borne.get(order.id) ?? 0, order.balance_due + order.captured - order.refunded)
    sim.borne.set(order.id, borne)
    const byUs = taken - sum(own.filter(({ idempotency_key }) => isOfBank(idempotency_key)))
    const wrong: [boolean, string][] = [
      [order.captured > taken, `phantom: ${order.captured} in the books, ${taken} taken`],
      [byUs - given > borne, `charged twice: ${byUs} taken and ${given} given back, ${borne} was owed at most`],
      [given > taken, `given back ${given} of ${taken}`],
      [order.refunded > order.captured, `refunded ${order.refunded} of ${order.captured} in the books`],
      [order.open > 1, `${order.open} attempts at once`],
      [isRecovered && order.captured !== taken, `lost: ${order.captured} in the books, ${taken} taken`],
      [isRecovered && order.open + order.refunds_open > 0, `stuck: ${order.open} attempts, ${order.refunds_open} refunds`],
    ]
    return wrong.flatMap(([is, told]) => (is ? [`order ${order.number} (${order.status}): ${told}`] : []))
  })
}
