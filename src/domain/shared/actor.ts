import type { ActorKind } from '../../db/tables/history.ts'

/** Who acts. Staff and API keys are an account; a backer is a backer of one campaign; the rest is the program itself. */
export type Actor =
  | { kind: 'staff'; id: string }
  | { kind: 'backer'; id: string; campaign_id: string }
  | { kind: Exclude<ActorKind, 'staff' | 'backer'>; id: null }

export const CLOCK: Actor = { kind: 'clock', id: null }
export const SYSTEM: Actor = { kind: 'system', id: null }
/** A charge run or a retry. */
export const RUN: Actor = { kind: 'run', id: null }
/** The gateway's answer. */
export const GATEWAY: Actor = { kind: 'gateway', id: null }
