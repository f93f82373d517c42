import type { ColumnType, Generated } from 'kysely'
import type { JsonDefault, Time } from './column-types.ts'

/** What there is to have, and what is asked about it. */
export interface CatalogTables {
  items: {
    campaign_id: string
    id: string
    name: string
    kind: ColumnType<'physical' | 'digital', 'physical' | 'digital' | undefined, 'physical' | 'digital'>
    position: number
    created_at: Time
  }

  skus: {
    campaign_id: string
    id: string
    item_id: string
    code: string
    option_name: Generated<string>
    weight_g: number | null
    position: number
    stock_on_hand: number | null
  }

  levels: {
    campaign_id: string
    id: string
    name: string
    platform_reward_id: string | null
    report_name: string | null
    price: number | null
    proposed_price: number | null
    position: number
    created_at: Time
  }

  level_items: {
    campaign_id: string
    level_id: string
    item_id: string
    quantity: number
  }

  addons: {
    campaign_id: string
    id: string
    name: string
    description: Generated<string>
    platform_addon_id: string | null
    platform_price: number | null
    price: number
    limit_per_backer: number | null
    stock: number | null
    held: Generated<number>
    offered: Generated<boolean>
    position: number
    created_at: Time
  }

  addon_items: {
    campaign_id: string
    addon_id: string
    item_id: string
    quantity: number
  }

  questions: {
    campaign_id: string
    id: string
    level_id: string | null
    prompt: string
    help: Generated<string>
    kind: 'text' | 'choice'
    choices: JsonDefault<string[]>
    required: Generated<boolean>
    position: number
    created_at: Time
  }
}
