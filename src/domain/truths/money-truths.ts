import { sql } from 'kysely'
import { notOver } from '../payments/attempts.ts'
import type { Truth } from './truth.ts'

/** The ledger, and what was charged. */
export const moneyTruths = (now: Date): readonly Truth[] => [
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
    rule: 'a paid order owes nothing',
    broken: sql`select campaign_id, id, 'owes ' || balance_due as found from orders
      where status in ('paid', 'ready_to_ship', 'shipped') and balance_due > 0`,
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
