import type { ColumnType, Generated, Selectable } from 'kysely'

/*
 * The tables as Kysely sees them. One name per column, the same in SQL, TypeScript and the API: snake_case.
 * A database test (types.test.ts) compares this file's columns with the migrated database.
 */

type Json<T> = ColumnType<T, T | string, T | string>
type JsonDefault<T> = ColumnType<T, T | string | undefined, T | string>
type Time = ColumnType<Date, Date | string, Date | string>
type MaybeTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>

export interface AccountTable {
  id: string
  name: string
  email: string
  email_verified: Generated<boolean>
  image: string | null
  created_at: Time
  updated_at: Time
}

export interface SessionTable {
  id: string
  account_id: string
  token: string
  expires_at: Time
  ip_address: string | null
  user_agent: string | null
  created_at: Time
  updated_at: Time
}

export interface AccountCredentialTable {
  id: string
  account_id: string
  provider_account_id: string
  provider_id: string
  access_token: string | null
  refresh_token: string | null
  id_token: string | null
  access_token_expires_at: MaybeTime
  refresh_token_expires_at: MaybeTime
  scope: string | null
  password: string | null
  created_at: Time
  updated_at: Time
}

export interface AccountVerificationTable {
  id: string
  identifier: string
  value: string
  expires_at: Time
  created_at: Time
  updated_at: Time
}

export interface ApiKeyTable {
  id: string
  account_id: string
  name: string
  key_hash: string
  key_start: string
  created_at: Time
  last_used_at: MaybeTime
  revoked_at: MaybeTime
}

export interface SettingTable {
  key: string
  value: Json<unknown>
}

export interface IdempotentRequestTable {
  account_id: string
  key: string
  request_hash: string
  status: number | null
  response: ColumnType<unknown, unknown, unknown>
  created_at: Time
}

export interface CampaignTable {
  id: string
  account_id: string
  name: string
  creator_name: string
  currency: string
  ship_from_country: string
  time_zone: string
  support_email: string
  /** YYYY-MM-DD (dates are parsed as text) */
  lockdown_on: string | null
  mode: 'test' | 'live'
  is_demo: Generated<boolean>
  payment_method_required: Generated<boolean>
  bonus_spendable: Generated<boolean>
  prices_saved_at: MaybeTime
  lockdown_shown: Generated<boolean>
  version: Generated<number>
  undo_ship_hours: Generated<number>
  created_at: Time
  updated_at: Time
}

export interface CampaignCounterTable {
  campaign_id: string
  last_order_number: Generated<number>
}

export interface ItemTable {
  campaign_id: string
  id: string
  name: string
  kind: ColumnType<'physical' | 'digital', 'physical' | 'digital' | undefined, 'physical' | 'digital'>
  position: number
  created_at: Time
}

export interface SkuTable {
  campaign_id: string
  id: string
  item_id: string
  code: string
  option_name: Generated<string>
  weight_g: number | null
  position: number
  stock_on_hand: number | null
}

export interface LevelTable {
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

export interface LevelItemTable {
  campaign_id: string
  level_id: string
  item_id: string
  quantity: number
}

export interface AddonTable {
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

export interface AddonItemTable {
  campaign_id: string
  addon_id: string
  item_id: string
  quantity: number
}

export interface ShippingRegionTable {
  campaign_id: string
  id: string
  name: string
  kind: 'countries' | 'everywhere_else'
  served: Generated<boolean>
  position: number
}

export interface ShippingRegionCountryTable {
  campaign_id: string
  country: string
  region_id: string
}

export interface LevelShippingFeeTable {
  campaign_id: string
  region_id: string
  level_id: string
  fee: number
}

export interface AddonShippingFeeTable {
  campaign_id: string
  region_id: string
  addon_id: string
  fee: number
}

export interface QuestionTable {
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

export type ImportState = 'reading' | 'previewed' | 'refused' | 'applied' | 'discarded' | 'failed'

export interface ImportTable {
  campaign_id: string
  id: string
  file_name: string
  file_size: number
  file_hash: string
  generation: string | null
  state: ImportState
  rows_total: Generated<number>
  counts: JsonDefault<Record<string, number>>
  fault: ColumnType<unknown, unknown, unknown>
  facts: ColumnType<unknown, unknown, unknown>
  created_by: string
  created_at: Time
  applied_at: MaybeTime
}

export type ImportRowKind = 'new' | 'changed' | 'unchanged' | 'problem' | 'twice'

export interface ImportRowTable {
  campaign_id: string
  import_id: string
  n: number
  file: string
  line: number
  uid: string | null
  backer_id: string
  row_hash: string
  kind: ImportRowKind | null
  outcome: 'applied' | 'reported' | null
  outcome_code: string | null
  problems: JsonDefault<unknown[]>
  row: Json<unknown>
  original: Json<unknown>
}

export interface ImportPartTable {
  campaign_id: string
  import_id: string
  part: number
  bytes: Buffer
}

export type SurveyState = 'not_sent' | 'sent' | 'started' | 'waiting' | 'withdrawn' | 'completed'

export interface BackerTable {
  campaign_id: string
  id: string
  platform_uid: string | null
  platform_number: number | null
  name: string
  email: string
  email_state: ColumnType<'ok' | 'relay' | 'bounced', 'ok' | 'relay' | 'bounced' | undefined, 'ok' | 'relay' | 'bounced'>
  contact_saved_here: Generated<boolean>
  level_id: string | null
  pledge_status: string
  pledge_amount: number
  pledge_minimum: Generated<number>
  pledge_shipping: Generated<number>
  pledge_bonus: number | null
  pledge_country: string | null
  /** local time of the platform, as text: the report has no zone */
  pledged_at: string | null
  survey: SurveyState
  survey_sent_at: MaybeTime
  survey_started_at: MaybeTime
  reminded_at: MaybeTime
  reminders: Generated<number>
  link_version: Generated<number>
  prefill: JsonDefault<unknown>
  report_note: Generated<string>
  staff_note: Generated<string>
  row_hash: string | null
  import_id: string | null
  version: Generated<number>
  created_at: Time
  updated_at: Time
}

export interface PledgedAddonTable {
  campaign_id: string
  backer_id: string
  addon_id: string
  quantity: number
}

export type SurveyStepColumn = 'start' | 'questions' | 'addons' | 'address' | 'payment' | 'review'

export interface DraftTable {
  campaign_id: string
  backer_id: string
  data: Json<unknown>
  base_version: number
  version: Generated<number>
  reached: ColumnType<SurveyStepColumn | null, SurveyStepColumn | null | undefined, SurveyStepColumn | null>
  state: ColumnType<'active' | 'overtaken', 'active' | 'overtaken' | undefined, 'active' | 'overtaken'>
  updated_at: Time
}

export interface PaymentMethodTable {
  campaign_id: string
  id: string
  backer_id: string
  gateway_account: string
  mode: 'test' | 'live'
  gateway_id: string
  brand: string
  last4: string
  exp_month: number
  exp_year: number
  gateway_customer: string
  state: 'usable' | 'replaced' | 'detached'
  country: string | null
  fingerprint: string | null
  card_session_id: string | null
  created_at: Time
}

export type OrderStatusColumn = 'open' | 'locked' | 'paid' | 'errored' | 'ready_to_ship' | 'shipped' | 'canceled'

export interface OrderTable {
  campaign_id: string
  id: string
  backer_id: string
  number: number
  version: number
  status: OrderStatusColumn
  level_id: string | null
  country: string | null
  ships: boolean
  answers: Json<Record<string, string>>
  options: Json<Record<string, string>>
  address: ColumnType<unknown, unknown, unknown>
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

export interface OrderLineTable {
  campaign_id: string
  order_id: string
  position: number
  sku_id: string
  quantity: number
  source: 'level' | 'addon' | 'incentive' | 'staff'
  source_id: string | null
  price: number
}

export interface OrderAddonTable {
  campaign_id: string
  order_id: string
  addon_id: string
  quantity: number
  pledged: number
  stock_held: number
}

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

export interface LedgerEntryTable {
  campaign_id: string
  order_id: string
  order_version: number
  account: LedgerAccount
  amount: number
  currency: string
  reason: string
  at: Time
}

export interface EventReasonTable {
  campaign_id: string
  id: string
  text: string
}

export type ActorKind = 'staff' | 'backer' | 'clock' | 'run' | 'gateway' | 'system'

export interface EventTable {
  campaign_id: string
  seq: Generated<number>
  backer_id: string | null
  order_id: string | null
  order_version: number | null
  kind: string
  from_status: string | null
  to_status: string | null
  actor_kind: ActorKind
  actor_id: string | null
  code: string | null
  reason_id: string | null
  operation_id: string | null
  data: JsonDefault<Record<string, unknown>>
  at: Time
}

export interface PaymentAttemptTable {
  campaign_id: string
  id: string
  order_id: string
  number: number
  key: string
  amount: number
  currency: string
  payment_method_id: string
  state: 'created' | 'sent' | 'succeeded' | 'declined' | 'refused' | 'unknown'
  code: string | null
  run_id: string | null
  request: Json<unknown>
  gateway_account: string
  card: string
  payment: string | null
  decline_class: 'soft' | 'needs_backer' | 'hard' | null
  sendings: Generated<number>
  leased_until: MaybeTime
  lease_id: string | null
  next_try_at: MaybeTime
  sent_at: MaybeTime
  settled_at: MaybeTime
  created_at: Time
  updated_at: Time
}

export interface GatewayCustomerTable {
  campaign_id: string
  backer_id: string
  gateway_account: string
  gateway_id: string
  created_at: Time
}

export interface CardSessionTable {
  campaign_id: string
  id: string
  backer_id: string
  gateway_account: string
  gateway_id: string | null
  state: 'created' | 'open' | 'complete' | 'expired'
  purpose: 'survey' | 'order'
  payment_method_id: string | null
  check_at: MaybeTime
  checks: Generated<number>
  created_at: Time
  updated_at: Time
}

export interface ChargeRunTable {
  campaign_id: string
  id: string
  state: 'running' | 'paused' | 'stopped' | 'done'
  pause_code: string | null
  selection: Json<unknown>
  retry_errored: boolean
  pace: number
  actor_id: string | null
  created_at: Time
  updated_at: Time
  finished_at: MaybeTime
}

export interface ChargeRunOrderTable {
  campaign_id: string
  run_id: string
  order_id: string
  number: number
  state: 'waiting' | 'charging' | 'succeeded' | 'declined' | 'refused' | 'left_out' | 'nothing_owed'
  amount: number
  attempt_id: string | null
  code: string | null
}

export interface ChangeRequestTable {
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

export interface ShipmentTable {
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

export interface ShipmentLineTable {
  campaign_id: string
  shipment_id: string
  order_id: string
  position: number
  sku_id: string
  quantity: number
}

export interface TrackingFileTable {
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

export interface TrackingRowTable {
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

export interface OperationTable {
  campaign_id: string
  id: string
  kind: string
  state: 'queued' | 'running' | 'done' | 'failed'
  input: Json<unknown>
  total: Generated<number>
  done: Generated<number>
  moved: Generated<number>
  left_out: JsonDefault<{ code: string; count: number; sample_ids: string[] }[]>
  failure: string | null
  actor_kind: ActorKind
  actor_id: string | null
  created_at: Time
  finished_at: MaybeTime
}

export interface NoticeTable {
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

export interface MessageTable {
  campaign_id: string
  id: string
  kind: string
  backer_id: string
  occasion: string
  data: JsonDefault<Record<string, unknown>>
  state: 'queued' | 'sending' | 'sent' | 'failed' | 'bounced' | 'suppressed'
  due_at: Time
  urgent: Generated<boolean>
  tries: Generated<number>
  leased_until: MaybeTime
  error: string | null
  sent_at: MaybeTime
  created_at: Time
  kept: ColumnType<{ to: string; subject: string; text: string; html: string } | null, unknown, unknown>
}

export interface Database {
  accounts: AccountTable
  sessions: SessionTable
  account_credentials: AccountCredentialTable
  account_verifications: AccountVerificationTable
  api_keys: ApiKeyTable
  settings: SettingTable
  idempotent_requests: IdempotentRequestTable
  campaigns: CampaignTable
  campaign_counters: CampaignCounterTable
  items: ItemTable
  skus: SkuTable
  levels: LevelTable
  level_items: LevelItemTable
  addons: AddonTable
  addon_items: AddonItemTable
  shipping_regions: ShippingRegionTable
  shipping_region_countries: ShippingRegionCountryTable
  level_shipping_fees: LevelShippingFeeTable
  addon_shipping_fees: AddonShippingFeeTable
  questions: QuestionTable
  imports: ImportTable
  import_rows: ImportRowTable
  import_parts: ImportPartTable
  backers: BackerTable
  pledged_addons: PledgedAddonTable
  drafts: DraftTable
  payment_methods: PaymentMethodTable
  orders: OrderTable
  order_lines: OrderLineTable
  order_addons: OrderAddonTable
  ledger_entries: LedgerEntryTable
  event_reasons: EventReasonTable
  events: EventTable
  payment_attempts: PaymentAttemptTable
  gateway_customers: GatewayCustomerTable
  card_sessions: CardSessionTable
  charge_runs: ChargeRunTable
  charge_run_orders: ChargeRunOrderTable
  change_requests: ChangeRequestTable
  shipments: ShipmentTable
  shipment_lines: ShipmentLineTable
  tracking_files: TrackingFileTable
  tracking_rows: TrackingRowTable
  operations: OperationTable
  notices: NoticeTable
  messages: MessageTable
}

export type Row<T extends keyof Database> = Selectable<Database[T]>
