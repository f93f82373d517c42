-- What makes lists and pictures of large campaigns fast.

-- Answers by day (figures), and the orders of one day: counted along this index without reading an order.
create index orders_answered on orders (campaign_id, created_at);

-- Search: all that a backer is found by, in one narrow row (domain/backers/search.ts writes and reads it). Without an index it is read
-- whole, in a tenth of a second for 220,000 backers; short fragments always are.
create table backer_search (
  campaign_id uuid not null,
  backer_id uuid not null,
  text text not null,                  -- name, mail, notes, platform's id, #numbers: folded, see `folded`
  primary key (campaign_id, backer_id),
  foreign key (campaign_id, backer_id) references backers (campaign_id, id)
);
insert into backer_search (campaign_id, backer_id, text)
  select b.campaign_id, b.id, lower(regexp_replace(normalize(concat_ws(' ', b.name, b.email, b.staff_note, b.report_note, b.platform_uid,
      '#' || b.platform_number, '#' || o.number, ''), nfkd), '[\u0300-\u036f]', '', 'g'))
  from backers b left join orders o on o.campaign_id = b.campaign_id and o.backer_id = b.id;

-- A mailing, or an answer, changes the backer's row and nothing of what is searched.
drop index if exists backers_search;
do $$
begin
  if exists (select 1 from pg_extension where extname = 'pg_trgm') then
    create index backer_search_text on backer_search using gin (text gin_trgm_ops);
    create index payment_methods_search on payment_methods using gin ((gateway_id || ' ' || gateway_customer) gin_trgm_ops);
    create index payment_attempts_search on payment_attempts using gin (payment gin_trgm_ops) where payment is not null;
  end if;
exception
  -- The extension is there, in a schema of its own that this role does not look into.
  when insufficient_privilege or undefined_object then null;
end
$$;

-- The list of backers, by number, of one country, level or survey state: an index is read in the order of the list.
alter table backers add column country text; -- copy: where it goes, that of the order, else of the pledge
update backers b set country = coalesce(
  (select o.country from orders o where o.campaign_id = b.campaign_id and o.backer_id = b.id), nullif(b.pledge_country, ''));
create index backers_country on backers (campaign_id, country, coalesce(platform_number, 9007199254740991), id);
drop index backers_level;
create index backers_level on backers (campaign_id, level_id, coalesce(platform_number, 9007199254740991), id);
drop index backers_survey;
create index backers_survey on backers (campaign_id, survey, coalesce(platform_number, 9007199254740991), id);

-- All that the counts of orders and their sums ask of a row, so that they read this index and not the wide rows.
drop index orders_status;
create index orders_status on orders (campaign_id, status, number)
  include (id, backer_id, balance_due, held_at, payment_method_id, captured, refunded);

-- The overview asks how many parcels left untold; nearly all were told.
create index shipments_untold on shipments (campaign_id) where state = 'left' and mailed_at is null;

-- What is owed by the ledger, order by order: asked of each order that is locked or charged.
create index ledger_entries_owed on ledger_entries (campaign_id, order_id) include (amount) where account = 'owed';

-- Both lists by name.
create index backers_name on backers (campaign_id, lower(name), id);

-- Charges: the unique key of the same columns is read backwards as well.
drop index payment_attempts_order;
-- With the amount: the figures of a run are counted along this index without reading a row. And its list, by order number.
drop index charge_run_orders_next;
create index charge_run_orders_next on charge_run_orders (campaign_id, run_id, state, code, number) include (amount);
create index charge_run_orders_number on charge_run_orders (campaign_id, run_id, number);

-- A run lists all orders of a campaign in one statement, out of the tables these keys name; rows of neither are ever deleted. Asked once more
-- for each row they took two thirds of that time.
alter table charge_run_orders drop constraint charge_run_orders_campaign_id_run_id_fkey;
alter table charge_run_orders drop constraint charge_run_orders_campaign_id_order_id_fkey;

-- Read once, when the address is saved: an export of 220,000 orders would spend half its time on it. Null also in older orders.
alter table orders add column phone text; -- the address's, as carriers take it (+351912345678); null where it cannot be read

-- The few that the overview warns of.
create index backers_mail on backers (campaign_id, email_state) where email_state <> 'ok';
create index backers_pledge on backers (campaign_id, pledge_status) where pledge_status <> 'collected';
