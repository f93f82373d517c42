import { expect, test } from 'vitest'
import { makeCampaign } from '../../test/factories/campaign.ts'
import { attemptsOf, makeLocked, orderNow, putCard, startRun, work } from '../../test/factories/charging.ts'
import { useTestProgram } from '../../test/setup/deps.ts'
import type { Gateway } from '../domain/payments/gateway.ts'
import { detachCards } from './detach-cards.ts'

/* Against the real simulator over HTTP. */

const program = useTestProgram()

async function cardsOf(backer_id: string) {
  return await program.db
    .selectFrom('payment_methods')
    .selectAll()
    .where('backer_id', '=', backer_id)
    .orderBy('created_at')
    .execute()
}

/** Whether the gateway's customer still has the card. */
async function isAttached(gateway_id: string): Promise<boolean> {
  const { config } = program.deps
  if (config.gateway === 'simulator') throw new Error('The test has its own')
  const { protocol, host, port, key } = config.gateway
  const answer = await fetch(`${protocol}://${host}:${port}/v1/payment_methods/${gateway_id}`, {
    headers: { Authorization: `Bearer ${key}` },
  })
  return ((await answer.json()) as { customer: string | null }).customer !== null
}

test('a replaced card is taken from the gateway, once, and the new one stays', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const order = await makeLocked(deps, campaign)
  await putCard(deps, campaign, order.backer_id, 'mastercard')
  const [old, fresh] = await cardsOf(order.backer_id)
  expect(old?.detach_at).not.toBeNull()
  expect(await isAttached(old?.gateway_id ?? '')).toBe(true)
  await work(deps)
  expect(await cardsOf(order.backer_id)).toMatchObject([
    { state: 'detached', detach_at: null },
    { state: 'usable', detach_at: null },
  ])
  expect([await isAttached(old?.gateway_id ?? ''), await isAttached(fresh?.gateway_id ?? '')]).toEqual([false, true])
  expect(await detachCards(deps)).toBe(0)
})

test('a card waits while an attempt is not over, while its payment is open, and while another row of ours has it', async () => {
  const { deps, db } = program
  const campaign = await makeCampaign(deps)
  const order = await makeLocked(deps, campaign)
  await startRun(deps, campaign)
  await work(deps)
  const [attempt] = await attemptsOf(deps, order.id)
  expect((await orderNow(deps, order.id)).status).toBe('paid')
  await putCard(deps, campaign, order.backer_id, 'mastercard')
  const [old, fresh] = await cardsOf(order.backer_id)
  if (!attempt || !old || !fresh) throw new Error('An order has its attempt and two cards')
  const attempts = () => db.updateTable('payment_attempts').where('id', '=', attempt.id)
  const method = (id: string) => db.updateTable('payment_methods').where('id', '=', id)
  const isDetached = async () => {
    await method(old.id).set({ detach_at: deps.clock.now() }).execute()
    await detachCards(deps)
    return (await cardsOf(order.backer_id))[0]?.state === 'detached'
  }

  await attempts().set({ state: 'unknown' }).execute()
  expect(await isDetached()).toBe(false)
  await attempts().set({ state: 'declined', payment_open: true }).execute()
  expect(await isDetached()).toBe(false)
  await attempts().set({ state: 'succeeded', payment_open: false }).execute()
  await method(fresh.id).set({ gateway_id: old.gateway_id }).execute()
  expect(await isDetached()).toBe(false)
  await method(fresh.id).set({ gateway_id: fresh.gateway_id }).execute()
  expect(await isAttached(old.gateway_id)).toBe(true)
  expect(await isDetached()).toBe(true)
  expect(await isAttached(old.gateway_id)).toBe(false)
})

test('what hangs is looked at again ten minutes later, an outage too, and the gateway of the other mode is asked for nothing', async () => {
  const { deps, db } = program
  const campaign = await makeCampaign(deps)
  const order = await makeLocked(deps, campaign)
  await putCard(deps, campaign, order.backer_id, 'mastercard')
  const asked: string[] = []
  const away: Gateway = {
    ...deps.gateway,
    detachCard: async (card) => {
      asked.push(card)
      return { ok: false, failure: { kind: 'outage', code: 'unreachable' } }
    },
  }
  const before = await db.selectFrom('settings').select('value').where('key', '=', 'gateway').executeTakeFirstOrThrow()
  const use = (value: unknown) =>
    db
      .updateTable('settings')
      .set({ value: JSON.stringify(value) })
      .where('key', '=', 'gateway')
      .execute()
  await use({ ...(before.value as object), mode: 'live' })
  expect(await detachCards({ ...deps, gateway: away })).toBe(0)
  expect(asked).toEqual([])
  await use(before.value)

  expect(await detachCards({ ...deps, gateway: away })).toBe(0)
  expect(asked).toHaveLength(1)
  expect(await detachCards({ ...deps, gateway: away })).toBe(0)
  expect(asked).toHaveLength(1)
  deps.clock.advance(10 * 60_000)
  expect(await detachCards(deps)).toBe(1)
  expect((await cardsOf(order.backer_id))[0]).toMatchObject({ state: 'detached' })
})
