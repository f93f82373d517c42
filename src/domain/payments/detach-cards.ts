import { sql } from 'kysely'
import type { Db } from '../shared/tx.ts'
import { notOver } from './attempts.ts'
import { cardIsServed } from './charging.ts'

/** A replaced card that can be taken from the gateway. */
export interface CardToDetach {
  campaign_id: string
  id: string
  gateway_id: string
}

/** Whoever took a card has so long for it; after it, it is anybody's again. So often one is looked at on which something hangs, too. */
const AGAIN_AFTER_MS = 10 * 60_000

/**
 * What still hangs on a card `m`: an order that has it, an attempt whose outcome nobody knows, a payment at the gateway that could still be
 * confirmed, or another row of ours with the same card.
 */
const hangs = sql<boolean>`(exists (select 1 from orders o
    where o.campaign_id = m.campaign_id and o.backer_id = m.backer_id and (o.payment_method_id = m.id
      or exists (select 1 from payment_attempts a where a.campaign_id = o.campaign_id and a.order_id = o.id
        and a.payment_method_id = m.id and (a.state in ${notOver} or a.payment_open))))
  or exists (select 1 from payment_methods x where x.gateway_id = m.gateway_id and x.gateway_account = m.gateway_account
    and x.state = 'usable'))`

/**
 * Takes replaced cards for this worker: those of the account and mode in use whose time has come. Each is put off by ten minutes, which is
 * the lease of those answered, and the next look at those on which something hangs.
 */
export async function takeCardsToDetach(db: Db, now: Date, limit: number): Promise<CardToDetach[]> {
  const { rows } = await sql<CardToDetach & { hangs: boolean }>`update payment_methods m
    set detach_at = ${new Date(now.getTime() + AGAIN_AFTER_MS)}
    from (select c.campaign_id, c.id from payment_methods c where c.state = 'replaced' and c.detach_at <= ${now} and ${cardIsServed('c')}
      order by c.detach_at limit ${limit} for update skip locked) due
    where m.campaign_id = due.campaign_id and m.id = due.id
    returning m.campaign_id, m.id, m.gateway_id, ${hangs} as hangs`.execute(db)
  return rows.filter((row) => !row.hangs).map(({ campaign_id, id, gateway_id }) => ({ campaign_id, id, gateway_id }))
}

/** Whether the worker has a replaced card to look at. */
export async function hasCardsToDetach(db: Db, now: Date): Promise<boolean> {
  const { rows } =
    await sql`select 1 from payment_methods c where c.state = 'replaced' and c.detach_at <= ${now} and ${cardIsServed('c')}
    limit 1`.execute(db)
  return rows.length > 0
}

/** The gateway has it no more. */
export async function noteDetached(db: Db, { campaign_id, id }: CardToDetach): Promise<void> {
  await db
    .updateTable('payment_methods')
    .set({ state: 'detached', detach_at: null })
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', id)
    .where('state', '=', 'replaced')
    .execute()
}

/** The gateway does not want to: it is asked again at `at`. */
export async function putOffDetaching(db: Db, { campaign_id, id }: CardToDetach, at: Date): Promise<void> {
  await db
    .updateTable('payment_methods')
    .set({ detach_at: at })
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', id)
    .where('state', '=', 'replaced')
    .execute()
}
