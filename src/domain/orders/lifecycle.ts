/**
 * The order lifecycle: the one table. Pure, since it ships to the browser. It names conditions by their reason codes;
 * their SQL stands in conditions.ts. Buttons, filters, badges, API enums, the picture in the docs and the property
 * test all read this file; nothing restates it.
 */

export const ORDER_STATUSES = ['open', 'locked', 'paid', 'errored', 'ready_to_ship', 'shipped', 'canceled'] as const
export type OrderStatus = (typeof ORDER_STATUSES)[number]

/** Statuses that are counted: a canceled order is out of all counts. */
export const COUNTED_STATUSES = ORDER_STATUSES.filter((status) => status !== 'canceled')
export type CountedStatus = Exclude<OrderStatus, 'canceled'>

export const SURVEY_STATES = ['not_sent', 'sent', 'started', 'waiting', 'withdrawn', 'completed'] as const
export type SurveyState = (typeof SURVEY_STATES)[number]

export type Phase = 'survey' | 'shipping' | 'closed'

export const STATUS: Record<OrderStatus, { label: string; phase: Phase; meaning: string }> = {
  open: { label: 'Open', phase: 'survey', meaning: 'The survey is complete; the backer may still change the order.' },
  locked: {
    label: 'Locked down',
    phase: 'survey',
    meaning: 'Contents are frozen; a balance waits to be charged, or to be settled as nothing owed.',
  },
  paid: { label: 'Paid', phase: 'survey', meaning: 'Nothing is owed any more.' },
  errored: { label: 'Errored', phase: 'survey', meaning: 'The last charge failed.' },
  ready_to_ship: {
    label: 'Ready to ship',
    phase: 'shipping',
    meaning: 'The address is final; the warehouse may take it.',
  },
  shipped: { label: 'Shipped', phase: 'shipping', meaning: 'Every shippable line has left; complete.' },
  canceled: {
    label: 'Canceled',
    phase: 'closed',
    meaning: 'Withdrawn; never charged, mailed, counted, exported or shipped again.',
  },
}

export const SURVEY_LABEL: Record<SurveyState, string> = {
  not_sent: 'Not sent',
  sent: 'Sent',
  started: 'Started',
  waiting: 'Waiting for the platform',
  withdrawn: 'Withdrawn',
  completed: 'Answered',
}

export const ACTORS = ['staff', 'backer', 'clock', 'run', 'gateway'] as const
export type LifecycleActor = (typeof ACTORS)[number]

/** Why an order was left out or a request refused. One sentence for each in lib/reason-text.ts. */
export const REASON_CODES = [
  'answers_missing',
  'address_missing',
  'country_not_served',
  'out_of_stock',
  'payment_method_missing',
  'on_hold',
  'charge_in_progress',
  'already_charged',
  'nothing_owed',
  'below_minimum',
  'card_too_soon',
  'card_hard_declined',
  'balance_due',
  'address_invalid',
  'already_shipped',
  'lines_unshipped',
  'undo_window_over',
  'refund_decision_missing',
  'reopen_first',
  'totals_differ',
  'changed_meanwhile',
  'wrong_status',
  'not_allowed',
] as const
export type ReasonCode = (typeof REASON_CODES)[number]

export interface Transition {
  /** null: the order comes into being */
  from: readonly OrderStatus[] | null
  /** null: the status stays as it is */
  to: OrderStatus | null
  actors: readonly LifecycleActor[]
  conditions: readonly ReasonCode[]
  /** message kind, or null where none is sent by the transition itself */
  mail: string | null
  /** imperative, for buttons */
  verb: string
}

const BEFORE_SHIPPED = ['open', 'locked', 'paid', 'errored', 'ready_to_ship'] as const

export const TRANSITIONS = {
  complete_survey: {
    from: null,
    to: 'open',
    actors: ['backer', 'staff'],
    conditions: ['answers_missing', 'address_missing', 'country_not_served', 'out_of_stock'],
    mail: 'confirmation',
    verb: 'Confirm',
  },
  lock: {
    from: ['open'],
    to: 'locked',
    actors: ['staff', 'clock'],
    conditions: ['on_hold', 'payment_method_missing', 'totals_differ'],
    mail: null,
    verb: 'Lock',
  },
  unlock: {
    from: ['locked', 'errored', 'paid'],
    to: 'open',
    actors: ['staff'],
    conditions: ['charge_in_progress', 'already_charged'],
    mail: null,
    verb: 'Unlock',
  },
  start_charge: {
    from: ['locked', 'errored'],
    to: null,
    actors: ['run', 'backer'],
    conditions: [
      'nothing_owed',
      'below_minimum',
      'payment_method_missing',
      'on_hold',
      'charge_in_progress',
      // What never passes is said before what passes with time.
      'card_hard_declined',
      'card_too_soon',
      'totals_differ',
    ],
    mail: null,
    verb: 'Charge',
  },
  charge_succeeded: {
    from: ['locked', 'errored'],
    to: 'paid',
    actors: ['gateway'],
    conditions: [],
    mail: 'receipt',
    verb: 'Record the charge of',
  },
  nothing_owed: {
    from: ['locked', 'errored'],
    to: 'paid',
    actors: ['run', 'staff'],
    conditions: ['balance_due', 'charge_in_progress'],
    mail: null,
    verb: 'Mark as paid',
  },
  charge_failed: {
    from: ['locked', 'errored'],
    to: 'errored',
    actors: ['gateway'],
    conditions: [],
    mail: 'charge_failed',
    verb: 'Record the failed charge of',
  },
  owe_again: {
    from: ['paid'],
    to: 'locked',
    actors: ['backer', 'staff'],
    conditions: ['nothing_owed'],
    mail: 'owe_again',
    verb: 'Ask again for payment of',
  },
  finalize_address: {
    from: ['paid'],
    to: 'ready_to_ship',
    actors: ['staff', 'clock'],
    conditions: ['address_invalid', 'balance_due', 'on_hold'],
    mail: null,
    verb: 'Finalize the address of',
  },
  reopen_address: {
    from: ['ready_to_ship'],
    to: 'paid',
    actors: ['staff'],
    conditions: ['already_shipped'],
    mail: null,
    verb: 'Reopen the address of',
  },
  ship: {
    from: ['ready_to_ship'],
    to: 'shipped',
    actors: ['staff', 'run'],
    conditions: ['lines_unshipped', 'on_hold'],
    mail: null,
    verb: 'Mark as shipped',
  },
  undo_ship: {
    from: ['shipped'],
    to: 'ready_to_ship',
    actors: ['staff'],
    conditions: ['undo_window_over'],
    mail: null,
    verb: 'Undo shipping of',
  },
  cancel: {
    from: BEFORE_SHIPPED,
    to: 'canceled',
    actors: ['staff'],
    conditions: ['charge_in_progress', 'refund_decision_missing'],
    mail: 'cancellation',
    verb: 'Cancel',
  },
} as const satisfies Record<string, Transition>

export type TransitionName = keyof typeof TRANSITIONS
export const TRANSITION_NAMES = Object.keys(TRANSITIONS) as TransitionName[]

/** What becomes of the money that was taken here when an order is canceled: it all goes back to the cards, or stays, with a reason on record. */
export const REFUND_DECISIONS = ['refund', 'keep'] as const
export type RefundDecision = (typeof REFUND_DECISIONS)[number]

/** What staff can ask for by name over a selection; the others happen inside other commands. */
export const STAFF_TRANSITIONS = [
  'lock',
  'unlock',
  'nothing_owed',
  'finalize_address',
  'reopen_address',
  'ship',
  'undo_ship',
  'cancel',
] as const satisfies readonly TransitionName[]
export type StaffTransition = (typeof STAFF_TRANSITIONS)[number]

/** What move-orders.ts carries out: all but the order's birth. */
export type CarriedTransition = Exclude<TransitionName, 'complete_survey'>

export type ChangeKind = 'choices' | 'address' | 'payment_method'

/**
 * What a backer may change in which status. `choices`: answers, options, add-ons, pledge level.
 * Staff may fill or change choices for a backer in the same statuses, and correct an address wherever the backer may.
 */
export const BACKER_MAY_CHANGE: Record<OrderStatus, Record<ChangeKind, boolean>> = {
  open: { choices: true, address: true, payment_method: true },
  locked: { choices: false, address: true, payment_method: true },
  paid: { choices: false, address: true, payment_method: true },
  errored: { choices: false, address: true, payment_method: true },
  ready_to_ship: { choices: false, address: false, payment_method: false },
  shipped: { choices: false, address: false, payment_method: false },
  canceled: { choices: false, address: false, payment_method: false },
}

/** Why a change is refused in a status: the code of the refusal. */
export function refusalOfChange(status: OrderStatus, kind: ChangeKind): string | null {
  if (BACKER_MAY_CHANGE[status][kind]) return null
  if (status === 'canceled') return 'order_canceled'
  if (status === 'shipped') return 'already_shipped'
  if (status === 'ready_to_ship') return 'reopen_first'
  return 'order_locked'
}

/** Whether `name` can be tried by `actor` on an order in `status`, before any condition is asked. */
export function mayTry(name: TransitionName, status: OrderStatus, actor: LifecycleActor): boolean {
  const transition: Transition = TRANSITIONS[name]
  return transition.actors.includes(actor) && (transition.from?.includes(status) ?? false)
}
