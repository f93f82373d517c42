-- Cards, charges, final addresses and parcels (part 2): from locked to shipped.

-- Cards -------------------------------------------------------------------------------------------------------------------

-- The customer a backer is at the gateway: one for each account that was ever in use.
create table gateway_customers (
  campaign_id uuid not null,
  backer_id uuid not null,
  gateway_account text not null,
  gateway_id text not null,
  created_at timestamptz not null,
  primary key (campaign_id, backer_id, gateway_account),
  foreign key (campaign_id, backer_id) references backers (campaign_id, id)
);

-- A visit to the gateway's hosted page. Written before the gateway is asked; the card counts once the session, read back, is complete.
create table card_sessions (
  campaign_id uuid not null,
  id uuid not null,
  backer_id uuid not null,
  gateway_account text not null,
  gateway_id text,                     -- null until the gateway answered
  state text not null check (state in ('created', 'open', 'complete', 'expired')),
  purpose text not null check (purpose in ('survey', 'order')),
  payment_method_id uuid,              -- what it brought
  check_at timestamptz,                -- when the worker looks at it next: after 10 minutes, 1 and 24 hours; null: no more
  checks integer not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (campaign_id, id),
  unique (campaign_id, gateway_id),
  foreign key (campaign_id, backer_id) references backers (campaign_id, id)
);
create index card_sessions_backer on card_sessions (campaign_id, backer_id, created_at desc);
create index card_sessions_due on card_sessions (check_at) where state = 'open' and check_at is not null;

alter table payment_methods add column gateway_customer text not null default ''; -- the customer it is saved with
alter table payment_methods alter column gateway_customer drop default;
alter table payment_methods add column country text;
alter table payment_methods add column fingerprint text; -- the same card has the same one, also when it is saved again
alter table payment_methods add column card_session_id uuid;
alter table payment_methods drop constraint payment_methods_state_check;
-- replaced: another card took its place; detached: gone at the gateway too
alter table payment_methods add constraint payment_methods_state_check check (state in ('usable', 'replaced', 'detached'));
create index payment_methods_backer on payment_methods (campaign_id, backer_id, created_at desc);

-- Charges -----------------------------------------------------------------------------------------------------------------

create table charge_runs (
  campaign_id uuid not null references campaigns (id),
  id uuid not null,                    -- also the id of its operation
  state text not null check (state in ('running', 'paused', 'stopped', 'done')),
  pause_code text,                     -- why it paused by itself: gateway_refused_keys; null: staff paused it
  selection jsonb not null,
  retry_errored boolean not null,      -- "try failed cards again"
  pace real not null,                  -- charges a second, halved when the gateway says it is too many
  actor_id text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  finished_at timestamptz,
  primary key (campaign_id, id)
);
create index charge_runs_newest on charge_runs (campaign_id, created_at desc);
create index charge_runs_under_way on charge_runs (state, created_at) where state = 'running';
-- One run at a time: two staff who press at once start one.
create unique index charge_runs_one_at_a_time on charge_runs (campaign_id) where state in ('running', 'paused');

-- The orders a run was started for, with what became of each.
create table charge_run_orders (
  campaign_id uuid not null,
  run_id uuid not null,
  order_id uuid not null,
  number bigint not null,              -- the order's: the run goes by it
  state text not null check (state in ('waiting', 'charging', 'succeeded', 'declined', 'refused', 'left_out', 'nothing_owed')),
  amount bigint not null,              -- what was due when the run began; minor units
  attempt_id uuid,
  code text,                           -- why it was left out, declined or refused; nothing_owed while it waits to be paid without the gateway
  primary key (campaign_id, run_id, order_id),
  foreign key (campaign_id, run_id) references charge_runs (campaign_id, id),
  foreign key (campaign_id, order_id) references orders (campaign_id, id)
);
-- With the code: those that wait and owe nothing are found apart from those that wait for a charge.
create index charge_run_orders_next on charge_run_orders (campaign_id, run_id, state, code, number);

alter table payment_attempts add column run_id uuid;           -- null: its backer asked for it
alter table payment_attempts add column request jsonb not null default '{}'; -- what the gateway is told, so that a repeat says the same (ChargeRequest)
alter table payment_attempts alter column request drop default;
alter table payment_attempts add column gateway_account text not null default '';
alter table payment_attempts alter column gateway_account drop default;
alter table payment_attempts add column card text not null default ''; -- the card by its fingerprint: the same one saved again is the same card
alter table payment_attempts alter column card drop default;
alter table payment_attempts add column payment text;          -- the gateway's PaymentIntent
alter table payment_attempts add column decline_class text check (decline_class in ('soft', 'needs_backer', 'hard'));
alter table payment_attempts add column sendings integer not null default 0;
alter table payment_attempts add column leased_until timestamptz; -- whose hands it is in, until then
alter table payment_attempts add column lease_id uuid;
alter table payment_attempts add column next_try_at timestamptz;  -- when the gateway is asked again about one that is unknown
alter table payment_attempts add column sent_at timestamptz;
alter table payment_attempts add column settled_at timestamptz;
create index payment_attempts_waiting on payment_attempts (campaign_id, next_try_at) where state in ('created', 'sent', 'unknown');
create index payment_attempts_method on payment_attempts (campaign_id, payment_method_id, created_at desc);
create index payment_attempts_order on payment_attempts (campaign_id, order_id, number desc);
create index payment_attempts_run on payment_attempts (campaign_id, run_id, id desc) where run_id is not null;

-- Mails that answer one backer (a failed charge, a receipt, a link) leave before those of a mailing to all.
alter table messages add column urgent boolean not null default false;
drop index messages_waiting;
create index messages_waiting on messages (campaign_id, urgent desc, due_at, id) where state in ('queued', 'sending');

-- Final addresses ---------------------------------------------------------------------------------------------------------

alter table notices drop constraint notices_kind_check;
alter table notices add constraint notices_kind_check check (kind in ('lock', 'finalize_address'));

-- What a backer asks for once the address is final.
create table change_requests (
  campaign_id uuid not null,
  id uuid not null,
  order_id uuid not null,
  backer_id uuid not null,
  state text not null check (state in ('open', 'approved', 'declined', 'withdrawn')),
  address jsonb not null,              -- the address asked for
  address_accepted boolean not null,   -- an unusual postcode or phone was said to be right
  agreed_balance bigint not null,      -- the balance due that the backer agreed to, should it be approved; minor units
  note text not null default '',
  answer text not null default '',     -- staff's words
  code text,                           -- why it was closed by itself: already_shipped, order_canceled
  answered_by text,
  created_at timestamptz not null,
  answered_at timestamptz,
  primary key (campaign_id, id),
  foreign key (campaign_id, order_id) references orders (campaign_id, id),
  foreign key (campaign_id, backer_id) references backers (campaign_id, id)
);
create unique index change_requests_one_open on change_requests (campaign_id, order_id) where state = 'open';
create index change_requests_newest on change_requests (campaign_id, state, created_at desc);

-- Parcels -----------------------------------------------------------------------------------------------------------------

alter table skus add column stock_on_hand integer check (stock_on_hand >= 0); -- what lies in the warehouse, as the creator counted it; null: not counted
alter table campaigns add column undo_ship_hours integer not null default 24 check (undo_ship_hours between 0 and 720);

-- A parcel that left, with its lines; undone ones stay as rows.
create table shipments (
  campaign_id uuid not null,
  id uuid not null,
  order_id uuid not null,
  state text not null check (state in ('left', 'undone')),
  carrier text not null default '',
  tracking_number text not null default '',
  tracking_url text not null default '',
  operation_id uuid,
  left_at timestamptz not null,
  mailed_at timestamptz,               -- when its backer was last told the tracking number
  mailed_number text,                  -- the number they were told
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (campaign_id, id),
  foreign key (campaign_id, order_id) references orders (campaign_id, id)
);
create index shipments_order on shipments (campaign_id, order_id);
create index shipments_operation on shipments (campaign_id, operation_id) where operation_id is not null;

create table shipment_lines (
  campaign_id uuid not null,
  shipment_id uuid not null,
  order_id uuid not null,
  position integer not null,           -- of the order's line when it left
  sku_id uuid not null,
  quantity integer not null check (quantity > 0),
  primary key (campaign_id, shipment_id, position),
  foreign key (campaign_id, shipment_id) references shipments (campaign_id, id),
  foreign key (campaign_id, sku_id) references skus (campaign_id, id)
);
create index shipment_lines_order on shipment_lines (campaign_id, order_id, position);

-- A tracking file from the warehouse: read into rows, previewed, applied as a whole.
create table tracking_files (
  campaign_id uuid not null references campaigns (id),
  id uuid not null,
  file_name text not null,
  state text not null check (state in ('previewed', 'refused', 'applied', 'discarded')),
  rows_total integer not null default 0,
  fault jsonb,                         -- a fault of the file: {code, line, column, message, fix}
  operation_id uuid,                   -- the operation that applied it
  created_by text not null references accounts (id),
  created_at timestamptz not null,
  applied_at timestamptz,
  primary key (campaign_id, id)
);
create index tracking_files_newest on tracking_files (campaign_id, created_at desc);

create table tracking_rows (
  campaign_id uuid not null,
  file_id uuid not null,
  n integer not null,
  line integer not null,               -- where the row starts in the file
  order_text text not null,            -- the order number as the file has it
  order_number bigint,                 -- the same as a number; null where it is none
  carrier text not null,
  tracking_number text not null,
  tracking_url text not null,
  order_id uuid,                       -- the order it names, where there is one
  outcome text check (outcome in ('shipped', 'reported')), -- after apply
  problem text,                        -- why it ships nothing: number_missing, number_damaged, order_unknown, repeated, not_ready, on_hold ...
  primary key (campaign_id, file_id, n),
  foreign key (campaign_id, file_id) references tracking_files (campaign_id, id) on delete cascade
);
create index tracking_rows_problem on tracking_rows (campaign_id, file_id, problem, n);
create index tracking_rows_order on tracking_rows (campaign_id, file_id, order_number);

-- Lists and search --------------------------------------------------------------------------------------------------------

-- Orders of which nothing ships: their country is the pledge's.
create index orders_nowhere on orders (campaign_id, number) where country is null;

-- The list of backers by number, and who has a number.
create index backers_number on backers (campaign_id, coalesce(platform_number, 9007199254740991), id);

-- Search by any part of a word. The extension is trusted: the owner of a database may make it where its files are installed
-- (postgresql-contrib). Where it cannot be made, search reads every row of the campaign and finds the same.
do $$
begin
  if exists (select 1 from pg_available_extensions where name = 'pg_trgm') then
    create extension if not exists pg_trgm;
    create index backers_search on backers using gin ((name || ' ' || email || ' ' || staff_note || ' ' || report_note) gin_trgm_ops);
  end if;
exception
  when insufficient_privilege or undefined_object then null;
end
$$;
