/**
 * The port to the payment gateway. One adapter implements it (adapters/stripe); the domain knows no vendor. Every method is one call
 * outside: never within a transaction. Amounts are minor units as the gateway counts them (lib/money.ts has its exponents).
 */
export interface Gateway {
  /** test keys and the simulator serve test campaigns only, live keys live ones (promises.md, Test and live) */
  mode: 'test' | 'live'
  /** The account behind the keys: cards and attempts belong to it. */
  account(): Promise<Answered<string>>
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
  /** the gateway took nothing and said so; `pauses` when its keys are the reason (401, 403) */
  | { answer: 'refused'; code: string; pauses: boolean }
  /**
   * `dead_key`: a 5xx that the gateway replays for this key, which therefore can never succeed; `refuses_now`: a 400 or 404 to a repeat,
   * which says nothing of the first sending
   */
  | { answer: 'unknown'; code: string; dead_key: boolean; slow_down: boolean; refuses_now?: true }

export interface GatewayPayment {
  id: string
  state: 'succeeded' | 'declined' | 'processing' | 'canceled' | 'unfinished'
  amount: number
  currency: string
  decline: Decline | null
  metadata: Record<string, string>
  created_at: Date
}

/** Why a call that moves no money brought nothing: the gateway said no (`pauses` when its keys are the reason), or nobody knows. */
export type GatewayFailure = { kind: 'refused'; code: string; pauses: boolean } | { kind: 'outage'; code: string }

/** What a call that moves no money answers. A failure is a value: who called decides what it means. */
export type Answered<T> = { ok: true; value: T } | { ok: false; failure: GatewayFailure }
