import type { Row } from '../../db/types.ts'
import type { Actor } from '../shared/actor.ts'
import type { BackerKey } from '../shared/keys.ts'
import { type Db, inTransaction, sqlState } from '../shared/tx.ts'
import { type CardParts, CHECKS_AFTER_MS } from './card-sessions.ts'
import { findAccountInUse } from './charging.ts'
import type { Answered, CardSessionReading } from './gateway.ts'
import { type SavedCard, saveCard } from './save-card.ts'

type Session = Row<'card_sessions'>

/** What reading a backer's card pages back brought. */
export interface CardNews {
  /** a card is kept now that was not before, or was kept by whoever read it first */
  saved: boolean
  /** the charge that began with it */
  charge: SavedCard['charge']
  /** why a card was not kept, or is not charged now */
  refusal: string | null
  /** a page has no card yet, as far as the gateway says */
  is_open: boolean
  /** the gateway did not answer, or the order was held by somebody: the worker looks again */
  is_unknown: boolean
}

export interface ReadCardSessions extends BackerKey {
  /** the session of the return address; one that is not this backer's is ignored, and the gateway is not asked */
  gateway_id?: string
  /** how long the gateway may take, in milliseconds; left out: as long as its calls may */
  patience_ms?: number
}

/** As many pages of one backer are read back while somebody waits; the worker takes all. */
const PAGES_AT_ONCE = 20

const NOTHING: CardNews = { saved: false, charge: null, refusal: null, is_open: false, is_unknown: false }

/**
 * Reads every open card page of a backer back from the gateway, in the order they were opened, and keeps what they brought: a process.
 * Guarantees: a card counts only as the gateway tells it (complete, this backer's customer and metadata); done twice, or by several at
 * once, it is done once; an outage changes nothing. Never throws for the gateway's sake.
 */
export async function completeCardSessions(app: CardParts, input: ReadCardSessions): Promise<CardNews> {
  // First the open ones: one that another reader settles meanwhile is found with its card by its name.
  const sessions = await findOpenSessions(app.db, input)
  const named = input.gateway_id === undefined ? null : await findNamed(app.db, input)
  if (named === undefined) return NOTHING
  const readings = await Promise.all(sessions.map((session) => read(app, session, input.patience_ms)))
  const news = named?.payment_method_id ? { ...NOTHING, saved: true } : { ...NOTHING }
  for (const [index, session] of sessions.entries()) {
    const reading = readings[index]
    if (reading) Object.assign(news, await settle(app, session, reading, news))
  }
  return news
}

/** The stored session of the return address; undefined where this backer has none of that id. */
async function findNamed(db: Db, { campaign_id, backer_id, gateway_id }: ReadCardSessions): Promise<Session | undefined> {
  return await db
    .selectFrom('card_sessions')
    .selectAll()
    .where('campaign_id', '=', campaign_id)
    .where('backer_id', '=', backer_id)
    .where('gateway_id', '=', gateway_id ?? '')
    .executeTakeFirst()
}

/** The backer who opened a page of the gateway's; null where nobody here did. */
export async function findBackerOfSession(db: Db, gateway_id: string): Promise<BackerKey | null> {
  const session = await db
    .selectFrom('card_sessions')
    .select(['campaign_id', 'backer_id'])
    .where('gateway_id', '=', gateway_id)
    .executeTakeFirst()
  return session ?? null
}

/** The newest open ones, oldest of them first: of two cards the one whose page was opened last stays. */
async function findOpenSessions(db: Db, { campaign_id, backer_id, patience_ms }: ReadCardSessions): Promise<Session[]> {
  const account = await findAccountInUse(db)
  if (!account) return []
  const newest = await db
    .selectFrom('card_sessions')
    .selectAll()
    .where('campaign_id', '=', campaign_id)
    .where('backer_id', '=', backer_id)
    .where('state', '=', 'open')
    .where('gateway_account', '=', account)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(patience_ms === undefined ? 10 * PAGES_AT_ONCE : PAGES_AT_ONCE)
    .execute()
  return newest.reverse()
}

/** Whether a backer has a card page that nobody has read back to its end. */
export async function hasOpenCardSession(db: Db, { campaign_id, backer_id }: BackerKey): Promise<boolean> {
  const open = await db
    .selectFrom('card_sessions')
    .select('id')
    .where('campaign_id', '=', campaign_id)
    .where('backer_id', '=', backer_id)
    .where('state', '=', 'open')
    .limit(1)
    .executeTakeFirst()
  return open !== undefined
}

async function read(app: CardParts, { gateway_id }: Session, patience_ms?: number): Promise<Answered<CardSessionReading>> {
  const asked = app.gateway.readCardSession(gateway_id ?? '')
  if (patience_ms === undefined) return await asked
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<Answered<CardSessionReading>>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, failure: { kind: 'outage', code: 'timeout' } }), patience_ms)
  })
  try {
    return await Promise.race([asked, limit])
  } finally {
    clearTimeout(timer)
  }
}

async function settle(
  app: CardParts,
  session: Session,
  reading: Answered<CardSessionReading>,
  news: CardNews,
): Promise<Partial<CardNews>> {
  if (!reading.ok) {
    if (reading.failure.code !== 'resource_missing') return { is_unknown: true }
    await expire(app, session)
    return {}
  }
  if (reading.value.state === 'open') return { is_open: true }
  if (reading.value.state === 'expired') {
    await expire(app, session)
    return {}
  }
  const saved = await keep(app, session, reading.value)
  if (saved === 'held') return { is_unknown: true }
  // Whoever else read it meanwhile has kept it.
  if (saved === null) return { saved: true }
  const { payment_method_id, charge, refusal } = saved
  return { saved: news.saved || payment_method_id !== null, charge: charge ?? news.charge, refusal }
}

/** `held`: a step over many orders holds this one longer than one waits; the session stays open. */
async function keep(
  app: CardParts,
  session: Session,
  { customer, metadata, card }: Extract<CardSessionReading, { state: 'complete' }>,
): Promise<SavedCard | null | 'held'> {
  const { campaign_id, backer_id, id } = session
  const actor: Actor = { kind: 'backer', id: backer_id, campaign_id }
  try {
    return await inTransaction(app, (tx) =>
      saveCard(tx, actor, { campaign_id, backer_id, session_id: id, customer, metadata, card }),
    )
  } catch (error) {
    if (sqlState(error) === '55P03') return 'held'
    throw error
  }
}

/** Nothing will come of it any more. */
async function expire(app: CardParts, { campaign_id, id }: Pick<Session, 'campaign_id' | 'id'>): Promise<void> {
  await app.db
    .updateTable('card_sessions')
    .set({ state: 'expired', check_at: null, updated_at: app.clock.now() })
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', id)
    .where('state', '=', 'open')
    .execute()
}

const DUE_AT_ONCE = 100

/** The card pages that the worker has to look at by now. */
export async function findDueCardSessions(db: Db, now: Date): Promise<Session[]> {
  return await db
    .selectFrom('card_sessions')
    .selectAll()
    .where('state', '=', 'open')
    .where('check_at', '<=', now)
    .orderBy('check_at')
    .limit(DUE_AT_ONCE)
    .execute()
}

/** Where the gateway did not answer, or somebody held the order. */
const AGAIN_AFTER_MS = 10 * 60_000

/**
 * Notes that the worker has looked at a page and when it looks next; after the last time the page is closed. A look that brought no answer
 * does not count, unless the gateway account is another one by now: that page is nobody's any more. What was settled meanwhile stays.
 */
export async function noteChecked(app: CardParts, session: Session, looked: { is_unknown: boolean }): Promise<void> {
  const now = app.clock.now()
  const { campaign_id, id } = session
  if (session.gateway_account !== (await findAccountInUse(app.db))) return await expire(app, session)
  const checks = looked.is_unknown ? session.checks : session.checks + 1
  const after = CHECKS_AFTER_MS.slice(checks).find((ms) => session.created_at.getTime() + ms > now.getTime())
  if (!looked.is_unknown && after === undefined) return await expire(app, session)
  const check_at = new Date(looked.is_unknown ? now.getTime() + AGAIN_AFTER_MS : session.created_at.getTime() + (after ?? 0))
  await app.db
    .updateTable('card_sessions')
    .set({ checks, check_at, updated_at: now })
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', id)
    .where('state', '=', 'open')
    .execute()
}
