import type { Gateway } from '../../src/domain/payments/gateway.ts'
import type { NextMove, Simulator } from '../../src/simulator/types.ts'
import { chance } from '../setup/random.ts'

interface Drawn {
  seed: number
  simulator: Simulator
  faults: { share: number }
  backers: readonly string[]
}

const FAULTS: NextMove[] = ['cut_before', 'cut_after', 'cut_after', 500, 429, 409]

/**
 * The gateway of the product, of which the simulator makes a drawn share of the calls that move money go wrong. What happens to a call depends on the
 * seed, on how many were made for its payment or customer before, and on nothing that the machine decides: one at a time, whoever is first.
 */
export function withDrawnFaults(gateway: Gateway, drawn: Drawn): Gateway {
  const counts = new Map<string, number>()
  const places = new Map<string, number>()
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(kind: string, name: string, act: () => Promise<T>): Promise<T> => {
    const run = async () => {
      // Names are drawn anew each time; how many there were before is not.
      const place = places.get(name) ?? places.size
      places.set(name, place)
      const count = (counts.get(`${kind} ${place}`) ?? 0) + 1
      counts.set(`${kind} ${place}`, count)
      const draw = chance(hashOf(`${drawn.seed} ${kind} ${place} ${count}`))
      const isFault = draw.between(0, 1) < drawn.faults.share
      const fault = FAULTS[Math.floor(draw.between(0, FAULTS.length))] ?? 'answer'
      drawn.simulator.knobs({ next: isFault ? [fault] : [] })
      try {
        return await act()
      } finally {
        drawn.simulator.knobs({ next: [] })
      }
    }
    const mine = turn.then(run, run)
    turn = mine
    return mine
  }
  return {
    ...gateway,
    charge: (request, options) => inTurn('charge', request.customer, () => gateway.charge(request, options)),
    confirmPayment: (request, options) => inTurn('confirm', request.payment, () => gateway.confirmPayment(request, options)),
    refund: (request, options) => inTurn('refund', request.payment, () => gateway.refund(request, options)),
  }
}

function hashOf(text: string): number {
  let hash = 2_166_136_261
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619)
  return hash >>> 0
}
