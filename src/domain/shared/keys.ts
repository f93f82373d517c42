/** What names one row of a campaign: every statement about it names both. */
export interface BackerKey {
  campaign_id: string
  backer_id: string
}

export interface OrderKey {
  campaign_id: string
  order_id: string
}
