import type { Deps } from '../deps.server.ts'
import { hasSilentRuns, pauseSilentRuns, resumeSilentRuns, resumeUnaskedRuns } from '../domain/payments/charge-run-state.ts'
import { speedUpRuns } from '../domain/payments/feed-charge-run.ts'
import type { ChargeAnswer } from '../domain/payments/gateway.ts'
import { inTransaction } from '../domain/shared/tx.ts'

/** So many calls in a row that nobody answers: the gateway is silent, and no further card is sent to it. */
const IN_A_ROW = 5
/** So often it is looked whether a run that was slowed down may be faster again. */
const QUICKEN_MS = 5_000

/** Codes of a call that reached nobody, or a gateway that is out of order; others wait for a bank. */
const UNREACHED = /^(timeout|unreachable|connection_lost|broken_answer|http_5\d\d)$/

/** What the calls of one account's gateway tell about its runs. */
export interface RunWatch {
  /** lets runs go on that nothing would wake: all they waited for was settled in another way */
  begin(): Promise<void>
  /** pauses the runs when nobody answers, and lets them go on when somebody does */
  hear(answers: readonly ChargeAnswer[]): Promise<void>
  /** a pace that was halved rises again, step by step */
  quicken(runs: readonly { pace: number; full_pace: number }[]): Promise<void>
}

/** Watches over the runs while charges are sent. What has no answer stays unknown, whatever is done here. */
export function createRunWatch(app: Pick<Deps, 'db' | 'clock' | 'enqueue' | 'log'>): RunWatch {
  let missed = 0
  // Another process, or this one earlier, may have paused them.
  let mayBePaused = true
  let next = 0
  return {
    async begin() {
      if (await hasSilentRuns(app.db)) await inTransaction(app, resumeUnaskedRuns)
    },
    async hear(answers) {
      let isHeard = false
      for (const answer of answers) {
        const isMissed = answer.answer === 'unknown' && UNREACHED.test(answer.code)
        missed = isMissed ? missed + 1 : 0
        isHeard = !isMissed
      }
      if (missed >= IN_A_ROW) {
        missed = 0
        mayBePaused = true
        app.log.warn('the gateway does not answer: charge runs pause until it does')
        await inTransaction(app, pauseSilentRuns)
      } else if (isHeard && mayBePaused) {
        mayBePaused = false
        if (await hasSilentRuns(app.db)) await inTransaction(app, resumeSilentRuns)
      }
    },
    async quicken(runs) {
      if (performance.now() < next || runs.every(({ pace, full_pace }) => pace >= full_pace)) return
      next = performance.now() + QUICKEN_MS
      await inTransaction(app, speedUpRuns)
    },
  }
}
