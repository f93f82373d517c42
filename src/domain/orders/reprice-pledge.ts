import type { Row } from '../../db/types.ts'
import { queueMessage } from '../messages/queue-message.ts'
import type { Actor } from '../shared/actor.ts'
import { appendEvent } from '../shared/events.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Tx } from '../shared/tx.ts'
import { pledgeFacts } from './order-facts.ts'
import { pledgeCounts, type Quote } from './price-order.ts'
import { ledgerSums, quoteDifference, writeLedger } from './write-order.ts'

/**
 * A later report changed what the pledge of an open order counts for: the pledged line of its quote and nothing else. Answers false where
 * the order stays as it is (not open, or no difference). The backer's row must be saved before.
 */
export async function repricePledge(tx: Tx, actor: Actor, campaign: Campaign, backer: Row<'backers'>): Promise<boolean> {
  const order = await tx.db
    .selectFrom('orders')
    .selectAll()
    .where('campaign_id', '=', campaign.id)
    .where('backer_id', '=', backer.id)
    .forUpdate()
    .executeTakeFirst()
  if (order?.status !== 'open') return false
  const key = { campaign_id: campaign.id, order_id: order.id }
  const confirmed = order.quote as Quote
  const quote = withPledge(confirmed, pledgeCounts(pledgeFacts(backer), confirmed.bonus_spendable))
  const sums = await ledgerSums(tx, key)
  const entries = quoteDifference(sums, quote)
  if (!entries.owed) return false
  const version = order.version + 1
  const balance_due = (sums.owed ?? 0) + entries.owed
  await tx.db
    .updateTable('orders')
    .set({ quote: JSON.stringify(quote), balance_due, version, updated_at: tx.now })
    .where('campaign_id', '=', campaign.id)
    .where('id', '=', order.id)
    .where('version', '=', order.version)
    .execute()
  await writeLedger(tx, { ...key, order_version: version, currency: campaign.currency, reason: 'pledge_changed' }, entries)
  await appendEvent(tx, actor, {
    campaign_id: campaign.id,
    kind: 'pledge_changed',
    backer_id: backer.id,
    order_id: order.id,
    order_version: version,
    from_status: 'open',
    to_status: 'open',
    data: { fields: ['pledge_amount'], balance_change: entries.owed, balance_due },
  })
  await queueMessage(tx, {
    campaign_id: campaign.id,
    backer_id: backer.id,
    kind: 'price_changed',
    occasion: `${order.id}:${version}`,
    data: { order_id: order.id, order_version: version, balance_due, balance_change: entries.owed, code: 'pledge_changed' },
  })
  return true
}

function withPledge(quote: Quote, counts: { goods: number; shipping: number }): Quote {
  const shippingUsed = Math.min(counts.shipping, quote.shipping)
  const pledged = counts.goods + shippingUsed
  const kept = quote.lines.filter(({ kind }) => kind !== 'pledged' && kind !== 'shipping_paid')
  const line = (kind: 'pledged' | 'shipping_paid', amount: number, reason: string) =>
    amount > 0 ? [{ kind, ref: null, label: '', quantity: 1, unit: -amount, amount: -amount, reason }] : []
  return {
    ...quote,
    lines: [
      ...kept,
      ...line('pledged', counts.goods, 'paid_on_platform'),
      ...line('shipping_paid', shippingUsed, 'shipping_paid_on_platform'),
    ],
    pledged,
    shipping_left_over: counts.shipping - shippingUsed,
    total: quote.goods + quote.shipping + quote.tax + quote.surcharge - pledged,
  }
}
