import type { WholeRun } from '../../domain/payments/charge-run-queries.ts'
import { countText } from '../ui/numbers.tsx'

/** A value as it arrives through JSON: times are texts. */
export type Sent<T> = T extends Date
  ? string
  : T extends readonly (infer U)[]
    ? Sent<U>[]
    : T extends object
      ? { [K in keyof T]: Sent<T[K]> }
      : T

/** The same shape for the page's first paint and for the stream that follows it. */
export function asSent<T>(value: T): Sent<T> {
  return JSON.parse(JSON.stringify(value)) as Sent<T>
}

type Counted = Pick<WholeRun, 'orders' | 'amounts' | 'left'>

export interface Cards {
  /** what owes nothing or is left out asks no card */
  total: number
  amount: number
  /** what has its answer */
  over: number
  percent: number
  /** what was not charged since the run was stopped */
  stopped: { count: number; amount: number }
}

/** The cards of a run, counted. */
export function cardsOf({ orders, amounts, left }: Counted): Cards {
  const stopped = left.find(({ code }) => code === 'run_stopped') ?? { count: 0, amount: 0 }
  const sum = (of: Counted['orders']) => of.succeeded + of.declined + of.refused + of.unknown + of.waiting + of.charging
  const total = sum(orders) + stopped.count
  const over = orders.succeeded + orders.declined + orders.refused
  const percent = total === 0 ? 100 : Math.floor((over / total) * 100)
  return { total, amount: sum(amounts) + stopped.amount, over, percent, stopped }
}

type Titled = Counted & Pick<WholeRun, 'state'>

/** "Charging 4,878 cards", "Charged 4,812 of 4,878 cards". */
export function runTitle(run: Titled): string {
  const { total } = cardsOf(run)
  const cards = `${countText(total)} ${total === 1 ? 'card' : 'cards'}`
  if (run.state === 'previewed') return `Charge ${cards}`
  if (run.state === 'running') return `Charging ${cards}`
  if (run.state === 'paused') return `Charging ${cards}, paused`
  const of = run.orders.succeeded === total ? cards : `${countText(run.orders.succeeded)} of ${cards}`
  if (run.state === 'stopped') return `Stopped: charged ${of}`
  return `Charged ${of}`
}

export const RUN_STATE: Record<WholeRun['state'], string> = {
  previewed: 'Counted',
  running: 'Runs',
  paused: 'Paused',
  stopped: 'Stopped',
  done: 'Done',
}

/** Whether the numbers of a run still move. */
export function isUnderWay(run: Titled): boolean {
  return run.state === 'running' || run.state === 'paused' || run.orders.charging + run.orders.unknown > 0
}
