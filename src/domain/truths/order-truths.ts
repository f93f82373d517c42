import { sql } from 'kysely'
import { searchedWrongly } from '../backers/search.ts'
import type { Truth } from './truth.ts'

/** Orders, their events, their stock, their parcels, and the backers behind them. */
export const ORDER_TRUTHS: readonly Truth[] = [
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
]
