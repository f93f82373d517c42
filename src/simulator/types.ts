/** One charge that took money, as `GET /ledger` shows it: what the product's books are checked against. */
export interface SimulatedCharge {
  payment_intent: string
  charge: string
  /** minor units as Stripe counts them */
  amount: number
  /** lower case, as Stripe writes it */
  currency: string
  customer: string
  payment_method: string
  metadata: Record<string, string>
  /** of the request that took the money; null when it carried none */
  idempotency_key: string | null
  /** seconds since 1970, by the simulator's clock */
  created: number
}

/** One refund, as `GET /ledger` shows it. Those that failed or were canceled gave nothing back. */
export interface SimulatedRefund {
  refund: string
  payment_intent: string
  charge: string
  amount: number
  currency: string
  status: 'pending' | 'succeeded' | 'failed'
  metadata: Record<string, string>
  /** of the request; null for one that was made elsewhere, without a key */
  idempotency_key: string | null
  created: number
}

/**
 * What happens to one call that moves money (a charge, its confirmation, a refund). `answer`: what always happens. A number is a status: 400,
 * 401, 403, 404, 409 and 429 take nothing and leave the key free; 500 and above take nothing and are kept for the key, as Stripe keeps them.
 * `fail_free` is a 500 that is not kept, `fail_after` one that is kept although what was asked is done.
 * `before` does nothing, `after` does what was asked; `cut` ends the connection, `hang` leaves it open without a word.
 */
export type NextMove = number | 'answer' | 'cut_before' | 'cut_after' | 'hang_before' | 'hang_after' | 'fail_free' | 'fail_after'

/** Settings for tests (`POST /knobs`, `simulator.knobs()`); what is left out stays. They do not outlive the process. */
export interface Knobs {
  /** how long every call under /v1 takes: half of it before anything happens, half before the answer leaves */
  latency_ms: number
  /** what happens to the next calls that move money, one entry each, repeats included */
  next: NextMove[]
  /** calls under /v1 that are answered in a second; those above get a 429. null: as many as come */
  calls_per_second: number | null
  /** every connection under /v1 is cut before anything happens */
  is_down: boolean
  /** events wait until this is taken back */
  webhooks_held: boolean
  /** how often more each event is sent after it was taken */
  webhook_repeats: number
  /** those that wait are sent in any order */
  webhooks_shuffled: boolean
  /** how old the signature of an event is: Stripe's libraries refuse more than 300 seconds */
  webhook_signed_ago_s: number
  /** how far the simulator's clock is ahead: keys end after 24 hours, card pages expire, payments carry its time */
  clock_ahead_ms: number
}

export interface WebhookTarget {
  url: string
  secret: string
}

export interface SimulatorOptions {
  /** where the state is kept; made when missing, held by one simulator at a time */
  folder: string
  /** 127.0.0.1 when left out */
  host?: string
  /** 0, when left out, takes a free one */
  port?: number
  /** Under which the hosted pages are reached, without a slash at the end: `{hosted_url}/checkout/{session}`. Its own address when left out. */
  hosted_url?: string
  /** the only secret key that is let in; any `sk_test_...` or `rk_test_...` when left out */
  key?: string
  /** where events go, and what signs them; nowhere when left out */
  webhook?: WebhookTarget
}

export interface Simulator {
  /** `http://host:port` */
  url: string
  port: number
  /** all charges that took money, oldest first */
  ledger(): SimulatedCharge[]
  /** all refunds, oldest first, failed ones too */
  refunds(): SimulatedRefund[]
  /** From now on no key that was used before is known. */
  forgetKeys(): void
  /** Where events go from now on; what was not sent yet too. */
  sendWebhooks(target: WebhookTarget | null): void
  /** Sends all events of the past again, those of some kinds where named. Answers how many. */
  resendWebhooks(types?: readonly string[]): number
  /** events that were not taken yet */
  pendingWebhooks(): number
  /** The bank gives the holder of a saved card a new one, and the networks tell: its expiry and last four digits change. */
  renewCard(payment_method: string): void
  /** Changes the given settings and answers all of them. */
  knobs(change: Partial<Knobs>): Knobs
  /** Ends open connections, lets the folder go. */
  stop(): Promise<void>
}
