import type { Row } from '../../db/types.ts'
import { type OrderStatus, refusalOfChange } from '../orders/lifecycle.ts'

/** What these rules look at: a backer, and the status of their order where there is one. */
interface Standing extends Pick<Row<'backers'>, 'survey'> {
  order: { status: OrderStatus } | null
}

/** Why nobody (or, of a survey that was not sent, its backer) can fill in or change a survey, as a code; null where they can. Pure. */
export function whySurveyClosed({ survey, order }: Standing, by: 'backer' | 'staff'): string | null {
  if (survey === 'withdrawn') return 'pledge_withdrawn'
  if (survey === 'waiting') return 'pledge_waiting'
  if (survey === 'not_sent' && by === 'backer') return 'survey_not_sent'
  return order && refusalOfChange(order.status, 'choices')
}

/** Why the link cannot be mailed to a backer, as a code; null where it can. Pure. */
export function whyLinkNotMailed({ survey, email_state, order }: Standing & Pick<Row<'backers'>, 'email_state'>): string | null {
  if (survey === 'withdrawn') return 'pledge_withdrawn'
  if (survey === 'not_sent' || survey === 'waiting') return 'survey_not_sent'
  if (email_state === 'bounced') return 'mail_bounced'
  return order?.status === 'canceled' ? 'order_canceled' : null
}
