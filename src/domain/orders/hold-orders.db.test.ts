import { expect, test } from 'vitest'
import { makeBacker, makeCampaign, makeOrder } from '../../../test/factories/campaign.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import { reportDiscrepancies } from '../discrepancies/report-discrepancies.ts'
import { inTransaction } from '../shared/tx.ts'
import { holdOrders, previewHold, releaseOrders } from './hold-orders.ts'

const program = useTestProgram()

test('the preview of a hold counts what it then changes, and nothing of another campaign', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const other = await makeCampaign(deps)
  const orders = [
    await makeOrder(deps, campaign, await makeBacker(deps, campaign)),
    await makeOrder(deps, campaign, await makeBacker(deps, campaign)),
    await makeOrder(deps, other, await makeBacker(deps, other)),
  ]
  const selection = { ids: orders.map(({ id }) => id) }
  const input = { campaign_id: campaign.id, selection }
  const preview = (hold: boolean) => previewHold(deps.db, campaign.staff, { ...input, hold })
  const first = { ids: [orders[0]?.id ?? ''] }
  await inTransaction(deps, (tx) => holdOrders(tx, campaign.staff, { ...input, selection: first, reason: 'Waits' }))
  expect(await preview(true)).toEqual({ total: 2, moved: 1 })
  expect(await preview(false)).toEqual({ total: 2, moved: 1 })
  const held = await inTransaction(deps, (tx) => holdOrders(tx, campaign.staff, { ...input, reason: 'Waits too' }))
  expect(held.moved).toBe(1)
  const released = await inTransaction(deps, (tx) => releaseOrders(tx, campaign.staff, { ...input, reason: 'Back' }))
  expect(released.moved).toBe(2)
  expect(await preview(false)).toEqual({ total: 2, moved: 0 })
})

test('an order that the gateway and the books tell differently about is not released before staff have decided', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const order = await makeOrder(deps, campaign, await makeBacker(deps, campaign))
  const selection = { ids: [order.id] }
  const input = { campaign_id: campaign.id, selection, reason: 'A test' }
  await inTransaction(deps, (tx) => holdOrders(tx, campaign.staff, input))
  const found = {
    campaign_id: campaign.id,
    order_id: order.id,
    kind: 'paid_late',
    subject: 'pi_1',
    amount: 1300,
    currency: 'USD',
  } as const
  await inTransaction(deps, (tx) => reportDiscrepancies(tx, [found]))
  expect(await previewHold(deps.db, campaign.staff, { ...input, hold: false })).toEqual({ total: 1, moved: 0 })
  const released = await inTransaction(deps, (tx) => releaseOrders(tx, campaign.staff, input))
  expect(released).toMatchObject({ moved: 0, left: [{ code: 'discrepancy', count: 1, sample_ids: [order.id] }] })
})
