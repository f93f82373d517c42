import { findMissingPrices } from '../catalog/pledge-prices.ts'
import type { Campaign } from '../shared/policy.ts'
import type { Db } from '../shared/tx.ts'
import { countLifecycle, type LifecycleCounts } from './counts.ts'
import { previewMove } from './move-orders.ts'

export const NEXT_ACTIONS = [
  'import_report',
  'save_prices',
  'send_surveys',
  'nothing_owed',
  'lock',
  'ask_payment_method',
  'remind',
  'look_at_holds',
] as const
export type NextActionCode = (typeof NEXT_ACTIONS)[number]

/** Something that could sensibly be done now; sentences in lib/action-text.ts. */
export interface NextAction {
  code: NextActionCode
  /** how many orders or backers it is about; 0 where it is about the campaign */
  count: number
  /** of the same orders: how many cannot be taken along, by reason */
  left: { code: string; count: number }[]
}

export interface ActionFacts {
  counts: LifecycleCounts
  prices_saved: boolean
  /** locked or errored orders that owe nothing */
  owe_nothing: number
}

/** What could sensibly be done now, the most sensible first: a rule. Empty when there is nothing but to wait. */
export function nextActions({ counts, prices_saved, owe_nothing }: ActionFacts): NextAction[] {
  const { surveys, orders, lock } = counts
  const backers = Object.values(surveys).reduce((sum, count) => sum + count, 0)
  const actions: NextAction[] = []
  const add = (code: NextActionCode, count: number, left: NextAction['left'] = []) => actions.push({ code, count, left })
  if (backers === 0) {
    add('import_report', 0)
    return actions
  }
  if (!prices_saved) add('save_prices', 0)
  else if (surveys.not_sent > 0) add('send_surveys', surveys.not_sent)
  if (owe_nothing > 0) add('nothing_owed', owe_nothing)
  const left = lock.left.map(({ code, count }) => ({ code, count }))
  if (lock.can > 0) add('lock', lock.can, left)
  if (lock.payment_method_missing > 0) add('ask_payment_method', lock.payment_method_missing)
  const unanswered = surveys.sent + surveys.started
  if (unanswered > 0) add('remind', unanswered)
  const held = Object.entries(orders).reduce((sum, [status, { on_hold }]) => (status === 'canceled' ? sum : sum + on_hold), 0)
  if (held > 0) add('look_at_holds', held)
  return actions
}

/** The same for a campaign, from its rows. The caller has checked whose campaign it is. */
export async function findNextActions(
  db: Db,
  campaign: Pick<Campaign, 'id' | 'prices_saved_at'>,
  now: Date,
  known?: LifecycleCounts,
): Promise<NextAction[]> {
  const counts = known ?? (await countLifecycle(db, campaign.id, now))
  const { moved } = await previewMove(
    db,
    { now, actor: 'staff' },
    { campaign_id: campaign.id, name: 'nothing_owed', selection: { filter: {} } },
  )
  const prices_saved = campaign.prices_saved_at !== null && (await findMissingPrices(db, campaign.id)).length === 0
  return nextActions({ counts, prices_saved, owe_nothing: moved })
}
