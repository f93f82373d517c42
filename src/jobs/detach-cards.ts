import type { Deps } from '../deps.server.ts'
import { noteDetached, putOffDetaching, takeCardsToDetach } from '../domain/payments/detach-cards.ts'

type Parts = Pick<Deps, 'db' | 'clock' | 'gateway' | 'log'>

const AT_ONCE = 20
const DAY_MS = 86_400_000

/**
 * Takes replaced cards from the gateway once nothing hangs on them: nobody should keep a card that nobody may charge. Where the gateway is
 * away or refuses the key the rest waits; a card that it refuses to let go is tried again the next day. Answers how many are gone.
 */
export async function detachCards(app: Parts, isStopping: () => boolean = () => false): Promise<number> {
  const now = app.clock.now()
  let gone = 0
  for (const card of await takeCardsToDetach(app.db, now, AT_ONCE)) {
    if (isStopping()) return gone
    const answer = await app.gateway.detachCard(card.gateway_id)
    if (answer.ok) {
      await noteDetached(app.db, card)
      gone += 1
      continue
    }
    app.log.warn({ code: answer.failure.code, payment_method_id: card.id }, 'a replaced card was not taken from the gateway')
    if (answer.failure.kind === 'outage' || answer.failure.pauses) return gone
    await putOffDetaching(app.db, card, new Date(now.getTime() + DAY_MS))
  }
  return gone
}
