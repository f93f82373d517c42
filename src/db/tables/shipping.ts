import type { Generated } from 'kysely'

/** Where a campaign ships, and for what fee. */
export interface ShippingTables {
  shipping_regions: {
    campaign_id: string
    id: string
    name: string
    kind: 'countries' | 'everywhere_else'
    served: Generated<boolean>
    position: number
  }

  shipping_region_countries: {
    campaign_id: string
    country: string
    region_id: string
  }

  level_shipping_fees: {
    campaign_id: string
    region_id: string
    level_id: string
    fee: number
  }

  addon_shipping_fees: {
    campaign_id: string
    region_id: string
    addon_id: string
    fee: number
  }
}
