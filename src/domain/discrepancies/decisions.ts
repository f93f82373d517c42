import type { DiscrepancyKind } from './kinds.ts'

/*
 * What staff can decide about each kind: pure, since pages show it.
 */

export const RESOLUTIONS = ['ask_again', 'keep_as_credit', 'settle', 'noted'] as const
/**
 * ask_again: the order owes the money again; keep_as_credit: its backer has it as credit; settle: it is dealt with outside, and the balance
 * stays; noted: nothing is booked
 */
export type Resolution = (typeof RESOLUTIONS)[number]

/** Money that left without us: it waits outside the balance due. */
const GONE: readonly Resolution[] = ['ask_again', 'settle']

/** The decisions that fit a kind, the usual one first. */
export const DECISIONS: Readonly<Record<DiscrepancyKind, readonly Resolution[]>> = {
  paid_late: ['noted'],
  paid_other_amount: ['noted'],
  paid_other_currency: ['noted'],
  paid_unknown_order: ['noted'],
  refunded_elsewhere: GONE,
  refund_failed: ['keep_as_credit', 'settle'],
  disputed: ['noted'],
  dispute_lost: GONE,
}

/**
 * What a decision books, as ledger accounts that sum to zero: what waits on `at_gateway` goes to the balance (`owed`) or is settled outside.
 * Money that came back (a failed refund) waits with the other sign than money that left. Minor units.
 */
export function bookingOf(
  kind: DiscrepancyKind,
  resolution: Resolution,
  amount: number,
): { at_gateway?: number; owed?: number; settled_outside?: number } {
  const waiting = kind === 'refund_failed' ? -amount : amount
  if (resolution === 'noted') return {}
  if (resolution === 'settle') return { at_gateway: -waiting, settled_outside: waiting }
  return { at_gateway: -waiting, owed: waiting }
}
