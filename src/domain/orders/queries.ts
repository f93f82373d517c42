import { sql } from 'kysely'
import type { Row } from '../../db/types.ts'
import { type BackerFilter, filterCondition, orderConditions } from '../backers/filter.ts'
import { notFound } from '../shared/errors.ts'
import { cutPage, type Page, type PageInput, pageSize, readCursor, writeCursor } from '../shared/page.ts'
import type { Db } from '../shared/tx.ts'
import {
  BACKER_MAY_CHANGE,
  type ChangeKind,
  mayTry,
  refusalOfChange,
  STAFF_TRANSITIONS,
  type StaffTransition,
  TRANSITIONS,
} from './lifecycle.ts'
import { type OrderSort, sortParts } from './list-sorts.ts'
import { previewMove } from './move-orders.ts'
import { explainBalance, type LedgerTerm, type OrderMoney } from './order-money.ts'
import { readOrders, type ShownOrder } from './order-rows.ts'
import type { Quote } from './price-order.ts'

export interface OrderListInput extends PageInput {
  now: Date
  filter?: BackerFilter
  sort?: OrderSort
}

/** One page of a campaign's orders. Guarantees: no order is skipped or shown twice, however many have the same value. */
export async function listOrders(db: Db, campaign_id: string, input: OrderListInput): Promise<Page<ShownOrder>> {
  const sort = input.sort ?? 'number'
  const size = pageSize(input)
  const parts = sortParts(sort)
  const place = readCursor(input.cursor, sort, 2)
  const after = place ? parts.after(place[0] ?? '', place[1] ?? '') : sql<boolean>`true`
  const rows = await readOrders(db, {
    campaign_id,
    now: input.now,
    where: orderConditions(input.filter ?? {}).map((each) => sql<boolean>`${each} and ${after}`),
    sort_value: parts.value,
    order: parts.order,
    limit: size + 1,
  })
  const page = cutPage(rows, size, (row) => writeCursor(sort, [row.sort_value, row.number]))
  return { ...page, data: page.data.map(({ sort_value, ...order }) => order) }
}

export interface OrderCounts {
  orders: number
  /** sum of what is owed, credit and canceled orders left aside; minor units */
  owed: number
  /** sum of what is in backers' favour: negative */
  credit: number
  captured: number
  refunded: number
}

/** How many orders a filter matches, and their sums. Every order has a backer: left-joined, the planner drops whom nothing asks for. */
export async function countOrders(db: Db, campaign_id: string, filter: BackerFilter = {}): Promise<OrderCounts> {
  const { rows } = await sql<OrderCounts>`select count(*)::int as orders,
      coalesce(sum(o.balance_due) filter (where o.balance_due > 0 and o.status <> 'canceled'), 0)::bigint as owed,
      coalesce(sum(o.balance_due) filter (where o.balance_due < 0 and o.status <> 'canceled'), 0)::bigint as credit,
      coalesce(sum(o.captured), 0)::bigint as captured, coalesce(sum(o.refunded), 0)::bigint as refunded
    from orders o left join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    where o.campaign_id = ${campaign_id} and ${filterCondition(filter)}`.execute(db)
  return rows[0] ?? { orders: 0, owed: 0, credit: 0, captured: 0, refunded: 0 }
}

/** What staff could do with an order now; `code` says why not. */
export interface AvailableTransition {
  name: StaffTransition
  verb: string
  to: string
  possible: boolean
  code: string | null
}

export interface WholeOrder extends ShownOrder {
  money: OrderMoney
  answers: { question_id: string; prompt: string; answer: string }[]
  /** an edit that is not confirmed; overtaken: a lock came first, it is not taken over */
  draft: { state: Row<'drafts'>['state']; updated_at: Date } | null
  /** what its backer may change in this status; `code` is the refusal */
  may_change: Record<ChangeKind, { allowed: boolean; code: string | null }>
  transitions: AvailableTransition[]
}

export interface OrderScope {
  campaign_id: string
  /** a backer sees their own order only */
  backer_id?: string
}

/** One order whole: lines, the money that explains its balance, answers, and what may be done with it now. 404 outside the scope. */
export async function findOrder(db: Db, scope: OrderScope, id: string, now: Date): Promise<WholeOrder> {
  const { campaign_id } = scope
  const own = scope.backer_id ? sql`o.backer_id = ${scope.backer_id}` : sql`true`
  const [found] = await readOrders(db, { campaign_id, now, where: [sql`o.id = ${id} and ${own}`], limit: 1 })
  if (!found) throw notFound('order')
  const { sort_value, ...order } = found
  const { quote, answers } = await db
    .selectFrom('orders')
    .select(['quote', 'answers'])
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const draft = await db
    .selectFrom('drafts')
    .select(['state', 'updated_at'])
    .where('campaign_id', '=', campaign_id)
    .where('backer_id', '=', order.backer.id)
    .executeTakeFirst()
  return {
    ...order,
    money: explainBalance({ ...order, quote: quote as Quote }, await ledgerTerms(db, campaign_id, id)),
    answers: await answersInWords(db, campaign_id, answers),
    draft: draft ?? null,
    may_change: mayChange(order.status),
    transitions: await availableTransitions(db, campaign_id, order, now),
  }
}

async function ledgerTerms(db: Db, campaign_id: string, order_id: string): Promise<LedgerTerm[]> {
  return await db
    .selectFrom('ledger_entries')
    .select(['account', 'reason', (eb) => eb.fn.sum<number>('amount').as('amount')])
    .where('campaign_id', '=', campaign_id)
    .where('order_id', '=', order_id)
    .groupBy(['account', 'reason'])
    .orderBy((eb) => eb.fn.min('at'))
    .execute()
}

async function answersInWords(db: Db, campaign_id: string, answers: Record<string, string>): Promise<WholeOrder['answers']> {
  if (Object.keys(answers).length === 0) return []
  const questions = await db
    .selectFrom('questions')
    .select(['id', 'prompt'])
    .where('campaign_id', '=', campaign_id)
    .orderBy('position')
    .execute()
  return questions.flatMap(({ id, prompt }) => (answers[id] ? [{ question_id: id, prompt, answer: answers[id] }] : []))
}

function mayChange(status: ShownOrder['status']): WholeOrder['may_change'] {
  const of = (kind: ChangeKind) => ({ allowed: BACKER_MAY_CHANGE[status][kind], code: refusalOfChange(status, kind) })
  return { choices: of('choices'), address: of('address'), payment_method: of('payment_method') }
}

/** The state of every button, asked of the statement that would move the order. */
async function availableTransitions(
  db: Db,
  campaign_id: string,
  order: Pick<ShownOrder, 'id' | 'status'>,
  now: Date,
): Promise<AvailableTransition[]> {
  const transitions: AvailableTransition[] = []
  for (const name of STAFF_TRANSITIONS) {
    const { verb, to } = TRANSITIONS[name]
    const left = mayTry(name, order.status, 'staff')
      ? (await previewMove(db, { now, actor: 'staff' }, { campaign_id, name, selection: { ids: [order.id] } })).left[0]
      : { code: 'wrong_status' }
    transitions.push({ name, verb, to, possible: left === undefined, code: left?.code ?? null })
  }
  return transitions
}
