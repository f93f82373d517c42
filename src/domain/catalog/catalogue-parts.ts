import type { Actor } from '../shared/actor.ts'
import { DomainError, invalid, notFound } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import { type Campaign, ownCampaign, staffOnly } from '../shared/policy.ts'
import { type Db, sqlState, type Tx } from '../shared/tx.ts'
import type { ContentsInput } from './schema.ts'

/** Parts that every command of the catalogue shares. */

type Table = 'items' | 'levels' | 'addons' | 'shipping_regions' | 'questions'
type Noun = 'item' | 'level' | 'addon' | 'region' | 'question'
export interface CatalogueKey {
  campaign_id: string
  id: string
}

/**
 * Opens a command of the catalogue: staff of this campaign only, one at a time. It waits for surveys that are being confirmed, which read
 * the catalogue under `readCatalog`: so "no order uses it" is still true when the change commits.
 */
export async function beginCatalogueChange(tx: Tx, actor: Actor, campaign_id: string): Promise<Campaign> {
  staffOnly(actor)
  const campaign = await ownCampaign(tx.db, actor, campaign_id)
  // Not FOR UPDATE: that would also wait for every event that is being written.
  await tx.db.selectFrom('campaigns').select('id').where('id', '=', campaign_id).forNoKeyUpdate().execute()
  return campaign
}

/** The row that is to be changed, or 404. */
export async function refuseUnknown(db: Db, table: Table, key: CatalogueKey, noun: string): Promise<void> {
  const row = await db
    .selectFrom(table)
    .select('id')
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.id)
    .executeTakeFirst()
  if (!row) throw notFound(noun)
}

/** The last place of a list. */
export async function nextPosition(db: Db, table: Table, campaign_id: string): Promise<number> {
  const row = await db
    .selectFrom(table)
    .select((eb) => eb.fn.max('position').as('last'))
    .where('campaign_id', '=', campaign_id)
    .executeTakeFirst()
  return (row?.last ?? -1) + 1
}

/** Writes down that something of the catalogue was added, changed or deleted. */
export async function noteChange(
  tx: Tx,
  actor: Actor,
  change: CatalogueKey & { noun: Noun; done: 'added' | 'changed' | 'deleted' },
): Promise<void> {
  await appendEvent(tx, actor, {
    campaign_id: change.campaign_id,
    kind: 'campaign_changed',
    code: `${change.noun}_${change.done}`,
    data: { [`${change.noun}_id`]: change.id },
  })
}

/** Refuses contents that name an item this campaign does not have. */
export async function refuseUnknownItems(db: Db, campaign_id: string, items: ContentsInput): Promise<void> {
  await refuseUnknownIds(
    db,
    'items',
    campaign_id,
    items.map((row) => row.item_id),
    'items',
  )
}

/** Refuses ids that this campaign does not have, at `field`. */
export async function refuseUnknownIds(
  db: Db,
  table: 'items' | 'levels' | 'addons',
  campaign_id: string,
  ids: string[],
  field: string,
): Promise<void> {
  if (ids.length === 0) return
  const rows = await db.selectFrom(table).select('id').where('campaign_id', '=', campaign_id).where('id', 'in', ids).execute()
  const known = new Set(rows.map((row) => row.id))
  const unknown = ids.filter((id) => !known.has(id.toLowerCase()))
  if (unknown.length === 0) return
  const noun = { items: 'item', levels: 'pledge level', addons: 'add-on' }[table]
  const message = `There is no such ${noun} in this campaign.`
  throw invalid(
    message,
    unknown.map((id) => ({ field: `${field}.${id}`, code: 'unknown', message })),
    'unknown',
  )
}

/** Whether two lists of contents hold the same. */
export function sameContents(a: ContentsInput, b: ContentsInput): boolean {
  const text = (rows: ContentsInput) =>
    rows
      .map((row) => `${row.item_id.toLowerCase()} ${row.quantity}`)
      .sort()
      .join()
  return text(a) === text(b)
}

/** "1 order", "1,204 orders". */
export function countText(n: number, one: string, many = `${one}s`): string {
  return `${new Intl.NumberFormat('en').format(n)} ${n === 1 ? one : many}`
}

/** A refusal because something is used; `details.count` says how often. */
export function inUse(code: string, message: string, count: number): DomainError {
  return new DomainError(code, message, { details: { count } })
}

/** Runs a delete; what came to use the row meanwhile is a refusal, not a fault. */
export async function deleteUnused(run: () => Promise<unknown>, refusal: DomainError): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (sqlState(error) === '23503') throw refusal
    throw error
  }
}
