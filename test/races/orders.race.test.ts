import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { changeAddress } from '../../src/domain/orders/change-address.ts'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import { moveStatement } from '../../src/domain/orders/move-orders.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { takeStockStatement } from '../../src/domain/orders/write-order.ts'
import { inTransaction, type Tx } from '../../src/domain/shared/tx.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import { berlin, makeBacker, makeCampaign, makeOrder, type TestCampaign } from '../factories/campaign.ts'
import { executeWrong, gate, raceOf, someoneWaits } from '../factories/two-at-once.ts'
import { useTestProgram } from '../setup/deps.ts'

/*
 * Each race pauses inside the first transaction, after its write and before its commit, until the second one waits for the row. Each has
 * its control: the same race with the product's own statement made wrong in one place must end wrong.
 */

const program = useTestProgram()
const VERSION_COMPARED = 'o.version = p.version'

const race = <A, B>(first: (tx: Tx) => Promise<A>, second: () => Promise<B>) => raceOf(program.deps, first, second)

const lock = (campaign: TestCampaign, id: string) => (tx: Tx) =>
  transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'lock', selection: { ids: [id] } })

async function wrongMove(campaign: TestCampaign, name: 'lock' | 'unlock', id: string) {
  const statement = moveStatement(program.deps.clock.now(), campaign.staff, {
    campaign_id: campaign.id,
    name,
    selection: { ids: [id] },
    operation_id: null,
    reason_id: null,
  })
  const { rows } = await executeWrong(program.deps.db, statement, VERSION_COMPARED, 'true')
  return rows
}

const orderNow = (id: string) => program.deps.db.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const eventsOf = (id: string, kind: string) =>
  program.deps.db.selectFrom('events').selectAll().where('order_id', '=', id).where('kind', '=', kind).execute()

describe('two staff lock one order at once', () => {
  test('it is locked once, and the second is told', async () => {
    const campaign = await makeCampaign(program.deps)
    const order = await makeOrder(program.deps, campaign, await makeBacker(program.deps, campaign))
    const [first, second] = await race(lock(campaign, order.id), () => inTransaction(program.deps, lock(campaign, order.id)))
    expect(first.moved).toBe(1)
    expect(second).toMatchObject({ status: 'fulfilled', value: { moved: 0, left: [{ code: 'changed_meanwhile', count: 1 }] } })
    expect(await eventsOf(order.id, 'lock')).toHaveLength(1)
    expect(await verifyBooks(program.deps.db, program.deps.clock.now())).toEqual([])
  })

  test('control: without the comparison of versions it is locked twice', async () => {
    const campaign = await makeCampaign(program.deps)
    const order = await makeOrder(program.deps, campaign, await makeBacker(program.deps, campaign))
    await race(lock(campaign, order.id), () => wrongMove(campaign, 'lock', order.id))
    expect(await eventsOf(order.id, 'lock')).toHaveLength(2)
  })
})

describe('a backer saves while staff lock', () => {
  /** The edit adds what is owed for, and there is no payment method: the order must not be locked with it. */
  const edit = (campaign: TestCampaign, backer_id: string) => (tx: Tx) =>
    confirmSurvey(
      tx,
      { kind: 'backer', id: backer_id, campaign_id: campaign.id },
      { campaign_id: campaign.id, backer_id, data: { addons: { [campaign.addon_id]: 1 } } },
    )

  test('the save came first: the lock leaves the order out, and what was confirmed stands', async () => {
    const campaign = await makeCampaign(program.deps, { addon_price: 3000 })
    const backer = await makeBacker(program.deps, campaign)
    const order = await makeOrder(program.deps, campaign, backer)
    const [, late] = await race(edit(campaign, backer.id), () => inTransaction(program.deps, lock(campaign, order.id)))
    expect(late).toMatchObject({ status: 'fulfilled', value: { moved: 0, left: [{ code: 'changed_meanwhile' }] } })
    expect(await orderNow(order.id)).toMatchObject({ status: 'open', balance_due: 3000 })
  })

  test('control: without the comparison it is locked with a balance and no payment method', async () => {
    const campaign = await makeCampaign(program.deps, { addon_price: 3000 })
    const backer = await makeBacker(program.deps, campaign)
    const order = await makeOrder(program.deps, campaign, backer)
    await race(edit(campaign, backer.id), () => wrongMove(campaign, 'lock', order.id))
    expect(await orderNow(order.id)).toMatchObject({ status: 'locked', balance_due: 3000, payment_method_id: null })
  })

  test('the lock came first: the save is refused with what happened, and the locked order is the last confirmed one', async () => {
    const campaign = await makeCampaign(program.deps, { addon_price: 3000 })
    const backer = await makeBacker(program.deps, campaign)
    const order = await makeOrder(program.deps, campaign, backer)
    const [, late] = await race(lock(campaign, order.id), () => inTransaction(program.deps, edit(campaign, backer.id)))
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'order_locked', details: { status: 'locked' } } })
    expect(await orderNow(order.id)).toMatchObject({ status: 'locked', balance_due: 0 })
  })

  test('control: a save that reads the status without taking the row is confirmed after the lock', async () => {
    const campaign = await makeCampaign(program.deps)
    const order = await makeOrder(program.deps, campaign, await makeBacker(program.deps, campaign))
    const seen = await orderNow(order.id)
    await race(lock(campaign, order.id), async () => {
      if (seen.status !== 'open') throw new Error('refused')
      await program.deps.db.updateTable('orders').set({ answers: '{"late":"yes"}' }).where('id', '=', order.id).execute()
    })
    expect(await orderNow(order.id)).toMatchObject({ status: 'locked', answers: { late: 'yes' } })
  })
})

describe('unlock against a change', () => {
  const locked = async (campaign: TestCampaign) => {
    const backer = await makeBacker(program.deps, campaign)
    const order = await makeOrder(program.deps, campaign, backer)
    await inTransaction(program.deps, lock(campaign, order.id))
    return { backer, order }
  }
  // Against a charge: charges.race.test.ts.
  const unlock = (campaign: TestCampaign, id: string) => (tx: Tx) =>
    transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'unlock', selection: { ids: [id] } })

  test('a backer moves house while staff unlock: neither change is lost', async () => {
    const campaign = await makeCampaign(program.deps)
    const { order, backer } = await locked(campaign)
    const move = (tx: Tx) =>
      changeAddress(
        tx,
        { kind: 'backer', id: backer.id, campaign_id: campaign.id },
        { campaign_id: campaign.id, order_id: order.id, address: { ...berlin, line1: 'Neue Straße 1' } as never },
      )
    const [, late] = await race(unlock(campaign, order.id), () => inTransaction(program.deps, move))
    expect(late.status).toBe('fulfilled')
    expect(await orderNow(order.id)).toMatchObject({ status: 'open', version: 4, address: { line1: 'Neue Straße 1' } })
  })
})

describe('the last piece of an add-on is bought twice', () => {
  const buy = (campaign: TestCampaign, backer_id: string) => (tx: Tx) =>
    confirmSurvey(
      tx,
      { kind: 'backer', id: backer_id, campaign_id: campaign.id },
      { campaign_id: campaign.id, backer_id, data: { address: berlin as never, addons: { [campaign.addon_id]: 1 } } },
    )
  const stockNow = (campaign: TestCampaign) =>
    program.deps.db.selectFrom('addons').select(['held', 'stock']).where('id', '=', campaign.addon_id).executeTakeFirstOrThrow()

  test('one gets it, the other is told that it is sold out, and nothing is oversold', async () => {
    const campaign = await makeCampaign(program.deps, { stock: 1 })
    const [one, two] = [await makeBacker(program.deps, campaign), await makeBacker(program.deps, campaign)]
    const [, late] = await race(buy(campaign, one.id), () => inTransaction(program.deps, buy(campaign, two.id)))
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'out_of_stock', details: { left: 0 } } })
    expect(await stockNow(campaign)).toEqual({ held: 1, stock: 1 })
  })

  test('the first one gives up: the piece is not left unsold', async () => {
    const campaign = await makeCampaign(program.deps, { stock: 1 })
    const [one, two] = [await makeBacker(program.deps, campaign), await makeBacker(program.deps, campaign)]
    const wrote = gate()
    const first = inTransaction(program.deps, async (tx) => {
      await buy(campaign, one.id)(tx)
      wrote.open()
      await someoneWaits(program.deps.db)
      throw new Error('gives up')
    })
    await wrote.opened
    const [gone, bought] = await Promise.allSettled([first, inTransaction(program.deps, buy(campaign, two.id))])
    expect([gone.status, bought.status]).toEqual(['rejected', 'fulfilled'])
    expect(await stockNow(campaign)).toEqual({ held: 1, stock: 1 })
  })

  test('control: a check before the write, and no rule in the database, sells the last piece twice', async () => {
    const campaign = await makeCampaign(program.deps, { stock: 1 })
    await dropStockCheck()
    const take = takeStockStatement({ campaign_id: campaign.id, addon_id: campaign.addon_id, delta: 1 })
    const before = await stockNow(campaign)
    await race(
      (tx) => take.execute(tx.db),
      async () => {
        if (before.held >= (before.stock ?? 0)) throw new Error('sold out')
        await executeWrong(program.deps.db, take, '<= stock)', '<= stock + 1000)')
      },
    )
    expect(await stockNow(campaign)).toEqual({ held: 2, stock: 1 })
  })
})

async function dropStockCheck(): Promise<void> {
  const { connect } = await import('../../src/db/client.server.ts')
  const owner = connect(program.ownerUrl)
  try {
    const { rows } = await sql<{ name: string }>`select conname as name from pg_constraint
      where conrelid = 'addons'::regclass and pg_get_constraintdef(oid) like '%held <= stock%'`.execute(owner.db)
    for (const { name } of rows) await sql`alter table addons drop constraint ${sql.ref(name)}`.execute(owner.db)
  } finally {
    await owner.end()
  }
}
