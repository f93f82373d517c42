import { atMost, type Result } from '../measure.ts'
import type { LoopDelay } from '../setup/watch-loop.ts'

/** While a bulk case runs, whoever opens a page waits no longer than this for the process that serves. */
export function loopResults(name: string, delay: LoopDelay): Result[] {
  return [
    atMost(`${name}: event loop, 99.9%`, delay.p999, 'ms', 50),
    atMost(`${name}: event loop, worst`, delay.worst, 'ms', 250),
  ]
}
