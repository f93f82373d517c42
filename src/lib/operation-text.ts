/** What an operation does, as a title: "Locking orders". */
export function operationTitle(kind: string): string {
  return TITLES[kind] ?? 'Working'
}

/** What an operation did, as a past sentence's start: "Locked". */
export function operationDone(kind: string): string {
  return DONE[kind] ?? 'Done'
}

/** Whether a kind has words of its own; the test asks this for every kind there is. */
export function hasOperationText(kind: string): boolean {
  return Object.hasOwn(TITLES, kind) && Object.hasOwn(DONE, kind)
}

const TITLES: Readonly<Record<string, string>> = {
  lock: 'Locking orders',
  unlock: 'Unlocking orders',
  cancel: 'Canceling orders',
  nothing_owed: 'Marking orders as paid',
  hold: 'Putting orders on hold',
  release: 'Releasing orders',
  lock_notice: 'Giving notice of the lock',
  move_notice: 'Mailing the new time of a notice',
  withdraw_notice: 'Withdrawing a notice',
  send_surveys: 'Sending surveys',
  remind_backers: 'Mailing reminders',
  ask_payment_method: 'Asking for payment methods',
  import: 'Importing a report',
  charge: 'Charging cards',
  waive: 'Waiving small balances',
  finalize_address: 'Finalizing addresses',
  reopen_address: 'Reopening addresses',
  finalize_notice: 'Giving notice of the final address',
  ship: 'Marking orders as shipped',
  undo_ship: 'Undoing shipping',
  apply_tracking: 'Applying a tracking file',
  tracking_mails: 'Mailing tracking numbers',
}

const DONE: Readonly<Record<string, string>> = {
  lock: 'Locked',
  unlock: 'Unlocked',
  cancel: 'Canceled',
  nothing_owed: 'Marked as paid',
  hold: 'Put on hold',
  release: 'Released',
  lock_notice: 'Gave notice to',
  move_notice: 'Mailed the new time to',
  withdraw_notice: 'Withdrew the notice of',
  send_surveys: 'Sent surveys to',
  remind_backers: 'Reminded',
  ask_payment_method: 'Mailed',
  import: 'Imported',
  charge: 'Charged',
  waive: 'Waived what was left of',
  finalize_address: 'Finalized',
  reopen_address: 'Reopened',
  finalize_notice: 'Gave notice to',
  ship: 'Marked as shipped',
  undo_ship: 'Took back',
  apply_tracking: 'Marked as shipped',
  tracking_mails: 'Mailed the numbers of',
}
