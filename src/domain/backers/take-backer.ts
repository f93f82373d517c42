import type { Row } from '../../db/types.ts'
import type { Actor } from '../shared/actor.ts'
import { notFound } from '../shared/errors.ts'
import type { BackerKey } from '../shared/keys.ts'
import { type Campaign, ownCampaign, staffOnly } from '../shared/policy.ts'
import type { Tx } from '../shared/tx.ts'

/** Takes one backer for a change by staff: the row is locked until the transaction ends. Answers 404 for what is not the actor's. */
export async function takeBacker(tx: Tx, actor: Actor, key: BackerKey): Promise<{ campaign: Campaign; backer: Row<'backers'> }> {
  const campaign = await ownCampaign(tx.db, actor, key.campaign_id)
  staffOnly(actor)
  const backer = await tx.db
    .selectFrom('backers')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.backer_id)
    .forUpdate()
    .executeTakeFirst()
  if (!backer) throw notFound('backer')
  return { campaign, backer }
}

/** Writes columns of a backer under a new version. */
export async function saveBacker(
  tx: Tx,
  backer: Row<'backers'>,
  columns: Partial<Omit<Row<'backers'>, 'campaign_id' | 'id' | 'version' | 'updated_at'>>,
): Promise<Row<'backers'>> {
  return await tx.db
    .updateTable('backers')
    .set({ ...(columns as object), version: backer.version + 1, updated_at: tx.now })
    .where('campaign_id', '=', backer.campaign_id)
    .where('id', '=', backer.id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** The order of a backer, if the survey was ever completed. */
export async function orderOf(tx: Tx, backer: Row<'backers'>): Promise<Pick<Row<'orders'>, 'id' | 'number' | 'status'> | null> {
  const order = await tx.db
    .selectFrom('orders')
    .select(['id', 'number', 'status'])
    .where('campaign_id', '=', backer.campaign_id)
    .where('backer_id', '=', backer.id)
    .executeTakeFirst()
  return order ?? null
}
