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

/**
 * What may happen to one charge instead of an answer. A number is a status: 400, 401, 403, 404, 409 and 429 take nothing and leave the key
 * free; 500 and above take nothing and are kept for the key, as Stripe keeps them. `before` takes nothing, `after` takes what the card
 * gives; `cut` ends the connection, `hang` leaves it open without a word.
 */
export type NextCharge = number | 'cut_before' | 'cut_after' | 'hang_before' | 'hang_after'

/** Settings for tests (`POST /knobs`, `simulator.knobs()`); what is left out stays. They do not outlive the process. */
export interface Knobs {
  /** how long every call under /v1 takes: half of it before anything happens, half before the answer leaves */
  latency_ms: number
  /** what happens to the next charges (POST /v1/payment_intents), one entry each, repeats included */
  next: NextCharge[]
  /** how far the simulator's clock is ahead: keys end after 24 hours, card pages expire, payments carry its time */
  clock_ahead_ms: number
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
}

export interface Simulator {
  /** `http://host:port` */
  url: string
  port: number
  /** all charges that took money, oldest first */
  ledger(): SimulatedCharge[]
  /** Changes the given settings and answers all of them. */
  knobs(change: Partial<Knobs>): Knobs
  /** Ends open connections, lets the folder go. */
  stop(): Promise<void>
}
