import { type RawBuilder, sql } from 'kysely'
import { DomainError } from '../shared/errors.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'

/**
 * Whether cards can be charged in a campaign: the gateway in use is of the campaign's mode. The simulator and test keys serve test campaigns
 * only (promises.md, Test and live); the program writes the account and mode in use when it starts (record-gateway.ts).
 */
export async function isChargingSetUp(db: Db, campaign: Pick<Campaign, 'mode'>): Promise<boolean> {
  const { account, mode } = await readGateway(db)
  return account !== null && mode === campaign.mode
}

/** Refuses to charge anything where no gateway of the campaign's mode is in use (`charging_not_set_up`). */
export async function refuseWithoutGateway(db: Db, campaign: Pick<Campaign, 'mode'>): Promise<void> {
  if (await isChargingSetUp(db, campaign)) return
  throw new DomainError('charging_not_set_up', 'Charging is not set up for this campaign, so no card can be charged.')
}

/** The gateway account in use: cards and charges belong to it. Null before the program has reached one. */
export async function findAccountInUse(db: Db): Promise<string | null> {
  return (await readGateway(db)).account
}

async function readGateway(db: Db): Promise<{ account: string | null; mode: string | null }> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', 'gateway').executeTakeFirst()
  const { account = null, mode = null } = (row?.value ?? {}) as { account?: string | null; mode?: string | null }
  return { account, mode }
}

/** The mode of the gateway in use, as an SQL expression; null before the program has reached one. */
export const modeInUse: RawBuilder<string | null> = sql`(select s.value->>'mode' from settings s where s.key = 'gateway')`

/** Whether the gateway in use is of the mode of a row's campaign: it knows nothing of the other mode's cards and payments. */
export function isServed(table: string): RawBuilder<boolean> {
  return sql<boolean>`exists (select 1 from campaigns served where served.id = ${sql.ref(`${table}.campaign_id`)} and served.mode = ${modeInUse})`
}

/** Whether a card belongs to the account and mode in use: one account has cards of both modes. `alias` is payment_methods. */
export function cardIsServed(alias: string): RawBuilder<boolean> {
  return sql<boolean>`(${sql.ref(`${alias}.gateway_account`)} = ${accountInUse} and ${sql.ref(`${alias}.mode`)} = ${modeInUse})`
}

/** The gateway account in use, as an SQL expression; null before the program has reached one. */
export const accountInUse: RawBuilder<string | null> = sql`(select s.value->>'account' from settings s where s.key = 'gateway')`
