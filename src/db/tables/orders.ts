import type { ColumnType, Generated } from 'kysely'
import type { Json, MaybeJson, MaybeTime, Time } from './column-types.ts'

export type LedgerAccount =
  | 'owed'
  | 'goods'
  | 'shipping'
  | 'tax'
  | 'surcharge'
  | 'pledged'
  | 'credit'
  | 'card'
  | 'settled_outside'
  | 'at_gateway'

/** Orders with their contents and money, and the notices that will move them. */
export interface OrderTables {
  orders: {
    campaign_id: string
    id: string
    backer_id: string
    number: number
    version: number
    status: 'open' | 'locked' | 'paid' | 'errored' | 'ready_to_ship' | 'shipped' | 'canceled'
    level_id: string | null
    country: string | null
    ships: boolean
    answers: Json<Record<string, string>>
    options: Json<Record<string, string>>
    address: MaybeJson
    /** of the address, as carriers take it; null where it cannot be read */
    phone: ColumnType<string | null, string | null | undefined, string | null>
    address_warning: Generated<boolean>
    quote: Json<unknown>
    balance_due: number
    captured: Generated<number>
    refunded: Generated<number>
    payment_method_id: string | null
    hold_reason: string | null
    held_at: MaybeTime
    notice_id: string | null
    refund_decision: string | null
    confirmed_version: number
    confirmed_at: Time
    locked_at: MaybeTime
    paid_at: MaybeTime
    address_finalized_at: MaybeTime
    shipped_at: MaybeTime
    canceled_at: MaybeTime
    created_at: Time
    updated_at: Time
  }

  order_lines: {
    campaign_id: string
    order_id: string
    position: number
    sku_id: string
    quantity: number
    source: 'level' | 'addon' | 'incentive' | 'staff'
    source_id: string | null
    price: number
  }

  order_addons: {
    campaign_id: string
    order_id: string
    addon_id: string
    quantity: number
    pledged: number
    stock_held: number
  }

  ledger_entries: {
    campaign_id: string
    order_id: string
    order_version: number
    account: LedgerAccount
    amount: number
    currency: string
    reason: string
    at: Time
  }

  notices: {
    campaign_id: string
    id: string
    kind: 'lock' | 'finalize_address'
    state: 'scheduled' | 'done' | 'withdrawn'
    due_at: Time
    orders: number
    moves: Generated<number>
    operation_id: string | null
    actor_id: string | null
    created_at: Time
    updated_at: Time
  }
}
