/**
 * The port to the payment gateway. One adapter implements it (adapters/stripe); the domain knows no vendor. Every method is one call
 * outside: never within a transaction. Amounts are minor units as the gateway counts them (lib/money.ts has its exponents).
 */
export interface Gateway {
  /** test keys and the simulator serve test campaigns only, live keys live ones (promises.md, Test and live) */
  mode: 'test' | 'live'
  /** The account behind the keys: cards and attempts belong to it. */
  account(): Promise<Answered<string>>
  /** Which of the rights it needs its key lacks, by the gateway's own names (lib/right-text.ts). Asks without changing anything. */
  missingRights(): Promise<Answered<string[]>>
  /** Makes the customer of a backer; the same key answers the same customer. */
  createCustomer(input: CustomerInput): Promise<Answered<string>>
  /** Opens the hosted page on which a backer enters a card. */
  openCardSession(input: CardSessionInput): Promise<Answered<CardSession>>
  /** Reads a session and its setup back: the only thing to believe about a card. */
  readCardSession(gateway_id: string): Promise<Answered<CardSessionReading>>
  /** Sends one attempt. Never throws: whatever happened is one of the four answers (promises.md rule 3). */
  charge(request: ChargeRequest, options: { key: string; is_repeat: boolean }): Promise<ChargeAnswer>
  /** The payments of a customer since then, newest first. */
  listPayments(customer: string, since: Date): Promise<Answered<GatewayPayment[]>>
  /** How a payment stands now. */
  readPayment(payment: string): Promise<Answered<GatewayPayment>>
  /** Ends a payment that took nothing, so that it never can; answers how it stands then: one that has succeeded stays so. */
  cancelPayment(payment: string, key: string): Promise<Answered<GatewayPayment>>
  /** Tries a payment again with its holder there. Never throws: a fifth answer is the address on which their bank asks. */
  confirmPayment(request: ConfirmRequest, options: { key: string; is_repeat: boolean }): Promise<ConfirmAnswer>
  /** Gives money back. Never throws. */
  refund(request: RefundRequest, options: { key: string; is_repeat: boolean }): Promise<RefundAnswer>
  /** The refunds of a payment, newest first, those made elsewhere too. */
  listRefunds(payment: string): Promise<Answered<GatewayRefund[]>>
  readDispute(dispute: string): Promise<Answered<GatewayDispute>>
  /** A saved card as it is now; `is_attached` while its customer still has it. */
  readCard(card: string): Promise<Answered<{ card: GatewayCard; is_attached: boolean }>>
  /** The metadata of a card's setup: whose it is. */
  readSetup(setup: string): Promise<Answered<Record<string, string>>>
  /** Takes a saved card away from its customer. One that is away already, or unknown, is away. */
  detachCard(card: string): Promise<Answered<void>>
  /** All that was made in the account since then, page by page. A page that fails is the last. */
  paymentPages(since: Date): AsyncIterable<Answered<GatewayPayment[]>>
  refundPages(since: Date): AsyncIterable<Answered<GatewayRefund[]>>
  disputePages(since: Date): AsyncIterable<Answered<GatewayDispute[]>>
  /** What a webhook tells, once its signature is right and fresh. Asks nobody. */
  readWebhook(input: { body: string; signature: string; now: Date }): ReadWebhook
  close(): void
}

export interface CustomerInput {
  campaign_id: string
  backer_id: string
  name: string
  email: string
  key: string
}

export interface CardSession {
  gateway_id: string
  url: string
  expires_at: Date
}

export interface CardSessionInput {
  campaign_id: string
  backer_id: string
  customer: string
  currency: string
  /** where the hosted page sends the backer back; the adapter puts the session's id in as `session` */
  success_url: string
  cancel_url: string
  key: string
}

export type CardSessionReading =
  | { state: 'open' }
  | { state: 'expired' }
  | { state: 'complete'; customer: string; metadata: Record<string, string>; card: GatewayCard }

export interface GatewayCard {
  gateway_id: string
  brand: string
  last4: string
  exp_month: number
  exp_year: number
  country: string | null
  fingerprint: string | null
}

/** Everything the gateway is told of a charge. Kept with the attempt, so that a repeat has the same parameters. No name, mail or address. */
export interface ChargeRequest {
  amount: number
  currency: string
  customer: string
  payment_method: string
  description: string
  metadata: { afterfund_campaign: string; afterfund_order: string; afterfund_attempt: string }
}

/** What is known of a decline: Stripe's words, in the order of what says most. */
export interface Decline {
  /** decline_code where there is one, else code: insufficient_funds, lost_card, authentication_required ... */
  code: string
  /** advice_code: do_not_try_again, try_again_later, confirm_card_data */
  advice: string | null
}

/** The four answers (promises.md rule 3). */
export type ChargeAnswer =
  | { answer: 'succeeded'; payment: string; amount: number }
  | { answer: 'declined'; payment: string; decline: Decline }
  /**
   * the gateway took nothing and said so; `pauses` when its keys are the reason (401, 403); `right`: what a restricted key lacks
   * (code `right_missing`), where the gateway names it
   */
  | { answer: 'refused'; code: string; pauses: boolean; right?: string }
  /**
   * `dead_key`: a 5xx that the gateway replays for this key, which therefore can never succeed; `refuses_now`: a 400 or 404 to a repeat,
   * which says nothing of the first sending
   */
  | { answer: 'unknown'; code: string; dead_key: boolean; slow_down: boolean; refuses_now?: true }

/** What a payment is confirmed with. `return_url`: where the bank's page leads back to. */
export interface ConfirmRequest {
  payment: string
  payment_method: string
  return_url: string
}

export type ConfirmAnswer = ChargeAnswer | { answer: 'asks'; payment: string; url: string }

export interface RefundRequest {
  payment: string
  amount: number
  metadata: Record<string, string>
}

/** `pending`: the gateway took it, and says later what became of it. */
export type RefundAnswer =
  | { answer: 'accepted'; refund: GatewayRefund }
  | Extract<ChargeAnswer, { answer: 'refused' | 'unknown' }>

export interface GatewayRefund {
  id: string
  payment: string | null
  state: 'pending' | 'succeeded' | 'failed'
  amount: number
  currency: string
  /** why it failed */
  code: string | null
  metadata: Record<string, string>
  created_at: Date
}

/** `inquiry`: a question that took no money yet. */
export interface GatewayDispute {
  id: string
  payment: string | null
  state: 'inquiry' | 'open' | 'won' | 'lost' | 'closed'
  amount: number
  currency: string
  reason: string
  created_at: Date
}

/** `object`: what to read afresh; of a charge or a refund the payment that it belongs to. `elsewhere`: of another account, or of the other mode. */
export type ReadWebhook =
  | { ok: true; value: { id: string; type: string; object: { kind: string; id: string } } }
  | { ok: false; code: 'signature_wrong' | 'signature_old' | 'no_secret' | 'broken_body' | 'elsewhere' }

export interface GatewayPayment {
  id: string
  /** `asks`: the bank waits for the holder of the card, on the page `ask_url` */
  state: 'succeeded' | 'declined' | 'processing' | 'canceled' | 'asks' | 'unfinished'
  customer: string | null
  /** with which it was paid or declined */
  card: GatewayCard | null
  ask_url: string | null
  amount: number
  currency: string
  decline: Decline | null
  metadata: Record<string, string>
  created_at: Date
}

/** Why a call that moves no money brought nothing: the gateway said no (`pauses` when its keys are the reason), or nobody knows. */
export type GatewayFailure = { kind: 'refused'; code: string; pauses: boolean; right?: string } | { kind: 'outage'; code: string }

/** What a call that moves no money answers. A failure is a value: who called decides what it means. */
export type Answered<T> = { ok: true; value: T } | { ok: false; failure: GatewayFailure }
