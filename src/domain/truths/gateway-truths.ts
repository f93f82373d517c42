import { sql } from 'kysely'
import { gaveNothing, underWay } from '../refunds/states.ts'
import type { Truth } from './truth.ts'

/** What was taken and given back at the gateway, here and elsewhere. */
export const gatewayTruths = (now: Date): readonly Truth[] => [
  {
    rule: 'what was taken is booked, and nothing else is',
    broken: sql`select campaign_id, order_id as id, 'attempt ' || number || ' is ' || state || case when is_booked then ', booked' else ', not booked' end
        as found
      from payment_attempts where (state = 'succeeded') <> is_booked`,
  },
  {
    rule: 'a payment of the gateway is booked once',
    broken: sql`select min(campaign_id::text)::uuid as campaign_id, min(order_id::text)::uuid as id, payment || ' on ' || count(*) || ' attempts' as found
      from payment_attempts where state = 'succeeded' and payment is not null
      group by gateway_account, payment having count(*) > 1`,
  },
  {
    rule: 'refunded is what the gateway gave back, here and elsewhere, and what disputes took',
    broken: sql`select o.campaign_id, o.id, o.refunded || ' on the order, ' || coalesce(r.given, 0) || ' in its refunds' as found
      from orders o left join (select campaign_id, order_id, sum(amount) as given from refunds where state in ('pending', 'succeeded')
          group by 1, 2) r on r.campaign_id = o.campaign_id and r.order_id = o.id
      where o.refunded <> coalesce(r.given, 0)`,
  },
  {
    rule: 'no payment is refunded above what it took',
    broken: sql`select a.campaign_id, a.order_id as id, a.amount || ' taken, ' || sum(r.amount) || ' refunded' as found
      from payment_attempts a join refunds r on r.campaign_id = a.campaign_id and r.attempt_id = a.id
      where r.state not in ${gaveNothing} and r.code is distinct from 'dispute_lost'
      group by a.campaign_id, a.id, a.order_id, a.amount, a.state
      having sum(r.amount) > case when a.state = 'succeeded' then a.amount else 0 end`,
  },
  {
    rule: 'a refund belongs to the order of its payment, in its currency, and one that left has its name at the gateway',
    broken: sql`select r.campaign_id, r.order_id as id, 'refund ' || r.number || ' is ' || r.state || ', of ' || coalesce(r.gateway_refund, 'none') as found
      from refunds r join payment_attempts a on a.campaign_id = r.campaign_id and a.id = r.attempt_id
      where a.order_id <> r.order_id or a.currency <> r.currency or a.payment is distinct from r.payment
        or (r.state in ('pending', 'succeeded') and r.gateway_refund is null)`,
  },
  {
    rule: 'what lies at the gateway is a refund on its way, or waits for a decision',
    broken: sql`select o.campaign_id, o.id, coalesce(l.lies, 0) || ' in the ledger, ' || coalesce(w.waits, 0) || ' on its way or undecided' as found
      from orders o
      left join (select campaign_id, order_id, sum(amount) as lies from ledger_entries where account = 'at_gateway' group by 1, 2) l
        on l.campaign_id = o.campaign_id and l.order_id = o.id
      left join (select campaign_id, order_id, sum(amount) as waits from (
            select campaign_id, order_id, -amount as amount from refunds where state in ${underWay}
            union all select campaign_id, order_id, case kind when 'refund_failed' then -amount else amount end from discrepancies
              where state = 'open' and kind in ('refunded_elsewhere', 'refund_failed', 'dispute_lost')) x group by 1, 2) w
        on w.campaign_id = o.campaign_id and w.order_id = o.id
      where coalesce(l.lies, 0) <> coalesce(w.waits, 0)`,
  },
  {
    rule: 'what follows a failed charge follows one of its own order',
    broken: sql`select f.campaign_id, f.order_id as id, 'follows attempt ' || coalesce(a.number::text, 'none') as found
      from payment_follow_ups f left join payment_attempts a on a.campaign_id = f.campaign_id and a.id = f.attempt_id
      where a.order_id is distinct from f.order_id`,
  },
  {
    rule: 'no refund hangs: none is on its way for more than an hour',
    broken: sql`select campaign_id, order_id as id, 'refund ' || number || ' is ' || state as found from refunds
      where state in ${underWay} and created_at < ${now}::timestamptz - interval '1 hour'`,
  },
  {
    rule: 'a detached card is not looked at again, and no order is charged on it',
    broken: sql`select m.campaign_id, m.id, 'detached, and ' || case when m.detach_at is not null then 'to be detached' else 'being charged' end as found
      from payment_methods m where m.state = 'detached' and (m.detach_at is not null or exists (select 1 from orders o
        join payment_attempts a on a.campaign_id = o.campaign_id and a.order_id = o.id
        where o.campaign_id = m.campaign_id and o.backer_id = m.backer_id and a.payment_method_id = m.id and a.state = 'created'))`,
  },
]
