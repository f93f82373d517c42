import type { FailedReason } from '../../domain/follow-ups/find-failed-payments.ts'
import { reasonTitle } from '../../lib/charge-text.ts'
import { askedFor } from '../../lib/follow-up-text.ts'

/** Reasons that read the same, as one: banks have several codes for "no reason". */
export interface FailedGroup extends Omit<FailedReason, 'code'> {
  /** "Not enough funds" */
  title: string
  codes: string[]
  /** what the backer is asked to do */
  asked_for: string
}

/** Groups reasons by their words and by whether trying again may help; the largest first. */
export function groupReasons(reasons: readonly FailedReason[]): FailedGroup[] {
  const groups = new Map<string, FailedGroup>()
  for (const { code, ...reason } of reasons) {
    const title = reasonTitle('declined', code)
    const key = `${reason.decline_class} ${title}`
    const group = groups.get(key)
    groups.set(key, group ? join(group, { code, ...reason }) : { ...reason, title, codes: [code], asked_for: askedFor(code) })
  }
  return [...groups.values()].sort((a, b) => b.orders - a.orders)
}

function join(group: FailedGroup, { code, ...other }: FailedReason): FailedGroup {
  return {
    ...group,
    codes: [...group.codes, code],
    orders: group.orders + other.orders,
    amount: group.amount + other.amount,
    retries: {
      orders: group.retries.orders + other.retries.orders,
      next_at: first(group.retries.next_at, other.retries.next_at),
    },
    reminders: {
      orders: group.reminders.orders + other.reminders.orders,
      next_at: first(group.reminders.next_at, other.reminders.next_at),
    },
    days_named: {
      orders: group.days_named.orders + other.days_named.orders,
      next_on: first(group.days_named.next_on, other.days_named.next_on),
    },
    under_way: group.under_way + other.under_way,
    on_hold: group.on_hold + other.on_hold,
    nothing_follows: group.nothing_follows + other.nothing_follows,
  }
}

function first<T extends Date | string>(a: T | null, b: T | null): T | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}

/** The codes that ticked boxes stand for: each box holds those of its group. */
export function codesOf(ticked: readonly string[]): string[] {
  return [...new Set(ticked.flatMap((one) => one.split(',')))].filter((code) => /^[a-z0-9_]{1,80}$/.test(code))
}
