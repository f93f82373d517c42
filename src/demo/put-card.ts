import type { Deps } from '../deps.server.ts'
import { openCardSession } from '../domain/payments/card-sessions.ts'
import { completeCardSessions } from '../domain/payments/read-card-sessions.ts'
import type { Demo } from './demo.ts'

/**
 * Puts one of the simulator's cards (src/simulator/test-cards.ts, by name) on file for a backer, by the way a backer goes: the hosted page,
 * and back. Answers false where there is no simulator to enter it at: on the page of a real gateway nobody types for the demo.
 */
export async function putCard(demo: Demo, hours_ago: number, backer_id: string, card: string): Promise<boolean> {
  const base = await simulatorUrl(demo.deps)
  if (!base) return false
  const parts = demo.partsAt(hours_ago)
  const key = { campaign_id: demo.campaign_id, backer_id }
  const actor = { kind: 'backer' as const, id: backer_id, campaign_id: demo.campaign_id }
  const { publicUrl } = demo.deps.config
  const { url } = await openCardSession(parts, actor, {
    ...key,
    purpose: 'order',
    success_url: `${publicUrl}/`,
    cancel_url: `${publicUrl}/`,
  })
  const body = new URLSearchParams({ test_card: card, number: '', expiry: '12/34', cvc: '123', name: '' })
  const page = `${base}${new URL(url).pathname.replace(/^\/gateway/, '')}`
  const answer = await fetch(page, { method: 'POST', body, redirect: 'manual' })
  if (answer.status !== 303) throw new Error(`The simulator did not take the card ${card}: ${answer.status}`)
  return (await completeCardSessions(parts, key)).saved
}

/** Where the simulator listens on this machine: the program's own, or one that STRIPE_HOST names; null with a real gateway. */
async function simulatorUrl({ simulator, config }: Deps): Promise<string | null> {
  if (simulator) return `http://127.0.0.1:${await simulator.port()}`
  if (config.gateway === 'simulator' || config.gateway.protocol !== 'http') return null
  return `http://${config.gateway.host}:${config.gateway.port}`
}
