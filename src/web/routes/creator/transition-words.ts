import { type OrderStatus, STAFF_TRANSITIONS, TRANSITIONS, type Transition } from '../../../domain/orders/lifecycle.ts'
import type { GuideAct } from '../../guide-acts.ts'

/** What staff can do with a selection of orders: the transitions, and hold and release. */
export const DEEDS = [...STAFF_TRANSITIONS, 'hold', 'release'] as const
export type Deed = (typeof DEEDS)[number]

export interface DeedWords {
  /** On a button that leads to the preview: "Lock". */
  label: string
  /** What it counts. */
  noun: readonly [one: string, many: string]
  /** "Lock 12 orders" */
  act(count: string): string
  /** after the new status: "from now on" */
  effect: string
  to: OrderStatus | null
  out: string
  asks_reason: 'needed' | 'offered' | 'no'
  /** what it means for backers and money */
  meaning: string | ((facts: { undo_hours: number }) => string)
}

const ORDERS = ['order', 'orders'] as const
const ADDRESSES = ['address', 'addresses'] as const

/** The words of each deed, in one place: button, title, way out, and what it means. */
export const WORDS: Record<Deed, DeedWords> = {
  lock: {
    label: 'Lock',
    noun: ORDERS,
    act: (count) => `Lock ${count}`,
    effect: 'from now on',
    to: 'locked',
    out: 'Keep open',
    asks_reason: 'no',
    meaning:
      'Backers cannot change answers and add-ons any more; they can still change their address. Nothing is charged by locking. Edits that were not confirmed are not taken over. You can unlock again.',
  },
  unlock: {
    label: 'Unlock',
    noun: ORDERS,
    act: (count) => `Unlock ${count}`,
    effect: 'again, so that their backers may change them',
    to: 'open',
    out: 'Keep locked down',
    asks_reason: 'offered',
    meaning: 'Backers may change everything again, with the same link. No mail is sent.',
  },
  nothing_owed: {
    label: 'Mark as paid',
    noun: ORDERS,
    act: (count) => `Mark ${count} as paid`,
    effect: 'since nothing is owed',
    to: 'paid',
    out: 'Leave as they are',
    asks_reason: 'no',
    meaning: 'Only orders that owe nothing. No card is charged.',
  },
  finalize_address: {
    label: 'Finalize',
    noun: ADDRESSES,
    act: (count) => `Finalize ${count}`,
    effect: 'with a final address',
    to: 'ready_to_ship',
    out: 'Finalize none',
    asks_reason: 'no',
    meaning:
      'The warehouse may take these orders. Their backers can no longer change the address themselves; they can ask you for another one, and you approve or decline. You can reopen them until a parcel has left.',
  },
  reopen_address: {
    label: 'Reopen',
    noun: ADDRESSES,
    act: (count) => `Reopen ${count}`,
    effect: 'again, with an address that may change',
    to: 'paid',
    out: 'Keep final',
    asks_reason: 'offered',
    meaning:
      'These orders leave the list for the warehouse; if it has the list already, tell it. Their backers may change the address again, with the same link. No mail is sent.',
  },
  ship: {
    label: 'Mark as shipped',
    noun: ORDERS,
    act: (count) => `Mark ${count} as shipped`,
    effect: 'with everything that has not left yet',
    to: 'shipped',
    out: 'Ship none',
    asks_reason: 'no',
    meaning: ({ undo_hours }) =>
      `One parcel for each order. No mail is sent: tracking mails are a step of their own. Tracking numbers can come later, on the order’s page. ${undo_hours > 0 ? `You can undo it within ${hoursText(undo_hours)}.` : 'It cannot be undone.'}`,
  },
  undo_ship: {
    label: 'Undo shipping',
    noun: ORDERS,
    act: (count) => `Undo shipping of ${count}`,
    effect: 'again, as if no parcel had left',
    to: 'ready_to_ship',
    out: 'Keep as shipped',
    asks_reason: 'offered',
    meaning: ({ undo_hours }) =>
      `Possible within ${hoursText(undo_hours)} after shipping. The parcels are taken back, and the orders are in the list for the warehouse again. A backer who got the tracking mail is mailed that the parcel has not left yet; the others are not mailed.`,
  },
  cancel: {
    label: 'Cancel',
    noun: ORDERS,
    act: (count) => `Cancel ${count}`,
    effect: 'for good',
    to: 'canceled',
    out: 'Keep the orders',
    asks_reason: 'needed',
    meaning:
      'They are never charged, mailed, counted or shipped again, and their stock is given back. Each backer gets a cancellation mail. This cannot be undone.',
  },
  hold: {
    label: 'Hold',
    noun: ORDERS,
    act: (count) => `Put ${count} on hold`,
    effect: 'on hold',
    to: null,
    out: 'Hold none',
    asks_reason: 'needed',
    meaning: 'A hold stops lock, charge, finalize and ship; nothing else. Backers are not told.',
  },
  release: {
    label: 'Release',
    noun: ORDERS,
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

/** The deeds that can be announced: the clock carries them out once the notice runs out. */
export type NoticedDeed = 'lock' | 'finalize_address'
export function canBeNoticed(deed: Deed): deed is NoticedDeed {
  return deed === 'lock' || deed === 'finalize_address'
}

/** The one status a deed starts from; null where there are several. */
export function startOf(deed: Deed): OrderStatus | null {
  if (deed === 'hold' || deed === 'release') return null
  const { from }: Transition = TRANSITIONS[deed]
  return from?.length === 1 ? (from[0] ?? null) : null
}

function hoursText(hours: number): string {
  return hours === 1 ? '1 hour' : `${hours} hours`
}
