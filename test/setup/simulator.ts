import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startSimulator } from '../../src/simulator/start-simulator.ts'
import type { Simulator } from '../../src/simulator/types.ts'
import { testFolder } from './folder.ts'
import { keepDataFolder } from './keep-logs.ts'

/** A gateway simulator in this process, on a folder of its own that goes with it: `ledger()` is what the books are checked against. */
export async function startTestSimulator(): Promise<Simulator> {
  const folder = mkdtempSync(join(testFolder(), 'gateway-'))
  const simulator = await startSimulator({ folder })
  return {
    ...simulator,
    stop: async () => {
      await simulator.stop()
      keepDataFolder(folder)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What names it as the gateway of a program. */
export function environmentOf(simulator: Pick<Simulator, 'port'>): Record<string, string> {
  return { STRIPE_HOST: '127.0.0.1', STRIPE_PORT: String(simulator.port) }
}

/** Has a card saved on the hosted page, as its form does; answers where it leads. */
export async function enterCard(pageUrl: string, form: { number?: string; test_card?: string } = {}): Promise<string> {
  const fields = { test_card: 'visa', number: '', expiry: '12/34', cvc: '123', name: '', ...form }
  const response = await fetch(pageUrl, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) })
  const location = response.headers.get('location')
  if (response.status !== 303 || !location) throw new Error(`The card page answers ${response.status}`)
  return location
}
