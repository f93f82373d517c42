import { beforeAll, describe, expect, test } from 'vitest'
import { answerChangeRequest } from '../../src/domain/fulfilment/answer-request.ts'
import { applyTracking } from '../../src/domain/fulfilment/apply-tracking.ts'
import { requestChange, withdrawChangeRequest } from '../../src/domain/fulfilment/change-requests.ts'
import { findChangeRequest } from '../../src/domain/fulfilment/request-queries.ts'
import { listShipments } from '../../src/domain/fulfilment/shipments.ts'
import { stageTracking } from '../../src/domain/fulfilment/tracking-files.ts'
import { findTrackingFile } from '../../src/domain/fulfilment/tracking-queries.ts'
import { changeAddress } from '../../src/domain/orders/change-address.ts'
import type { StaffTransition } from '../../src/domain/orders/lifecycle.ts'
import { moveStatement } from '../../src/domain/orders/move-orders.ts'
import { startTransition, transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { inTransaction, type Tx } from '../../src/domain/shared/tx.ts'
import { verifyBooks } from '../../src/domain/verify.ts'
import { makeStaff } from '../factories/account.ts'
import { type MadeOrder, makeShippingDesk, type ShippingDesk } from '../factories/shipping-desk.ts'
import { executeWrong, raceOf } from '../factories/two-at-once.ts'
import { useTestProgram } from '../setup/deps.ts'

/*
 * Each race pauses inside the first transaction, after its write and before its commit, until the second one waits for it. Each has its
 * control: the same race made wrong in one place must end wrong.
 */

const program = useTestProgram()
const VERSION_COMPARED = 'o.version = p.version'
let desk: ShippingDesk
let campaign_id: string

beforeAll(async () => {
  const staff = await makeStaff(program.deps)
  desk = await makeShippingDesk(program.deps, staff.id as string)
  campaign_id = desk.campaign.id
})

const race = <A, B>(first: (tx: Tx) => Promise<A>, second: () => Promise<B>) => raceOf(program.deps, first, second)

const within = <T>(act: (tx: Tx) => Promise<T>) => inTransaction(program.deps, act)
const move = (name: StaffTransition, order: MadeOrder) => (tx: Tx) =>
  transitionOrders(tx, desk.campaign.staff, { campaign_id, name, selection: { ids: [order.id] } })
const backerOf = (order: MadeOrder) => ({ kind: 'backer', id: order.backer.id, campaign_id }) as const
const violations = async () => await verifyBooks(program.deps.db, program.deps.clock.now())

/** The product's own statement without the half of it that compares versions. */
async function wrongMove(name: StaffTransition, order: MadeOrder) {
  const statement = moveStatement(program.deps.clock.now(), desk.campaign.staff, {
    campaign_id,
    name,
    selection: { ids: [order.id] },
    operation_id: null,
    reason_id: null,
  })
  return await executeWrong(program.deps.db, statement, VERSION_COMPARED, 'true')
}

const home = {
  name: 'Mei-Ling',
  line1: 'Neue Straße 1',
  line2: '',
  sublocality: '',
  city: 'Berlin',
  region: '',
  postcode: '10117',
  country: 'DE',
  phone: '',
  delivery_notes: '',
}
/** A postcode that no German town has. */
const odd = { ...home, postcode: '1' }
const moveHouse =
  (order: MadeOrder, address = odd) =>
  (tx: Tx) =>
    changeAddress(tx, backerOf(order), { campaign_id, order_id: order.id, address })

describe('a final address against a change of it', () => {
  test('the change came first: the order is left out, and stays paid with the new address', async () => {
    const order = await desk.make('paid')
    const [, late] = await race(moveHouse(order), () => within(move('finalize_address', order)))
    expect(late).toMatchObject({ status: 'fulfilled', value: { moved: 0, left: [{ code: 'changed_meanwhile' }] } })
    expect(await desk.row(order.id)).toMatchObject({ status: 'paid', address_warning: true, address: { postcode: '1' } })
    expect(await violations()).toEqual([])
  })

  test('control: without the comparison of versions, an address that does not pass is final', async () => {
    const order = await desk.make('paid')
    await race(moveHouse(order), () => wrongMove('finalize_address', order))
    expect(await desk.row(order.id)).toMatchObject({ status: 'ready_to_ship', address_warning: true })
  })

  test('the finalizing came first: the change is refused with what to do, and the address is the confirmed one', async () => {
    const order = await desk.make('paid')
    const [, late] = await race(move('finalize_address', order), () => within(moveHouse(order)))
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'reopen_first', details: { status: 'ready_to_ship' } } })
    expect(await desk.row(order.id)).toMatchObject({ status: 'ready_to_ship', address: { postcode: '10115' } })
  })

  test('control: a save that reads the status without taking the row changes a final address', async () => {
    const order = await desk.make('paid')
    const seen = await desk.row(order.id)
    await race(move('finalize_address', order), async () => {
      if (seen.status !== 'paid') throw new Error('refused')
      const address = JSON.stringify(odd)
      await program.deps.db.updateTable('orders').set({ address }).where('id', '=', order.id).execute()
    })
    expect(await desk.row(order.id)).toMatchObject({ status: 'ready_to_ship', address: { postcode: '1' } })
  })
})

describe('shipping against reopening', () => {
  test('the parcel left first: the address is not reopened', async () => {
    const order = await desk.make('ready_to_ship')
    const [, late] = await race(move('ship', order), () => within(move('reopen_address', order)))
    expect(late).toMatchObject({ status: 'fulfilled', value: { moved: 0, left: [{ code: 'changed_meanwhile' }] } })
    expect((await desk.row(order.id)).status).toBe('shipped')
    expect(await violations()).toEqual([])
  })

  test('control: without the comparison the parcel is gone and its order is not', async () => {
    const order = await desk.make('ready_to_ship')
    await race(move('ship', order), () => wrongMove('reopen_address', order))
    expect((await desk.row(order.id)).status).toBe('paid')
    const rules = (await violations()).filter(({ id }) => id === order.id).map(({ rule }) => rule)
    expect(rules).toContain('a shipment that left belongs to a shipped order')
    // Put right again for the tests that follow.
    await program.deps.db.updateTable('shipments').set({ state: 'undone' }).where('order_id', '=', order.id).execute()
  })

  test('the address was reopened first: nothing ships', async () => {
    const order = await desk.make('ready_to_ship')
    const [, late] = await race(move('reopen_address', order), () => within(move('ship', order)))
    expect(late).toMatchObject({ status: 'fulfilled', value: { moved: 0, left: [{ code: 'changed_meanwhile' }] } })
    expect((await desk.row(order.id)).status).toBe('paid')
    expect((await listShipments(program.deps.db, { campaign_id, order_id: order.id })).data).toEqual([])
    expect((await violations()).filter(({ id }) => id === order.id)).toEqual([])
  })
})

describe('approving a change request against withdrawing it', () => {
  const asked = async () => {
    const order = await desk.make('ready_to_ship')
    const { id } = await within((tx) => requestChange(tx, backerOf(order), { campaign_id, order_id: order.id, address: home }))
    return { order, key: { campaign_id, request_id: id } }
  }
  type Key = { campaign_id: string; request_id: string }
  const approve = (key: Key) => (tx: Tx) => answerChangeRequest(tx, desk.campaign.staff, { ...key, decision: 'approve' })
  const withdraw = (key: Key, order: MadeOrder) => (tx: Tx) => withdrawChangeRequest(tx, backerOf(order), key)
  const stateOf = async ({ request_id }: Key) => (await findChangeRequest(program.deps.db, campaign_id, request_id)).state

  test('approved first, it cannot be withdrawn; withdrawn first, it is not carried out', async () => {
    const one = await asked()
    const [, late] = await race(approve(one.key), () => within(withdraw(one.key, one.order)))
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'change_request_over', details: { state: 'approved' } } })
    expect(await desk.row(one.order.id)).toMatchObject({ status: 'ready_to_ship', address: { postcode: '10117' } })

    const two = await asked()
    const [, tooLate] = await race(withdraw(two.key, two.order), () => within(approve(two.key)))
    expect(tooLate).toMatchObject({ status: 'rejected', reason: { code: 'change_request_over' } })
    expect(await desk.row(two.order.id)).toMatchObject({ status: 'ready_to_ship', address: { postcode: '10115' } })
    expect([await stateOf(one.key), await stateOf(two.key)]).toEqual(['approved', 'withdrawn'])
  })

  test('control: a withdrawal that read the state before it waits says that nothing was done, although it was', async () => {
    const { order, key } = await asked()
    const seen = await stateOf(key)
    await race(approve(key), async () => {
      if (seen !== 'open') throw new Error('refused')
      await program.deps.db.updateTable('change_requests').set({ state: 'withdrawn' }).where('id', '=', key.request_id).execute()
    })
    expect(await stateOf(key)).toBe('withdrawn')
    expect(await desk.row(order.id)).toMatchObject({ address: { postcode: '10117' } })
  })
})

describe('one tracking file applied twice at once', () => {
  async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(text)
  }
  const staged = async () => {
    const order = await desk.make('ready_to_ship')
    const body = bytesOf(`Order number,Tracking number\n${order.number},1Z${order.number}\n`)
    const file = await stageTracking(program.deps, desk.campaign.staff, { campaign_id, file_name: 'tracking.csv', body })
    return { order, key: { campaign_id, file_id: file.id } }
  }
  const result = (key: { campaign_id: string; file_id: string }) => findTrackingFile(program.deps.db, desk.campaign.staff, key)

  test('it ships once, and both are answered the same', async () => {
    const { order, key } = await staged()
    const apply = (tx: Tx) => applyTracking(tx, desk.campaign.staff, key)
    const [first, late] = await race(apply, () => within(apply))
    expect(late).toMatchObject({ status: 'fulfilled', value: { operation: first.operation, moved: 1 } })
    expect((await listShipments(program.deps.db, { campaign_id, order_id: order.id })).data).toHaveLength(1)
    expect(await result(key)).toMatchObject({ state: 'applied', ships: 1, reported: 0 })
  })

  test('control: without taking the file the second says that nothing was shipped', async () => {
    const { key } = await staged()
    const again = (tx: Tx) =>
      startTransition(tx, desk.campaign.staff, {
        campaign_id,
        name: 'ship',
        asked: { selection: { tracking_file: key.file_id }, reason_id: null },
        size: 1,
      })
    await race(
      (tx) => applyTracking(tx, desk.campaign.staff, key),
      () => within(again),
    )
    expect(await result(key)).toMatchObject({ ships: 0, reported: 1 })
  })
})
