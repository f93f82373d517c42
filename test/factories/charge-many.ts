import type Stripe from 'stripe'
import { createStripeGateway } from '../../src/adapters/stripe/stripe-gateway.ts'
import type { Row } from '../../src/db/types.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import type { Gateway } from '../../src/domain/payments/gateway.ts'
import { recordGatewayAccount } from '../../src/domain/payments/record-gateway.ts'
import { inTransaction, type TxParts } from '../../src/domain/shared/tx.ts'
import { newId } from '../../src/lib/id.ts'
import { cardOfName } from '../../src/simulator/test-cards.ts'
import { clientOf } from '../setup/simulator-client.ts'
import { makeBacker, makeCampaign, makeOrder, type TestCampaign } from './campaign.ts'

/** What a locked order is to be: its card by name (test-cards.ts; null: none) and what it owes in minor units. */
export interface PlannedOrder {
  card: string | null
  owed: number
}

export interface LockedOrder extends PlannedOrder {
  id: string
  backer_id: string
}

/** The product's own client of the gateway. */
export function openGateway(simulator: { port: number }, timeout_ms: number): Gateway {
  const where = { key: 'sk_test_simulator', protocol: 'http', host: '127.0.0.1', port: simulator.port } as const
  return createStripeGateway({ ...where, timeout_ms, mode: 'test' })
}

/** So many orders are made at once. */
const LANES = 8

/**
 * A campaign with many locked orders, brought there by the real commands; only the cards are saved through the gateway's API instead of its
 * hosted page, and their rows written directly. The account of the gateway is recorded, as a program does when it starts.
 */
export async function makeManyLocked(
  parts: TxParts,
  simulator: { port: number },
  planned: readonly PlannedOrder[],
): Promise<{ campaign: TestCampaign; orders: LockedOrder[] }> {
  const gateway = openGateway(simulator, 10_000)
  const stripe = clientOf(simulator)
  const account = await recordGatewayAccount({ db: parts.db, gateway })
  if (!account.ok) throw new Error('The gateway says no account.')
  const campaign = await makeCampaign(parts)
  const orders: LockedOrder[] = []
  const waiting = [...planned]
  const lane = async () => {
    for (let plan = waiting.shift(); plan; plan = waiting.shift()) {
      const backer = await makeBacker(parts, campaign, { pledge_amount: 6100 - plan.owed })
      if (plan.card) await attachCard(parts, stripe, backer, { card: plan.card, account: account.value })
      const order = await makeOrder(parts, campaign, backer)
      orders.push({ ...plan, id: order.id, backer_id: backer.id })
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  gateway.close()
  await inTransaction(parts, (tx) =>
    transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'lock', selection: { filter: {} } }),
  )
  return { campaign, orders }
}

async function attachCard(
  { db }: TxParts,
  stripe: Stripe,
  backer: Row<'backers'>,
  { card, account }: { card: string; account: string },
): Promise<void> {
  const { campaign_id, id: backer_id, created_at } = backer
  const customer = await stripe.customers.create({ metadata: { afterfund_campaign: campaign_id, afterfund_backer: backer_id } })
  const { id: gateway_id, card: shown } = await stripe.paymentMethods.attach(cardOfName(card)?.token ?? card, {
    customer: customer.id,
  })
  if (!shown) throw new Error('It is no card.')
  await db
    .insertInto('gateway_customers')
    .values({ campaign_id, backer_id, gateway_account: account, gateway_id: customer.id, created_at })
    .execute()
  await db
    .insertInto('payment_methods')
    .values({
      campaign_id,
      id: newId(),
      backer_id,
      gateway_account: account,
      gateway_customer: customer.id,
      mode: 'test',
      gateway_id,
      brand: shown.brand,
      last4: shown.last4,
      exp_month: shown.exp_month,
      exp_year: shown.exp_year,
      country: shown.country,
      fingerprint: shown.fingerprint ?? null,
      state: 'usable',
      card_session_id: null,
      created_at,
    })
    .execute()
}
