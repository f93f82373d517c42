import type { Generated } from 'kysely'
import type { Json, MaybeTime, Time } from './column-types.ts'

/** Parcels, the files that tell of them, and what backers ask for once an address is final. */
export interface FulfilmentTables {
  change_requests: {
    campaign_id: string
    id: string
    order_id: string
    backer_id: string
    state: 'open' | 'approved' | 'declined' | 'withdrawn'
    address: Json<unknown>
    address_accepted: boolean
    agreed_balance: number
    note: Generated<string>
    answer: Generated<string>
    code: string | null
    answered_by: string | null
    created_at: Time
    answered_at: MaybeTime
  }

  shipments: {
    campaign_id: string
    id: string
    order_id: string
    state: 'left' | 'undone'
    carrier: Generated<string>
    tracking_number: Generated<string>
    tracking_url: Generated<string>
    operation_id: string | null
    left_at: Time
    mailed_at: MaybeTime
    mailed_number: string | null
    created_at: Time
    updated_at: Time
  }

  shipment_lines: {
    campaign_id: string
    shipment_id: string
    order_id: string
    position: number
    sku_id: string
    quantity: number
  }

  tracking_files: {
    campaign_id: string
    id: string
    file_name: string
    state: 'previewed' | 'refused' | 'applied' | 'discarded'
    rows_total: Generated<number>
    fault: Json<unknown> | null
    operation_id: string | null
    created_by: string
    created_at: Time
    applied_at: MaybeTime
  }

  tracking_rows: {
    campaign_id: string
    file_id: string
    n: number
    line: number
    order_text: string
    order_number: number | null
    carrier: string
    tracking_number: string
    tracking_url: string
    order_id: string | null
    outcome: 'shipped' | 'reported' | null
    problem: string | null
  }
}
