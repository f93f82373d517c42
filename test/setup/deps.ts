import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'
import { type App, createApp } from '../../src/app.ts'
import { createClock } from '../../src/clock.server.ts'
import { type Config, readConfig } from '../../src/config.server.ts'
import { type Clock, createDeps, type Deps } from '../../src/deps.server.ts'
import { recordGatewayAccount } from '../../src/domain/payments/record-gateway.ts'
import { createLog } from '../../src/log.server.ts'
import type { Simulator } from '../../src/simulator/types.ts'
import { type TestDatabase, useTestDatabase } from './database.ts'
import { testFolder } from './folder.ts'
import { keepOutput, keepsLogs } from './keep-logs.ts'
import { environmentOf, startTestSimulator } from './simulator.ts'

export type TestProgram = TestDatabase & {
  deps: Deps
  /** Everything but pages: `app.request('/api/v1/...')`. */
  app: App
  /** The gateway that the program charges at: `ledger()`, `knobs()`. */
  simulator: Simulator
}

type Options = { env?: NodeJS.ProcessEnv; now?: Date }

/**
 * The whole program but its pages, wired by the same function as in production, on a database of its own. The worker does
 * not run by itself: `deps.worker.runDue(deps.clock.now())` does all that is due. Use the object inside tests and hooks only.
 */
export function useTestProgram(options: Options = {}): TestProgram {
  const program = useTestDatabase() as TestProgram
  const stops: (() => Promise<void>)[] = []
  beforeAll(async () => {
    const simulator = await startTestSimulator()
    stops.push(simulator.stop)
    const config = testConfig({ ...environmentOf(simulator), ...options.env })
    const wired = await createDeps({
      config,
      databaseUrl: program.url,
      secret: randomBytes(32).toString('hex'),
      log: createLog({ write: keepOutput('deps') }, keepsLogs ? 'info' : 'silent'),
      clock: sharedClock(options.now, simulator),
    })
    stops.push(wired.stop)
    await recordGatewayAccount(wired.deps)
    const noPages = async () => new Response('This test has no pages', { status: 404 })
    Object.assign(program, { deps: wired.deps, app: createApp(wired.deps, noPages), simulator })
  })
  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop()
  })
  return program
}

/** A clock whose moves the gateway goes along with, as in a test program of its own. */
function sharedClock(start: Date | undefined, simulator: Simulator): Clock {
  const clock = createClock(start)
  const follow = () => void simulator.knobs({ clock_ahead_ms: Math.max(0, clock.now().getTime() - Date.now()) })
  follow()
  return {
    now: clock.now,
    advance: (ms) => {
      clock.advance(ms)
      follow()
    },
  }
}

export function testConfig(env: NodeJS.ProcessEnv = {}): Config {
  return readConfig({ AFTERFUND_TEST: '1', DATA_DIR: testFolder(), ...env })
}
