import { type RawBuilder, sql } from 'kysely'
import { smallestCharge } from '../../lib/charge-limits.ts'
import { isUsable } from '../backers/filter.ts'
import { jsonb } from '../shared/events.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Db, Tx } from '../shared/tx.ts'
import { modeInUse } from './charging.ts'

/** So long before the planned day whoever has a card that expires by then is told: time to get a new one, and late enough to know. */
export const WARN_DAYS = 14

type Planned = Pick<Campaign, 'id' | 'currency' | 'charge_on'>

/**
 * Orders `o` with their card `p` that would be charged on the planned day and whose card is over by then: it is good to the end of the month
 * that stands on it. Who owes nothing, or less than can be charged, was canceled or failed already is not among them.
 */
function expiring({ id, currency, charge_on }: Planned): RawBuilder<unknown> {
  return sql`orders o join payment_methods p on p.campaign_id = o.campaign_id and p.id = o.payment_method_id and ${isUsable('p')}
    where o.campaign_id = ${id} and o.status in ('open', 'locked') and o.balance_due >= ${smallestCharge(currency)}
      and p.exp_year * 12 + p.exp_month
        < extract(year from ${charge_on}::date)::int * 12 + extract(month from ${charge_on}::date)::int`
}

/** How many cards expire before the planned day; null where no day is planned. The caller has checked whose campaign it is. */
export async function countExpiringCards(db: Db, campaign: Planned): Promise<number | null> {
  if (campaign.charge_on === null) return null
  const { rows } = await sql<{ cards: number }>`select count(*)::int as cards from ${expiring(campaign)}`.execute(db)
  return rows[0]?.cards ?? 0
}

/** Today in the campaign `c`. */
const today = (now: Date) => sql`(${now}::timestamptz at time zone c.time_zone)::date`

/** Campaigns whose planned day is at most 14 days ahead, or today, and whose cards nobody has looked at today. */
export async function findCampaignsToWarn(db: Db, now: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select c.id from campaigns c
    where c.charge_on is not null and c.charge_on between ${today(now)} and ${today(now)} + ${WARN_DAYS}::int
      and (c.expiry_looked_on is null or c.expiry_looked_on < ${today(now)}) and c.mode = ${modeInUse}
    order by c.id`.execute(db)
  return rows.map(({ id }) => id)
}

/**
 * Mails those whose card expires before the planned day, once for each card and day, and notes that it was looked at today: a card that is
 * saved meanwhile is found tomorrow. Answers how many mails it wrote.
 */
export async function warnOfExpiringCards(tx: Tx, campaign_id: string): Promise<number> {
  const campaign = await tx.db
    .selectFrom('campaigns')
    .selectAll()
    .where('id', '=', campaign_id)
    .forUpdate()
    .executeTakeFirstOrThrow()
  await sql`update campaigns c set expiry_looked_on = ${today(tx.now)} where c.id = ${campaign_id}`.execute(tx.db)
  const { charge_on } = campaign
  if (charge_on === null) return 0
  const written = await sql`insert into messages (campaign_id, id, kind, backer_id, occasion, data, state, due_at, created_at)
    select o.campaign_id, gen_random_uuid(), 'card_expiring', o.backer_id, p.id || ':' || ${charge_on}::text,
      ${jsonb({ charge_on })} || jsonb_build_object('payment_method_id', p.id), 'queued', ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from ${expiring(campaign)}
    on conflict (campaign_id, kind, backer_id, occasion) do nothing`.execute(tx.db)
  const count = Number(written.numAffectedRows ?? 0)
  if (count > 0) await tx.enqueue({ job: 'deliver_messages' })
  return count
}
