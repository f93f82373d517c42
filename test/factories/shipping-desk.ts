import type { Row } from '../../src/db/types.ts'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import type { StaffTransition } from '../../src/domain/orders/lifecycle.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { inTransaction, type TxParts } from '../../src/domain/shared/tx.ts'
import { optionKey, type SurveyInput } from '../../src/domain/surveys/schema.ts'
import { captainAnswers, makeSurveyBacker, makeSurveyCampaign, type SurveyCampaign } from './survey-campaign.ts'

export type ReachedStatus = 'open' | 'locked' | 'paid' | 'ready_to_ship' | 'shipped'

const WAY: Record<ReachedStatus, StaffTransition[]> = {
  open: [],
  locked: ['lock'],
  paid: ['lock', 'nothing_owed'],
  ready_to_ship: ['lock', 'nothing_owed', 'finalize_address'],
  shipped: ['lock', 'nothing_owed', 'finalize_address', 'ship'],
}

export interface MadeOrder {
  id: string
  number: number
  backer: Row<'backers'>
}

/** A campaign with orders anywhere between open and shipped, all of them brought there by the commands. */
export interface ShippingDesk {
  campaign: SurveyCampaign
  make(status: ReachedStatus, over?: MadeInput): Promise<MadeOrder>
  move(name: StaffTransition, ids: string[]): Promise<void>
  row(id: string): Promise<Row<'orders'>>
  /** choices of a Captain with the playmat of the deep sea */
  withPlaymat: SurveyInput
}

export interface MadeInput {
  data?: SurveyInput
  backer?: Partial<Row<'backers'>>
}

export async function makeShippingDesk(parts: TxParts, account_id: string): Promise<ShippingDesk> {
  const campaign = await makeSurveyCampaign(parts, account_id)
  const campaign_id = campaign.id
  const row = (id: string) =>
    parts.db
      .selectFrom('orders')
      .selectAll()
      .where('campaign_id', '=', campaign_id)
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
  const move = async (name: StaffTransition, ids: string[]) => {
    const { moved, left } = await inTransaction(parts, (tx) =>
      transitionOrders(tx, campaign.staff, { campaign_id, name, selection: { ids }, reason: 'for the test' }),
    )
    if (moved !== ids.length) throw new Error(`${name} moved ${moved} of ${ids.length}: ${JSON.stringify(left)}`)
  }
  const make = async (status: ReachedStatus, over: MadeInput = {}) => {
    // A pledge that covers whatever is bought, so that nobody owes.
    const backer = await makeSurveyBacker(parts, campaign, { pledge_amount: 94_000, pledge_bonus: 84_600, ...over.backer })
    const data = { ...captainAnswers(campaign), ...over.data }
    const { order_id } = await inTransaction(parts, (tx) =>
      confirmSurvey(tx, campaign.staff, { campaign_id, backer_id: backer.id, data }),
    )
    for (const name of WAY[status]) await move(name, [order_id])
    return { id: order_id, number: (await row(order_id)).number, backer }
  }
  const { item_id } = await parts.db
    .selectFrom('skus')
    .select('item_id')
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', campaign.skus.deep)
    .executeTakeFirstOrThrow()
  const withPlaymat: SurveyInput = {
    addons: { [campaign.addons.playmat]: 1 },
    options: {
      [campaign.game_place]: campaign.skus.english,
      [optionKey('addon', campaign.addons.playmat, item_id)]: campaign.skus.deep,
    },
  }
  return { campaign, make, move, row, withPlaymat }
}
