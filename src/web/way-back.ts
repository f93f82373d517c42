import { paths } from './paths.ts'

/** Where one came from and goes back to: a list with its filter, or one order or backer. */
export interface WayBack {
  label: string
  to: string
}

const PLACE = /^(orders|backers|failed-payments)(\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?(\?[^#\s]*)?$/
const LABELS = {
  orders: ['Orders', 'The order'],
  backers: ['Backers', 'The backer'],
  'failed-payments': ['Failed payments', 'Failed payments'],
} as const

/**
 * Reads `from` of an address: a place within the campaign, like `orders?status=open`. Null for anything else: no address leads to another
 * site, or to a page that acts.
 */
export function readWayBack(campaign_id: string, from: string | null): WayBack | null {
  const [, list, one] = PLACE.exec(from ?? '') ?? []
  if (list !== 'orders' && list !== 'backers' && list !== 'failed-payments') return null
  return { label: LABELS[list][one ? 1 : 0], to: `${paths.overview(campaign_id)}/${from}` }
}

/** The place to come back to, as it goes along in an address: the path within the campaign. */
export function placeIn(campaign_id: string, address: string): string {
  return address.slice(paths.overview(campaign_id).length + 1)
}
