import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { GATEWAY } from '../shared/actor.ts'
import { appendEvent } from '../shared/events.ts'
import type { Db, Tx } from '../shared/tx.ts'
import type { GatewayCard } from './gateway.ts'

type Method = Row<'payment_methods'>

/** Whether the books have a card of this gateway id. */
export async function isCardKnown(db: Db, gateway_id: string): Promise<boolean> {
  const found = await db
    .selectFrom('payment_methods')
    .select('id')
    .where('gateway_id', '=', gateway_id)
    .limit(1)
    .executeTakeFirst()
  return found !== undefined
}

/**
 * Takes over how a saved card stands at the gateway: networks renew cards by themselves (another expiry, other last digits), and one that its
 * customer has no more cannot be charged. Guarantees: doing it again changes nothing; a card that was replaced or taken away here stays so;
 * what changed stands in the backer's log. A card that the books do not have is passed over.
 */
export async function renewCards(tx: Tx, { card, is_attached }: { card: GatewayCard; is_attached: boolean }): Promise<void> {
  const { rows } = await sql<Method>`select * from payment_methods where gateway_id = ${card.gateway_id}
    order by campaign_id, id for update`.execute(tx.db)
  for (const method of rows) {
    if (!is_attached) await detach(tx, method)
    else if (isOther(method, card)) await renew(tx, method, card)
  }
}

function isOther(method: Method, card: GatewayCard): boolean {
  const { brand, last4, exp_month, exp_year } = method
  return brand !== card.brand || last4 !== card.last4 || exp_month !== card.exp_month || exp_year !== card.exp_year
}

async function renew(tx: Tx, { campaign_id, id, backer_id }: Method, card: GatewayCard): Promise<void> {
  const { brand, last4, exp_month, exp_year, country, fingerprint } = card
  await tx.db
    .updateTable('payment_methods')
    .set({ brand, last4, exp_month, exp_year, country, fingerprint })
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', id)
    .execute()
  await appendEvent(tx, GATEWAY, { campaign_id, kind: 'card_renewed', backer_id, data: { payment_method_id: id, brand, last4 } })
}

/** One that was replaced is detached by us, in its time: nobody needs to hear of it. */
async function detach(tx: Tx, { campaign_id, id, backer_id, state, brand, last4 }: Method): Promise<void> {
  if (state === 'detached') return
  await tx.db
    .updateTable('payment_methods')
    .set({ state: 'detached', detach_at: null })
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', id)
    .execute()
  if (state !== 'usable') return
  await appendEvent(tx, GATEWAY, { campaign_id, kind: 'card_detached', backer_id, data: { payment_method_id: id, brand, last4 } })
}
