import { type RawBuilder, sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import type { LeftOut } from '../operations/result.ts'
import type { Db } from '../shared/tx.ts'
import {
  COUNTED_STATUSES,
  type CountedStatus,
  ORDER_STATUSES,
  type OrderStatus,
  SURVEY_STATES,
  type SurveyState,
} from './lifecycle.ts'
import { previewMove } from './move-orders.ts'

export interface SkuCount {
  item_id: string
  item_name: string
  kind: Row<'items'>['kind']
  /** null: pieces of this item of which nobody knows yet which SKU it will be ("not chosen yet") */
  sku_id: string | null
  code: string | null
  option_name: string
  weight_g: number | null
  /** pieces in orders, by status */
  by_status: Record<CountedStatus, number>
  /** their sum: what the export of order lines sums to */
  ordered: number
  /** pieces in pledges whose survey is not answered: what the level holds and the add-ons bought on the platform */
  not_answered: number
  /** the same of pledges that wait for the platform's money */
  waiting: number
}

interface CountRow extends Omit<SkuCount, 'by_status' | 'ordered'> {
  counts: Partial<Record<CountedStatus, number>>
}

/**
 * Needed quantity of every SKU, in the creator's order. Guarantees: `ordered` and `by_status` are the sums of the order lines that
 * export-lines.ts writes; one statement, so one moment. The caller names a campaign it may see.
 */
export async function countSkus(db: Db, campaign_id: string): Promise<SkuCount[]> {
  const { rows } = await sql<CountRow>`with
    lines as materialized (${sumOfLines(campaign_id)}),
    pledges as (${sumOfPledges(campaign_id)}),
    places as (
      select i.id as item_id, i.name as item_name, i.kind, i.position, s.id as sku_id, s.code, s.option_name, s.weight_g,
        s.position as sku_position, count(*) over (partition by i.id) as skus
      from items i join skus s on s.campaign_id = i.campaign_id and s.item_id = i.id
      where i.campaign_id = ${campaign_id}
    ),
    told as (
      select p.item_id, p.item_name, p.kind, p.position, p.sku_id, p.code, p.option_name, p.weight_g, p.sku_position,
        coalesce((select jsonb_object_agg(l.status, l.quantity) from lines l where l.sku_id = p.sku_id), '{}') as counts,
        case when p.skus = 1 then (select x.not_answered from pledges x where x.item_id = p.item_id) end as not_answered,
        case when p.skus = 1 then (select x.waiting from pledges x where x.item_id = p.item_id) end as waiting
      from places p
      union all
      select distinct p.item_id, p.item_name, p.kind, p.position, null::uuid, null, '', null::integer, 100000, '{}'::jsonb,
        x.not_answered, x.waiting
      from places p join pledges x on x.item_id = p.item_id where p.skus > 1
    )
    select item_id, item_name, kind, sku_id, code, option_name, weight_g, counts,
      coalesce(not_answered, 0)::int as not_answered, coalesce(waiting, 0)::int as waiting
    from told order by position, item_id, sku_position, sku_id`.execute(db)
  return rows.map(({ counts, ...row }) => {
    const by_status = Object.fromEntries(COUNTED_STATUSES.map((status) => [status, counts[status] ?? 0]))
    const ordered = Object.values(by_status).reduce((sum, quantity) => sum + quantity, 0)
    return { ...row, by_status: by_status as SkuCount['by_status'], ordered }
  })
}

function sumOfLines(campaign_id: string): RawBuilder<unknown> {
  return sql`select l.sku_id, o.status, sum(l.quantity)::int as quantity
    from order_lines l join orders o on o.campaign_id = l.campaign_id and o.id = l.order_id
    where l.campaign_id = ${campaign_id} and o.status <> 'canceled' group by 1, 2`
}

/** By item, since a pledge does not say which SKU: pieces of pledges that have no order. Backers are summed up before anything is joined. */
function sumOfPledges(campaign_id: string): RawBuilder<unknown> {
  const unanswered = sql`b.campaign_id = ${campaign_id} and b.survey in ('not_sent', 'sent', 'started', 'waiting')`
  return sql`with
    levels_of as materialized (
      select b.level_id, b.survey = 'waiting' as waits, count(*) as pieces from backers b where ${unanswered} group by 1, 2),
    addons_of as materialized (
      select p.addon_id, b.survey = 'waiting' as waits, sum(p.quantity) as pieces
      from pledged_addons p join backers b on b.campaign_id = p.campaign_id and b.id = p.backer_id
      where p.campaign_id = ${campaign_id} and ${unanswered} group by 1, 2)
    select c.item_id, sum(c.pieces) filter (where not c.waits) as not_answered, sum(c.pieces) filter (where c.waits) as waiting
    from (
      select li.item_id, x.waits, x.pieces * li.quantity as pieces
      from levels_of x join level_items li on li.campaign_id = ${campaign_id} and li.level_id = x.level_id
      union all
      select ai.item_id, x.waits, x.pieces * ai.quantity
      from addons_of x join addon_items ai on ai.campaign_id = ${campaign_id} and ai.addon_id = x.addon_id
    ) c group by 1`
}

/** Where everybody is, counted. */
export interface StageCounts {
  /** backers by survey state */
  surveys: Record<SurveyState, number>
  /** orders by status, with the sum of what is owed and of what is credit (negative) */
  orders: Record<OrderStatus, { count: number; owed: number; credit: number; on_hold: number }>
}

export interface LifecycleCounts extends StageCounts {
  /** what "lock all open orders" would do now */
  lock: { can: number; left: LeftOut[]; payment_method_missing: number; on_hold: number }
}

/** The lifecycle in numbers: every stage, what is owed in it, and how many open orders can be locked. */
export async function countLifecycle(db: Db, campaign_id: string, now: Date): Promise<LifecycleCounts> {
  const [stages, { moved, left }] = await Promise.all([
    countStages(db, campaign_id),
    previewMove(db, { now, actor: 'staff' }, { campaign_id, name: 'lock', selection: { filter: {} } }),
  ])
  const leftFor = (code: string) => left.find((each) => each.code === code)?.count ?? 0
  return {
    ...stages,
    lock: { can: moved, left, payment_method_missing: leftFor('payment_method_missing'), on_hold: leftFor('on_hold') },
  }
}

/** The stages alone: read from indexes, so that every page may ask. */
export async function countStages(db: Db, campaign_id: string): Promise<StageCounts> {
  const surveys = await sql<{ survey: SurveyState; count: number }>`select survey, count(*)::int as count from backers
    where campaign_id = ${campaign_id} group by 1`.execute(db)
  const orders = await sql<{ status: OrderStatus } & StageCounts['orders'][OrderStatus]>`select status, count(*)::int as count,
      coalesce(sum(balance_due) filter (where balance_due > 0), 0)::bigint as owed,
      coalesce(sum(balance_due) filter (where balance_due < 0), 0)::bigint as credit,
      count(*) filter (where held_at is not null)::int as on_hold
    from orders where campaign_id = ${campaign_id} group by 1`.execute(db)
  const none = { count: 0, owed: 0, credit: 0, on_hold: 0 }
  const ofStatus = (status: OrderStatus) => {
    const { count, owed, credit, on_hold } = orders.rows.find((row) => row.status === status) ?? none
    return [status, { count, owed, credit, on_hold }]
  }
  return {
    surveys: Object.fromEntries(
      SURVEY_STATES.map((state) => [state, surveys.rows.find((row) => row.survey === state)?.count ?? 0]),
    ) as StageCounts['surveys'],
    orders: Object.fromEntries(ORDER_STATUSES.map(ofStatus)) as StageCounts['orders'],
  }
}
