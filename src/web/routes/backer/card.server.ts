import { setTimeout as wait } from 'node:timers/promises'
import { findAttemptUnderWay } from '../../../domain/payments/attempts.ts'
import { type CardNews, completeCardSessions } from '../../../domain/payments/read-card-sessions.ts'
import { paths } from '../../paths.ts'
import type { Pledge } from './pledge.server.ts'

/** What the last visit to the card page came to, as the next page tells it. */
export const CARD_WORDS = ['saved', 'canceled', 'pending', 'unknown', 'refused'] as const
export type CardWord = (typeof CARD_WORDS)[number]

export function cardWordOf(request: Request): CardWord | null {
  const asked = new URL(request.url).searchParams.get('card')
  return CARD_WORDS.find((each) => each === asked) ?? null
}

/** How long the way back waits for the gateway, and a page for the bank. */
const PATIENCE_MS = 10_000
const LOOK_AGAIN_MS = 250

/** What was entered on the hosted page, read back. An id that is none of this backer's changes nothing; then there is no word. */
export async function readReturn({ deps, key }: Pledge, gateway_id: string): Promise<CardWord | null> {
  const news = await completeCardSessions(deps, { ...key, gateway_id, patience_ms: PATIENCE_MS })
  return wordOf(news)
}

function wordOf({ saved, refusal, is_unknown, is_open }: CardNews): CardWord | null {
  if (saved) return 'saved'
  if (refusal) return 'refused'
  if (is_unknown) return 'unknown'
  return is_open ? 'pending' : null
}

/** The page that shows what came of it: the order, or the step of the survey that the card was asked in. */
export async function afterCard(pledge: Pledge, card: CardWord | null): Promise<string> {
  const { campaign_id, backer_id } = pledge.key
  const order = await findOrderOf(pledge)
  const purpose = await findPurpose(pledge)
  if (!order || (order.status === 'open' && purpose === 'survey')) {
    return paths.pledge_step(campaign_id, backer_id, 'payment', { card })
  }
  if (order.status !== 'errored') return paths.pledge(campaign_id, backer_id, { card })
  return await afterCharge(pledge, order.id, { card })
}

/** Waits for the charge that is under way, and names the order's page that shows what came of it. */
export async function afterCharge(
  pledge: Pledge,
  order_id: string,
  words: { card?: CardWord | null; done?: 'not_charged' },
): Promise<string> {
  const { campaign_id, backer_id } = pledge.key
  await waitForCharge(pledge, order_id)
  const isPaid = (await findOrderOf(pledge))?.status === 'paid'
  return paths.pledge(campaign_id, backer_id, isPaid ? { done: 'charged' } : words)
}

async function findPurpose({ deps, key }: Pledge): Promise<'survey' | 'order' | null> {
  const session = await deps.db
    .selectFrom('card_sessions')
    .select('purpose')
    .where('campaign_id', '=', key.campaign_id)
    .where('backer_id', '=', key.backer_id)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return session?.purpose ?? null
}

export async function findOrderOf({ deps, key }: Pledge) {
  const order = await deps.db
    .selectFrom('orders')
    .select(['id', 'status'])
    .where('campaign_id', '=', key.campaign_id)
    .where('backer_id', '=', key.backer_id)
    .executeTakeFirst()
  return order ?? null
}

/**
 * Waits up to ten seconds for a charge that is under way, looking at its row; nothing is held meanwhile. What the page then shows is what is
 * so: paid, declined, or no answer yet.
 */
async function waitForCharge({ deps, key }: Pledge, order_id: string): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS && !deps.stopping.aborted; waited += LOOK_AGAIN_MS) {
    if (!(await findAttemptUnderWay(deps.db, { campaign_id: key.campaign_id, order_id }))) return
    await wait(LOOK_AGAIN_MS)
  }
}
