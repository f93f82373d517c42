import { type RawBuilder, sql } from 'kysely'
import { searchedWrongly } from './backers/search.ts'
import { notOver } from './payments/attempts.ts'
import type { Db } from './shared/tx.ts'

export interface Violation {
  rule: string
  campaign_id: string
  /** order, add-on or backer it was found on */
  id: string
  found: string
}

interface Truth {
  rule: string
  /** rows that break it: campaign_id, id, found */
  broken: RawBuilder<{ campaign_id: string; id: string; found: string }>
}

/**
 * The truths over all rows that no command may break (lifecycle.md): event chains end in the row's status and version, copies equal sums,
 * ledger transactions sum to zero, paid orders owe nothing, stock is what orders hold.
 */
const truthsAt = (now: Date): Truth[] => [
  {
    rule: 'a ledger transaction sums to zero',
    broken: sql`select campaign_id, order_id as id, 'version ' || order_version || ': ' || sum(amount) as found
      from ledger_entries group by campaign_id, order_id, order_version having sum(amount) <> 0`,
  },
  {
    rule: 'balance_due is the sum of what the ledger says is owed',
    broken: sql`select o.campaign_id, o.id, o.balance_due || ' on the order, ' || coalesce(l.owed, 0) || ' in the ledger' as found
      from orders o left join (select campaign_id, order_id, sum(amount) as owed from ledger_entries where account = 'owed' group by 1, 2) l
        on l.campaign_id = o.campaign_id and l.order_id = o.id
      where o.balance_due <> coalesce(l.owed, 0)`,
  },
  {
    rule: 'the ledger says what the quote says',
    broken: sql`select o.campaign_id, o.id, o.quote->>'total' || ' quoted, ' || coalesce(l.quoted, 0) || ' in the ledger' as found
      from orders o left join (select campaign_id, order_id, -sum(amount) as quoted from ledger_entries
          where account in ('goods', 'shipping', 'tax', 'surcharge', 'pledged') group by 1, 2) l
        on l.campaign_id = o.campaign_id and l.order_id = o.id
      where (o.quote->>'total')::bigint <> coalesce(l.quoted, 0)`,
  },
  {
    rule: 'captured less refunded is what the ledger has on card',
    broken: sql`select o.campaign_id, o.id, (o.captured - o.refunded) || ' on the order, ' || coalesce(l.card, 0) || ' in the ledger' as found
      from orders o left join (select campaign_id, order_id, sum(amount) as card from ledger_entries where account = 'card' group by 1, 2) l
        on l.campaign_id = o.campaign_id and l.order_id = o.id
      where o.captured - o.refunded <> coalesce(l.card, 0)`,
  },
  {
    rule: 'a backer is found by what stands in their rows',
    broken: searchedWrongly,
  },
  {
    rule: 'the country of a backer is that of the order, else of the pledge',
    broken: sql`select b.campaign_id, b.id, coalesce(b.country, 'none') || ' on the backer' as found
      from backers b left join orders o on o.campaign_id = b.campaign_id and o.backer_id = b.id
      where b.country is distinct from coalesce(o.country, nullif(b.pledge_country, ''))`,
  },
  {
    rule: 'a paid order owes nothing',
    broken: sql`select campaign_id, id, 'owes ' || balance_due as found from orders
      where status in ('paid', 'ready_to_ship', 'shipped') and balance_due > 0`,
  },
  {
    rule: 'each version of an order has exactly one event',
    broken: sql`select o.campaign_id, o.id, o.version || ' versions, ' || coalesce(e.events, 0) || ' events' as found
      from orders o left join (select campaign_id, order_id, count(*) as events, max(order_version) as last from events
          where order_version is not null group by 1, 2) e on e.campaign_id = o.campaign_id and e.order_id = o.id
      where coalesce(e.events, 0) <> o.version or coalesce(e.last, 0) <> o.version`,
  },
  {
    rule: 'the chain of events ends in the status of the order',
    broken: sql`select o.campaign_id, o.id, o.status || ' on the order, ' || coalesce(e.to_status, 'none') || ' in its last event' as found
      from orders o left join events e on e.campaign_id = o.campaign_id and e.order_id = o.id and e.order_version = o.version
      where e.to_status is distinct from o.status`,
  },
  {
    rule: 'each event starts where the one before ended',
    broken: sql`select campaign_id, id, found from (
        select campaign_id, order_id as id, order_version,
          coalesce(from_status, 'none') || ' after ' || coalesce(lag(to_status) over chain, 'none') as found,
          order_version > 1 and from_status is distinct from lag(to_status) over chain as broken
        from events where order_version is not null
        window chain as (partition by campaign_id, order_id order by order_version)) chained
      where broken`,
  },
  {
    rule: 'the price of the lines is what the order is charged for goods',
    broken: sql`select o.campaign_id, o.id, sum(l.price) || ' on the lines, ' || (o.quote->>'goods') || ' quoted' as found
      from orders o join order_lines l on l.campaign_id = o.campaign_id and l.order_id = o.id
      group by o.campaign_id, o.id, o.quote having sum(l.price) > (o.quote->>'goods')::bigint`,
  },
  {
    rule: 'stock held by an add-on is what its orders hold, and no more than there is',
    broken: sql`select a.campaign_id, a.id, a.held || ' held, ' || coalesce(h.held, 0) || ' in orders, stock ' || coalesce(a.stock::text, 'unlimited') as found
      from addons a left join (select campaign_id, addon_id, sum(stock_held) as held from order_addons group by 1, 2) h
        on h.campaign_id = a.campaign_id and h.addon_id = a.id
      where a.held <> coalesce(h.held, 0) or a.held > a.stock`,
  },
  {
    rule: 'a backer has an order exactly when their survey is completed',
    broken: sql`select b.campaign_id, b.id, b.survey || case when o.id is null then ' without an order' else ' with an order' end as found
      from backers b left join orders o on o.campaign_id = b.campaign_id and o.backer_id = b.id
      where (b.survey = 'completed') <> (o.id is not null)`,
  },
  {
    rule: 'what ships of a shipped order is in shipments that left, once',
    broken: sql`select o.campaign_id, o.id, 'line ' || l.position || ': ' || l.quantity || ' ordered, ' || coalesce(sum(sl.quantity), 0) || ' left' as found
      from orders o
      join order_lines l on l.campaign_id = o.campaign_id and l.order_id = o.id
      join skus s on s.campaign_id = l.campaign_id and s.id = l.sku_id
      join items i on i.campaign_id = s.campaign_id and i.id = s.item_id and i.kind = 'physical'
      left join (select sl.* from shipment_lines sl join shipments p on p.campaign_id = sl.campaign_id and p.id = sl.shipment_id
          where p.state = 'left') sl on sl.campaign_id = o.campaign_id and sl.order_id = o.id and sl.position = l.position
      where o.status = 'shipped'
      group by o.campaign_id, o.id, l.position, l.quantity having coalesce(sum(sl.quantity), 0) <> l.quantity`,
  },
  {
    rule: 'a shipment that left belongs to a shipped order',
    broken: sql`select s.campaign_id, s.order_id as id, 'the order is ' || o.status as found
      from shipments s join orders o on o.campaign_id = s.campaign_id and o.id = s.order_id
      where s.state = 'left' and o.status <> 'shipped'`,
  },
  {
    rule: 'a change request waits only for an order that can still be changed',
    broken: sql`select q.campaign_id, q.order_id as id, 'the order is ' || o.status as found
      from change_requests q join orders o on o.campaign_id = q.campaign_id and o.id = q.order_id
      where q.state = 'open' and o.status in ('shipped', 'canceled')`,
  },
  {
    rule: 'captured is what the successful attempts took',
    broken: sql`select o.campaign_id, o.id, o.captured || ' on the order, ' || coalesce(a.taken, 0) || ' by its attempts' as found
      from orders o left join (select campaign_id, order_id, sum(amount) as taken from payment_attempts where state = 'succeeded'
          group by 1, 2) a on a.campaign_id = o.campaign_id and a.order_id = o.id
      where o.captured <> coalesce(a.taken, 0)`,
  },
  {
    rule: 'an order that a run is charging has its attempt',
    broken: sql`select r.campaign_id, r.order_id as id, 'charging, its attempt is ' || coalesce(a.state, 'none') as found
      from charge_run_orders r left join payment_attempts a on a.campaign_id = r.campaign_id and a.id = r.attempt_id
      where r.state = 'charging' and (a.state is null or a.state not in ${notOver})`,
  },
  {
    rule: 'nothing stays in progress: no attempt is older than an hour, or an hour past what the bank asks',
    broken: sql`select campaign_id, order_id as id, 'attempt ' || number || ' is ' || state as found from payment_attempts
      where state in ${notOver} and coalesce(ask_until, created_at) < ${now}::timestamptz - interval '1 hour'`,
  },
]

/** Checks every truth over all campaigns; answers what breaks them, at most 100 for each rule. An empty list: the books balance. */
export async function verifyBooks(db: Db, now: Date): Promise<Violation[]> {
  const violations: Violation[] = []
  for (const { rule, broken } of truthsAt(now)) {
    const { rows } = await sql<Omit<Violation, 'rule'>>`select campaign_id, id, found from (${broken}) t limit 100`.execute(db)
    violations.push(...rows.map((row) => ({ rule, ...row })))
  }
  return violations
}
