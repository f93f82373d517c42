/*
 * The lifecycle as the design's tables say it, written down a second time by hand. It imports nothing of the product on purpose: where
 * the two disagree, one of them is wrong.
 */

export const STATUSES = ['open', 'locked', 'paid', 'errored', 'ready_to_ship', 'shipped', 'canceled'] as const
export type Status = (typeof STATUSES)[number]
export const MOVES = [
  'lock',
  'unlock',
  'nothing_owed',
  'finalize_address',
  'reopen_address',
  'ship',
  'undo_ship',
  'cancel',
] as const
export type MoveName = (typeof MOVES)[number]
export const WHO = ['staff', 'backer', 'clock'] as const
export type Who = (typeof WHO)[number]

/** Everything a condition asks of an order. */
export interface Facts {
  /** a usable payment method is on file */
  method: boolean
  /** the balance due is positive */
  owes: boolean
  held: boolean
  /** an attempt that is not over */
  attempt: boolean
  /** money was taken here */
  captured: 'no' | 'captured' | 'refunded' | 'kept'
  /** the address has a warning that nobody has answered */
  warning: boolean
  /** it shipped more than a day ago */
  long_ago: boolean
  /** the campaign asks every backer for a payment method */
  method_asked_of_all: boolean
}

/** Which reasons leave an order out; none: it moves. More than one may hold, any of them is a right answer. */
export function reasonsAgainst(name: MoveName, status: Status, facts: Facts): string[] {
  const because = (...reasons: [boolean, string][]) => reasons.filter(([holds]) => holds).map(([, code]) => code)
  const taken = facts.captured === 'captured' || facts.captured === 'kept'
  switch (name) {
    case 'lock':
      if (status !== 'open') return ['wrong_status']
      return because(
        [(facts.owes || facts.method_asked_of_all) && !facts.method, 'payment_method_missing'],
        [facts.held, 'on_hold'],
      )
    case 'unlock':
      if (status !== 'locked' && status !== 'errored' && status !== 'paid') return ['wrong_status']
      return because([facts.attempt, 'charge_in_progress'], [taken, 'already_charged'])
    case 'nothing_owed':
      if (status !== 'locked' && status !== 'errored') return ['wrong_status']
      // A charge that is not over is settled first: until then nobody knows what is owed.
      return because([facts.owes, 'balance_due'], [facts.attempt, 'charge_in_progress'])
    case 'finalize_address':
      if (status !== 'paid') return ['wrong_status']
      return because([facts.warning, 'address_invalid'], [facts.held, 'on_hold'])
    case 'reopen_address':
      // What has left is shipped, and no longer ready to ship.
      return status === 'ready_to_ship' ? [] : ['wrong_status']
    case 'ship':
      if (status !== 'ready_to_ship') return ['wrong_status']
      return because([facts.held, 'on_hold'])
    case 'undo_ship':
      if (status !== 'shipped') return ['wrong_status']
      return because([facts.long_ago, 'undo_window_over'])
    case 'cancel':
      if (status === 'shipped' || status === 'canceled') return ['wrong_status']
      return because([facts.attempt, 'charge_in_progress'], [facts.captured === 'captured', 'refund_decision_missing'])
  }
}

export const LEADS_TO: Record<MoveName, Status> = {
  lock: 'locked',
  unlock: 'open',
  nothing_owed: 'paid',
  finalize_address: 'ready_to_ship',
  reopen_address: 'paid',
  ship: 'shipped',
  undo_ship: 'ready_to_ship',
  cancel: 'canceled',
}

/** Who may try: staff all of them; the clock carries out a lock and final addresses that staff gave notice of; a backer none. */
export function mayTry(name: MoveName, who: Who): boolean {
  if (who === 'staff') return true
  return who === 'clock' && (name === 'lock' || name === 'finalize_address')
}

export type Change = 'choices' | 'address' | 'payment_method'

/** What a backer may change, and staff for them; else the code of the refusal. */
export function refusalOf(status: Status, change: Change): string | null {
  const table: Record<Status, [choices: boolean, address: boolean, payment_method: boolean]> = {
    open: [true, true, true],
    locked: [false, true, true],
    paid: [false, true, true],
    errored: [false, true, true],
    ready_to_ship: [false, false, false],
    shipped: [false, false, false],
    canceled: [false, false, false],
  }
  const [choices, address, payment_method] = table[status]
  if ({ choices, address, payment_method }[change]) return null
  if (status === 'ready_to_ship') return 'reopen_first'
  if (status === 'shipped') return 'already_shipped'
  return status === 'canceled' ? 'order_canceled' : 'order_locked'
}

const PLAIN: Facts = {
  method: true,
  owes: false,
  held: false,
  attempt: false,
  captured: 'no',
  warning: false,
  long_ago: false,
  method_asked_of_all: false,
}

/** Every combination of facts that the database allows in a status. */
export function factsOf(status: Status): Facts[] {
  const either = [false, true]
  // The database refuses a paid order that owes.
  const owing = status === 'paid' || status === 'ready_to_ship' || status === 'shipped' ? [false] : either
  const taken = ['no', 'captured'] as const
  const all = either.flatMap((method) =>
    owing.flatMap((owes) =>
      either.flatMap((held) =>
        either.flatMap((attempt) => taken.map((captured): Facts => ({ ...PLAIN, method, owes, held, attempt, captured }))),
      ),
    ),
  )
  const more: Partial<Facts>[] = [{ captured: 'refunded' }, { captured: 'kept' }]
  // A final address has been looked at.
  if (status === 'paid') more.push({ warning: true }, { warning: true, held: true })
  if (status === 'shipped') more.push({ long_ago: true })
  return [...all, ...more.map((each): Facts => ({ ...PLAIN, ...each }))]
}
