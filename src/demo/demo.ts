import type { Deps } from '../deps.server.ts'
import type { Actor } from '../domain/shared/actor.ts'
import type { Tx } from '../domain/shared/tx.ts'

/** What every step of the demo works with. */
export interface Demo {
  deps: Deps
  campaign_id: string
  staff: Actor
  /** Runs a command so many hours before now: the demo has a past. */
  at<T>(hours_ago: number, command: (tx: Tx) => Promise<T>): Promise<T>
  /** The program as it was then, for what calls outside. */
  partsAt(hours_ago: number): Deps
}
