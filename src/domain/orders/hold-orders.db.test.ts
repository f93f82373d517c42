import { expect, test } from 'vitest'
import { makeBacker, makeCampaign, makeOrder } from '../../../test/factories/campaign.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
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
