import type { OrderStatus } from '../../../domain/orders/lifecycle.ts'
import type { GuideAct } from '../../guide-acts.ts'

/** What staff can do with a selection of orders: the transitions, and hold and release. */
export const DEEDS = ['lock', 'unlock', 'nothing_owed', 'cancel', 'hold', 'release'] as const
export type Deed = (typeof DEEDS)[number]

export interface DeedWords {
  /** "Lock 12 orders" */
  act(count: string): string
  /** after the new status: "from now on" */
  effect: string
  to: OrderStatus | null
  out: string
  asks_reason: 'needed' | 'offered' | 'no'
  /** what it means for backers and money */
  meaning: string
}

/** The words of each deed, in one place: button, title, way out, and what it means. */
export const WORDS: Record<Deed, DeedWords> = {
  lock: {
    act: (count) => `Lock ${count}`,
    effect: 'from now on',
    to: 'locked',
    out: 'Keep open',
    asks_reason: 'no',
    meaning:
      'Backers cannot change answers and add-ons any more; they can still change their address. Nothing is charged by locking. Edits that were not confirmed are not taken over. You can unlock again.',
  },
  unlock: {
    act: (count) => `Unlock ${count}`,
    effect: 'again, so that their backers may change them',
    to: 'open',
    out: 'Keep locked down',
    asks_reason: 'offered',
    meaning: 'Backers may change everything again, with the same link. No mail is sent.',
  },
  nothing_owed: {
    act: (count) => `Mark ${count} as paid`,
    effect: 'since nothing is owed',
    to: 'paid',
    out: 'Leave as they are',
    asks_reason: 'no',
    meaning: 'Only orders that owe nothing. No card is charged.',
  },
  cancel: {
    act: (count) => `Cancel ${count}`,
    effect: 'for good',
    to: 'canceled',
    out: 'Keep the orders',
    asks_reason: 'needed',
    meaning:
      'They are never charged, mailed, counted or shipped again, and their stock is given back. Each backer gets a cancellation mail. This cannot be undone.',
  },
  hold: {
    act: (count) => `Put ${count} on hold`,
    effect: 'on hold',
    to: null,
    out: 'Hold none',
    asks_reason: 'needed',
    meaning: 'A hold stops lock, charge, finalize and ship; nothing else. Backers are not told.',
  },
  release: {
    act: (count) => `Release ${count}`,
    effect: 'free again',
    to: null,
    out: 'Keep on hold',
    asks_reason: 'needed',
    meaning: 'They take part in lock, charge, finalize and ship again.',
  },
}

/** The page of the guide that tells how a deed works; hold, release and cancel say it themselves. */
export const GUIDE_OF: Partial<Record<string, GuideAct>> = {
  lock: 'locking',
  unlock: 'locking',
  nothing_owed: 'charging',
  finalize_address: 'finalizing',
  reopen_address: 'finalizing',
  ship: 'marking-shipped',
  undo_ship: 'marking-shipped',
}

export function isDeed(name: string): name is Deed {
  return (DEEDS as readonly string[]).includes(name)
}
