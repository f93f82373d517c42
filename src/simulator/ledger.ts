import { settle } from './resources/payment-intents.ts'
import type { Store } from './store.ts'
import type { SimulatedCharge } from './types.ts'
import type { Work } from './work.ts'

/** All charges that took money, oldest first. Payments whose processing is over by now are settled first. */
export function readLedger(store: Store, nowMs: number): SimulatedCharge[] {
  const work: Work = { store, now: Math.floor(nowMs / 1000), key: null, hostedUrl: '', puts: [], silence: null }
  for (const payment of store.all('payment_intent')) settle(work, payment)
  store.commit(work.puts)
  return store
    .all('charge')
    .filter((charge) => charge.is_taken)
    .map(({ id: _, is_taken: __, ...charge }) => charge)
}
