/*
 * Every address of a page, in one place. Links and redirects are built here; routes.ts holds the patterns, and
 * paths.test.ts walks both against each other.
 */

import type { SurveyStep } from '../domain/surveys/steps.ts'
import type { GuideAct } from './guide-acts.ts'

type Query = Record<string, string | number | readonly string[] | null | undefined>

/** Appends what is set as a query; an empty or missing value leaves no trace, a list repeats its key. */
export function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue
    for (const one of typeof value === 'object' ? value : [String(value)]) search.append(key, one)
  }
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

const campaign = (id: string) => `/campaigns/${id}`

export const paths = {
  home: () => '/',
  sign_in: (next?: string) => withQuery('/sign-in', { next }),
  sign_out: () => '/sign-out',
  setup: () => '/setup',

  /** The guide for creators; without an act its first page. `from`: where it leads back to. */
  guide: (act?: GuideAct, query: { from?: string } = {}) => withQuery(act ? `/guide/${act}` : '/guide', query),

  /** A backer report of invented people, to try the import with. */
  sample_report: () => '/guide/sample-report.csv',

  campaigns: () => '/campaigns',
  new_campaign: () => '/campaigns/new',
  overview: (id: string) => campaign(id),
  figures: (id: string) => `${campaign(id)}/figures`,

  orders: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/orders`, query),
  orders_csv: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/orders.csv`, query),
  /** `name`: a transition that staff can ask for, hold or release. */
  orders_transition: (id: string, name: string, query: Query = {}) => withQuery(`${campaign(id)}/orders/do/${name}`, query),
  waive: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/orders/do/waive`, query),
  /** The query is the list's, so that the page knows the order's neighbours. */
  order: (id: string, orderId: string, query: Query = {}) => withQuery(`${campaign(id)}/orders/${orderId}`, query),
  order_part: (id: string, orderId: string, part: 'address' | 'settle' | 'refund') => `${campaign(id)}/orders/${orderId}/${part}`,
  charges: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/charges`, query),
  new_charge: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/charges/new`, query),
  charge: (id: string, runId: string, query: Query = {}) => withQuery(`${campaign(id)}/charges/${runId}`, query),
  /** The run's numbers as a stream of events. */
  charge_live: (id: string, runId: string) => `${campaign(id)}/charges/${runId}/live`,
  charge_orders: (id: string, runId: string, query: Query = {}) => withQuery(`${campaign(id)}/charges/${runId}/orders`, query),
  charge_orders_csv: (id: string, runId: string) => `${campaign(id)}/charges/${runId}/orders.csv`,
  /** What failed and is not mended; the query narrows the orders that are listed. */
  failed_payments: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/failed-payments`, query),
  failed_payments_csv: (id: string) => `${campaign(id)}/failed-payments.csv`,
  remind_failed: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/failed-payments/remind`, query),
  /** Where the gateway and the books differ; posted to: decisions. */
  discrepancies: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/discrepancies`, query),
  /** Corrects carrier, number and page of a parcel that left. */
  parcel: (id: string, orderId: string, shipmentId: string) => `${campaign(id)}/orders/${orderId}/parcels/${shipmentId}`,

  /** Which orders can leave with what is in stock; `only_sku`: the SKUs that are ticked. */
  finalize: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/finalize`, query),
  requests: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/requests`, query),
  request: (id: string, requestId: string) => `${campaign(id)}/requests/${requestId}`,
  /** The hand-over desk; the query narrows what is handed over. */
  shipping: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/shipping`, query),
  /** Posted to: the list for the warehouse. */
  ready_orders_csv: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/shipping/ready-orders.csv`, query),
  /** What tracking files stand below; a page only with a file, or `new`. */
  trackings: (id: string) => `${campaign(id)}/tracking`,
  new_tracking: (id: string) => `${campaign(id)}/tracking/new`,
  tracking_template: (id: string) => `${campaign(id)}/tracking/template.csv`,
  tracking: (id: string, fileId: string, query: Query = {}) => withQuery(`${campaign(id)}/tracking/${fileId}`, query),
  tracking_problems_csv: (id: string, fileId: string) => `${campaign(id)}/tracking/${fileId}/problems.csv`,
  tracking_mails: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/tracking-mails`, query),

  operations: (id: string) => `${campaign(id)}/operations`,
  operation: (id: string, operationId: string, query: Query = {}) =>
    withQuery(`${campaign(id)}/operations/${operationId}`, query),
  notice: (id: string, noticeId: string, query: Query = {}) => withQuery(`${campaign(id)}/notices/${noticeId}`, query),
  counts: (id: string) => `${campaign(id)}/counts`,
  counts_csv: (id: string) => `${campaign(id)}/counts.csv`,

  backers: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/backers`, query),
  backer: (id: string, backerId: string) => `${campaign(id)}/backers/${backerId}`,
  /** One match: the order or the backer itself; several: the list. `peek` answers the first matches as data. */
  find: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/find`, query),
  /** Posted to: the colours of this browser. */
  colours: () => '/colours',
  /** Fill the survey, or change it, for a backer. */
  backer_answers: (id: string, backerId: string) => `${campaign(id)}/backers/${backerId}/answers`,

  messages: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/messages`, query),
  message: (id: string, messageId: string) => `${campaign(id)}/messages/${messageId}`,
  new_message: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/messages/new`, query),
  /** The mails of demo and test campaigns, readable here instead of in an inbox. */
  mailbox: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/mailbox`, query),
  mailbox_mail: (id: string, mailId: string) => `${campaign(id)}/mailbox/${mailId}`,

  catalog: (id: string) => `${campaign(id)}/catalog`,
  catalog_part: (id: string, part: 'items' | 'levels' | 'addons' | 'shipping' | 'questions', entry?: string) =>
    `${campaign(id)}/catalog/${part}${entry === undefined ? '' : `/${entry}`}`,
  prices: (id: string) => `${campaign(id)}/catalog/prices`,

  survey: (id: string) => `${campaign(id)}/survey`,
  survey_preview: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/survey/preview`, query),
  survey_send: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/survey/send`, query),
  survey_ask: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/survey/payment-method`, query),
  survey_remind: (id: string, query: Query = {}) => withQuery(`${campaign(id)}/survey/remind`, query),

  imports: (id: string) => `${campaign(id)}/imports`,
  new_import: (id: string) => `${campaign(id)}/imports/new`,
  import: (id: string, importId: string, query: Query = {}) => withQuery(`${campaign(id)}/imports/${importId}`, query),
  import_problems_csv: (id: string, importId: string) => `${campaign(id)}/imports/${importId}/problems.csv`,

  settings: (id: string) => `${campaign(id)}/settings`,

  /** The address in the mail: a right secret answers 303 to `pledge` with a cookie and changes nothing. */
  backer_link: (campaignId: string, backerId: string, secret: string) => `/b/${campaignId}/${backerId}/${secret}`,
  /** The clean address behind the cookie: the survey's next step, or the order. */
  pledge: (campaignId: string, backerId: string, query: Query = {}) => withQuery(`/b/${campaignId}/${backerId}`, query),
  pledge_step: (campaignId: string, backerId: string, step: SurveyStep, query: Query = {}) =>
    withQuery(`/b/${campaignId}/${backerId}/${step}`, query),
  /** Posted to: leads to the gateway's hosted page. */
  pledge_card: (campaignId: string, backerId: string) => `/b/${campaignId}/${backerId}/card`,
  /** Where the hosted page leads back to. */
  pledge_card_return: (campaignId: string, backerId: string) => `/b/${campaignId}/${backerId}/card/return`,
  /** Posted to: charges the card on file again. */
  pledge_retry: (campaignId: string, backerId: string) => `/b/${campaignId}/${backerId}/retry`,
  /** What the bank wants to hear: the amount, and the button that leads there. */
  pledge_bank: (campaignId: string, backerId: string, query: Query = {}) => withQuery(`/b/${campaignId}/${backerId}/bank`, query),
  /** Where the bank's page leads back to. */
  pledge_bank_return: (campaignId: string, backerId: string) => `/b/${campaignId}/${backerId}/bank/return`,
  /** Posted to: the day on which a failed payment is paid. */
  pledge_remind_on: (campaignId: string, backerId: string) => `/b/${campaignId}/${backerId}/remind-on`,
  /** Asks for another address once it is final. */
  pledge_change_request: (campaignId: string, backerId: string) => `/b/${campaignId}/${backerId}/change-request`,
  lost_link: (campaignId: string) => `/c/${campaignId}/link`,
  /** The survey or the order as its backer sees it, for staff; nothing can be pressed there. */
  backer_view: (id: string, backerId: string) => `${campaign(id)}/backers/${backerId}/view`,
} as const
