import type { Gateway } from '../../src/domain/payments/gateway.ts'
import { findBroken } from './invariants.ts'
import { begin, takeStep, tellEvents, works } from './sim-steps.ts'
import { makeSim, type Sim } from './sim-world.ts'

export interface SeedResult {
  seed: number
  /** empty: everything held */
  broken: string[]
  /** what happened, in order */
  steps: string[]
  /** how the orders ended, for a comparison of two runs of one seed */
  end: string[]
}

const STEPS = 24
/** What holds is asked after so many steps, and at the end. */
const LOOK_EVERY = 6

/**
 * Plays one seed on an empty, migrated database, and leaves it empty. `wrong`: what a control makes wrong.
 * What breaks is told with all its steps.
 */
export async function runSeed(
  urls: { url: string; ownerUrl: string },
  seed: number,
  wrong?: (gateway: Gateway) => Gateway,
): Promise<SeedResult> {
  const sim = await makeSim(urls, seed, wrong)
  const steps: string[] = []
  const result = (broken: string[], end: string[] = []) => ({ seed, broken, steps, end })
  try {
    await begin(sim)
    for (let step = 1; step <= STEPS; step += 1) {
      steps.push(await takeStep(sim))
      if (step % LOOK_EVERY > 0) continue
      const broken = await findBroken(sim, { isRecovered: false })
      if (broken.length > 0) return result(broken)
    }
    await recover(sim)
    steps.push('everything recovers')
    return result(await findBroken(sim, { isRecovered: true }), await endOf(sim))
  } catch (error) {
    return result([(error as Error).stack ?? String(error)])
  } finally {
    await sim.close()
  }
}

/** The gateway is well again and tells what it had to tell; a new process works until the last question of a bank has run out. */
async function recover(sim: Sim): Promise<void> {
  sim.faults.share = 0
  sim.simulator.knobs({ is_down: false, next: [] })
  await sim.restart()
  for (const minutes of [1, 14, 50, 20]) {
    sim.clock.advance(minutes * 60_000)
    await tellEvents(sim)
    await works(sim)
  }
}

async function endOf({ app }: Sim): Promise<string[]> {
  const orders = await app.db.selectFrom('orders').selectAll().orderBy('number').execute()
  return orders.map(
    ({ number, status, balance_due, captured, refunded }) => `${number} ${status} ${balance_due} ${captured} ${refunded}`,
  )
}
