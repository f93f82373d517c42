import { correctContact } from '../domain/backers/correct-contact.ts'
import { decidePledge } from '../domain/backers/decide-pledge.ts'
import type { BackerFilter } from '../domain/backers/filter.ts'
import { saveNote } from '../domain/backers/save-note.ts'
import { withdrawPledge } from '../domain/backers/withdraw-pledge.ts'
import { changeAddress, previewAddress } from '../domain/orders/change-address.ts'
import { holdOrders } from '../domain/orders/hold-orders.ts'
import { scheduleNotice } from '../domain/orders/notices.ts'
import { listOrders } from '../domain/orders/queries.ts'
import { settleOutside } from '../domain/orders/settle-outside.ts'
import { transitionOrders } from '../domain/orders/transition-orders.ts'
import { findLastAttempt } from '../domain/payments/attempts.ts'
import { startCharge } from '../domain/payments/start-charge.ts'
import { fitAddress } from '../domain/shipping/address-fit.ts'
import { chargeRun, chargeWhatWaits } from './charge-orders.ts'
import type { Demo } from './demo.ts'
import { putCard } from './put-card.ts'
import { placeOf } from './report.ts'

/** Takes the orders through what staff and backers do with them up to the charge, so that every state can be seen. */
export async function moveOrders(demo: Demo): Promise<void> {
  const { campaign_id, staff, at } = demo
  const open = await ordersOf(demo, { status: ['open'] }, 170)
  const free = open.filter((order) => order.balance_due <= 0)
  const owing = open.filter((order) => order.balance_due > 0)
  const withCard = owing.filter((order) => order.payment_method)
  const withoutCard = owing.filter((order) => !order.payment_method)
  const ids = (orders: { id: string }[]) => ({ ids: orders.map(({ id }) => id) })
  const move = (
    hours_ago: number,
    name: 'lock' | 'unlock' | 'nothing_owed' | 'cancel',
    orders: { id: string }[],
    reason: string | null = null,
  ) => at(hours_ago, (tx) => transitionOrders(tx, staff, { campaign_id, name, selection: ids(orders), reason }))

  await at(200, (tx) =>
    holdOrders(tx, staff, {
      campaign_id,
      selection: ids(free.slice(0, 2)),
      reason: 'Asked to wait until they are back from sea.',
    }),
  )
  await move(168, 'lock', [...free.slice(0, 70), ...withCard.slice(0, 40)])
  await move(160, 'unlock', free.slice(60, 63), 'They wrote that the size is wrong.')
  if (withCard.length > 0) await chargeAll(demo, [...free.slice(2, 40), ...withCard.slice(0, 36)])
  else await move(150, 'nothing_owed', free.slice(2, 40))
  const settled = withoutCard.slice(0, 5)
  for (const order of settled) {
    await at(140, (tx) =>
      settleOutside(tx, staff, {
        campaign_id,
        order_id: order.id,
        amount: order.balance_due,
        how: 'paid_elsewhere',
        reason: 'Paid at the convention.',
      }),
    )
  }
  await move(120, 'lock', settled)
  await move(119, 'nothing_owed', settled.slice(0, 3))
  await move(
    100,
    'cancel',
    [...free.slice(40, 42), ...withCard.slice(40, 42)],
    'The backer asked for their money back on the platform.',
  )
  await moveAbroad(demo)
  await helpSomeBackers(demo)
  await at(20, (tx) => scheduleNotice(tx, staff, { campaign_id, kind: 'lock', selection: ids(free.slice(75, 90)), hours: 72 }))
}

/** A run over all that is locked; some cards fail, and two backers mend theirs: one with another card, one by trying again. */
async function chargeAll(demo: Demo, orders: { id: string }[]): Promise<void> {
  await chargeRun(demo, 150, { ids: orders.map(({ id }) => id) })
  const errored = await ordersOf(demo, { status: ['errored'] }, 20)
  const [first] = errored
  if (first && (await putCard(demo, 130, first.backer.id, 'visa'))) await chargeWhatWaits(demo, 130)
  for (const order of errored.slice(1)) {
    const attempt = await findLastAttempt(demo.deps.db, { campaign_id: demo.campaign_id, order_id: order.id })
    if (attempt?.code !== 'insufficient_funds') continue
    const actor = { kind: 'backer' as const, id: order.backer.id, campaign_id: demo.campaign_id }
    await demo.at(128, (tx) => startCharge(tx, actor, { campaign_id: demo.campaign_id, order_id: order.id }))
  }
  await chargeWhatWaits(demo, 128)
}

/** Two paid backers move house, further away: they owe again. */
async function moveAbroad(demo: Demo): Promise<void> {
  const { deps, campaign_id, at } = demo
  const home = await ordersOf(demo, { status: ['paid'], country: ['DE', 'US'] }, 2)
  for (const order of home) {
    if (!order.address) continue
    const place = placeOf('AU')
    const actor = { kind: 'backer' as const, id: order.backer.id, campaign_id }
    const address = fitAddress({
      ...order.address,
      line1: place.street.replace('#', '7'),
      line2: '',
      city: place.city,
      region: place.region,
      postcode: place.postcode,
      country: 'AU',
      phone: place.phone,
    })
    const key = { campaign_id, order_id: order.id, address }
    const { balance_after } = await previewAddress(deps.db, actor, key)
    await at(48, (tx) => changeAddress(tx, actor, { ...key, agreed_balance: balance_after }))
  }
}

async function helpSomeBackers({ deps, campaign_id, staff, at }: Demo): Promise<void> {
  const some = await deps.db
    .selectFrom('backers')
    .select(['id', 'name', 'email', 'survey'])
    .where('campaign_id', '=', campaign_id)
    .orderBy('platform_number')
    .execute()
  const waiting = some.filter(({ survey }) => survey === 'waiting')
  const silent = some.filter(({ survey }) => survey === 'sent')
  const [decided, , left, noted, moved] = [waiting[0], waiting[1], silent[0], silent[1], silent[2]]
  if (decided)
    await at(90, (tx) =>
      decidePledge(tx, staff, {
        campaign_id,
        backer_id: decided.id,
        decision: 'dropped',
        reason: 'The platform gave up on the card.',
      }),
    )
  if (left)
    await at(80, (tx) =>
      withdrawPledge(tx, staff, { campaign_id, backer_id: left.id, reason: 'Asked for a refund before answering.' }),
    )
  if (noted)
    await at(70, (tx) =>
      saveNote(tx, staff, { campaign_id, backer_id: noted.id, note: 'Prefers to be written to in the evening.' }),
    )
  if (moved) {
    await at(60, (tx) =>
      correctContact(tx, staff, {
        campaign_id,
        backer_id: moved.id,
        name: moved.name,
        email: `new.${moved.email}`,
        reason: 'Wrote from another address.',
      }),
    )
  }
}

async function ordersOf({ deps, campaign_id }: Demo, filter: BackerFilter, limit: number) {
  const { data } = await listOrders(deps.db, campaign_id, { now: deps.clock.now(), filter, sort: 'number', limit })
  return data
}
