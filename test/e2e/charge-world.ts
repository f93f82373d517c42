import type { Page } from 'playwright-core'
import { createStripeGateway } from '../../src/adapters/stripe/stripe-gateway.ts'
import type { Row } from '../../src/db/types.ts'
import type { Deps } from '../../src/deps.server.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import type { Simulator } from '../../src/simulator/types.ts'
import { makeBacker, makeCampaign, makeOrder, type TestCampaign } from '../factories/campaign.ts'
import { putCard } from '../factories/charging.ts'
import { environmentOf, startTestSimulator } from '../setup/simulator.ts'
import { type DeskWorld, startDeskWorld } from './desk-world.ts'

/** A signed-in desk whose gateway is a simulator in this process, so that a test sees its ledger and sets its knobs. */
export interface ChargeWorld {
  desk: DeskWorld
  simulator: Simulator
  campaign: TestCampaign
  /** the campaign's address */
  home: string
  /** Locked orders, each with a card of that name (null: none) and what it owes. */
  lockOrders(orders: readonly Locked[]): Promise<Row<'orders'>[]>
  stop(): Promise<void>
}

export interface Locked {
  name: string
  card: string | null
  /** minor units */
  owed?: number
}

export async function startChargeWorld(page: Page, env: NodeJS.ProcessEnv = {}): Promise<ChargeWorld> {
  const simulator = await startTestSimulator()
  const desk = await startDeskWorld(page, {}, { ...environmentOf(simulator), ...env })
  const { parts } = desk
  const campaign = await makeCampaign(parts)
  await parts.db.updateTable('campaigns').set({ account_id: desk.campaign.staff.id }).where('id', '=', campaign.id).execute()
  const own = { ...campaign, staff: desk.campaign.staff }
  const gateway = createStripeGateway({
    key: 'sk_test_simulator',
    protocol: 'http',
    host: '127.0.0.1',
    port: simulator.port,
    timeout_ms: 5_000,
    mode: 'test',
  })
  // What saving a card needs of a program.
  const deps = { ...parts, gateway } as unknown as Deps
  return {
    desk,
    simulator,
    campaign: own,
    home: `${desk.program.url}/campaigns/${campaign.id}`,
    async lockOrders(orders) {
      const ids: string[] = []
      for (const { name, card, owed = 1300 } of orders) {
        const backer = await makeBacker(parts, campaign, { name, pledge_amount: 6100 - owed })
        ids.push((await makeOrder(parts, own, backer)).id)
        if (card) await putCard(deps, own, backer.id, card)
      }
      await inTransaction(parts, (tx) =>
        transitionOrders(tx, own.staff, { campaign_id: campaign.id, name: 'lock', selection: { ids } }),
      )
      return await parts.db.selectFrom('orders').selectAll().where('id', 'in', ids).orderBy('number').execute()
    },
    async stop() {
      gateway.close()
      await desk.stop()
      await simulator.stop()
    },
  }
}
