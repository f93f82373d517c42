/** What an operation does, as a title: "Locking orders". */
export function operationTitle(kind: string): string {
  return TITLES[kind] ?? 'Working'
}

/** What an operation did, as a past sentence's start: "Locked". */
export function operationDone(kind: string): string {
  return DONE[kind] ?? 'Done'
}

const TITLES: Readonly<Record<string, string>> = {
  lock: 'Locking orders',
  unlock: 'Unlocking orders',
  cancel: 'Canceling orders',
  nothing_owed: 'Marking orders as paid',
  hold: 'Putting orders on hold',
  release: 'Releasing orders',
  lock_notice: 'Giving notice of the lock',
  withdraw_notice: 'Withdrawing a notice',
  send_surveys: 'Sending surveys',
  remind_backers: 'Mailing reminders',
  ask_payment_method: 'Asking for payment methods',
  import: 'Importing a report',
}

const DONE: Readonly<Record<string, string>> = {
  lock: 'Locked',
  unlock: 'Unlocked',
  cancel: 'Canceled',
  nothing_owed: 'Marked as paid',
  hold: 'Put on hold',
  release: 'Released',
  lock_notice: 'Gave notice to',
  withdraw_notice: 'Withdrew the notice of',
  send_surveys: 'Sent surveys to',
  remind_backers: 'Reminded',
  ask_payment_method: 'Mailed',
  import: 'Imported',
}
