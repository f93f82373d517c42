-- Real charging, exactly once (part 4): what the gateway says is always booked, however and whenever it comes.

-- What the gateway reports and nobody has decided yet: outside the balance due (promises.md rule 6).
alter table ledger_entries drop constraint ledger_entries_account_check;
alter table ledger_entries add constraint ledger_entries_account_check check (account in
  ('owed', 'goods', 'shipping', 'tax', 'surcharge', 'pledged', 'credit', 'card', 'settled_outside', 'at_gateway'));

-- The sweep's mark: a row for each process, so that a database restored beneath a running one is noticed by its row being gone.
create table gateway_sweeps (
  gateway_account text not null,
  process_id uuid not null,
  gateway_time timestamptz,            -- of the newest payment seen, by the gateway's clock, which is not ours; null: none was there
  swept_at timestamptz not null,
  primary key (gateway_account, process_id)
);

-- What the gateway has told us of: stored once, carried out by the worker, which reads the object afresh. Of no campaign.
create table gateway_events (
  id text primary key,                 -- the gateway's
  type text not null,
  object_kind text not null,           -- payment_intent, refund, dispute, payment_method ...
  object_id text not null,
  state text not null check (state in ('received', 'done', 'failed')),
  code text,                           -- why it waits or failed
  tries integer not null default 0,
  next_try_at timestamptz,
  received_at timestamptz not null,
  handled_at timestamptz
);
create index gateway_events_waiting on gateway_events (received_at) where state = 'received';
create index gateway_events_due on gateway_events (next_try_at) where state = 'received';
create index gateway_events_failed on gateway_events (received_at) where state = 'failed';
create index gateway_events_over on gateway_events (handled_at) where handled_at is not null;
-- What it tells of cards and card pages names them by its own ids.
create index payment_methods_gateway on payment_methods (gateway_id);
create index card_sessions_gateway on card_sessions (gateway_id) where gateway_id is not null;

-- Attempts ----------------------------------------------------------------------------------------------------------------

-- Who asked for it. adopted: the gateway knew of it and the books did not (a restored backup).
alter table payment_attempts add column source text not null default 'run' check (source in ('run', 'backer', 'retry', 'adopted'));
update payment_attempts set source = 'backer' where run_id is null;
alter table payment_attempts alter column source drop default;
-- Its payment at the gateway took nothing and could still: canceled there before another attempt is sent.
alter table payment_attempts add column payment_open boolean not null default false;
update payment_attempts set payment_open = true where state = 'declined' and payment is not null;
-- The bank's question: how often its backer was sent to the bank, where to, and until when we wait.
alter table payment_attempts add column confirmations integer not null default 0;
alter table payment_attempts add column ask_url text;
alter table payment_attempts add column ask_until timestamptz;
-- A success is booked once: those taken and not booked are summed, whichever of an order's attempts they are.
alter table payment_attempts add column is_booked boolean not null default false;
update payment_attempts set is_booked = true where state = 'succeeded';
create index payment_attempts_payment on payment_attempts (payment) where payment is not null;
create index payment_attempts_open on payment_attempts (campaign_id, order_id) where payment_open;

-- Runs: signed off as a snapshot, and begun by a sweep.
alter table charge_runs drop constraint charge_runs_state_check;
alter table charge_runs add constraint charge_runs_state_check check (state in ('previewed', 'running', 'paused', 'stopped', 'done'));
alter table charge_runs add column started_at timestamptz; -- null: signed off by nobody yet
update charge_runs set started_at = created_at;
alter table charge_runs add column swept_at timestamptz;   -- null: the gateway's payments are listed before its first charge
update charge_runs set swept_at = created_at where state <> 'running';

-- What happens next to an order whose charge failed. A row counts while its order is errored.
create table payment_follow_ups (
  campaign_id uuid not null,
  order_id uuid not null,
  attempt_id uuid not null,            -- the failed one it follows
  retry_at timestamptz,                -- when the card is tried again by itself; null: never
  remind_at timestamptz,               -- when the backer is reminded next; null: no more
  reminders integer not null default 0,
  remind_on date,                      -- "remind me on": until then nothing is sent and nothing tried
  updated_at timestamptz not null,
  primary key (campaign_id, order_id),
  foreign key (campaign_id, order_id) references orders (campaign_id, id)
);
create index payment_follow_ups_retry on payment_follow_ups (campaign_id, retry_at) where retry_at is not null;
create index payment_follow_ups_remind on payment_follow_ups (campaign_id, remind_at) where remind_at is not null;
-- Tries are counted for each card, whichever order they were for: the last few are read, however many orders one card has.
create index payment_attempts_of_card on payment_attempts (campaign_id, card, created_at desc) where state = 'declined' or source = 'retry';
create index payment_attempts_dead_card on payment_attempts (campaign_id, card) where decline_class = 'hard';

alter table campaigns add column retry_failed_cards boolean not null default true; -- automatic retries
alter table campaigns add column charge_on date;                                   -- when cards will be charged, as planned; null: not said

-- Cards: a replaced one is taken from the gateway once nothing hangs on it.
alter table payment_methods add column detach_at timestamptz;
create index payment_methods_to_detach on payment_methods (detach_at) where detach_at is not null;

-- Refunds -----------------------------------------------------------------------------------------------------------------

-- Written before the gateway is asked, like an attempt. Those made elsewhere are rows too.
create table refunds (
  campaign_id uuid not null,
  id uuid not null,
  order_id uuid not null,
  number integer not null,             -- of the order
  key text not null,
  attempt_id uuid not null,            -- whose payment it gives back
  payment text not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  -- pending: the gateway took it and says later what became of it; refused: it never was; failed: the money came back
  state text not null check (state in ('created', 'sent', 'unknown', 'pending', 'succeeded', 'failed', 'refused')),
  is_elsewhere boolean not null default false, -- made at the gateway by somebody else
  gateway_refund text,
  code text,
  reason_id uuid,
  actor_id text,
  sendings integer not null default 0,
  lease_id uuid,
  leased_until timestamptz,
  next_try_at timestamptz,
  sent_at timestamptz,
  settled_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (campaign_id, id),
  unique (campaign_id, order_id, number),
  unique (campaign_id, gateway_refund),
  foreign key (campaign_id, order_id) references orders (campaign_id, id),
  foreign key (campaign_id, attempt_id) references payment_attempts (campaign_id, id)
);
-- One that is not over for each payment: pressed twice it is one.
create unique index refunds_one_at_a_time on refunds (campaign_id, attempt_id) where state in ('created', 'sent', 'unknown');
create index refunds_due on refunds (campaign_id, next_try_at) where state in ('created', 'sent', 'unknown', 'pending');
create index refunds_newest on refunds (campaign_id, id desc);

-- Where the gateway and the books differ, until staff have decided. What is reported twice is found once.
create table discrepancies (
  campaign_id uuid not null references campaigns (id),
  id uuid not null,
  order_id uuid,                       -- null: of an order that the books do not know
  kind text not null,                  -- domain/discrepancies/kinds.ts
  subject text not null,               -- the gateway's id of the payment, refund or dispute
  amount bigint not null,
  currency text not null,
  data jsonb not null default '{}',    -- ids, amounts, states; never a name, mail or address
  state text not null check (state in ('open', 'settled')),
  resolution text,                     -- what staff decided: ask_again, settle, keep_as_credit, noted
  reason_id uuid,
  settled_by text,
  found_at timestamptz not null,
  settled_at timestamptz,
  primary key (campaign_id, id),
  unique (campaign_id, kind, subject),
  foreign key (campaign_id, order_id) references orders (campaign_id, id)
);
create index discrepancies_newest on discrepancies (campaign_id, state, id desc);
create index discrepancies_order on discrepancies (campaign_id, order_id) where order_id is not null;

-- Every refund that is looked at again: those on their way, and those that looked well, since their money can still come back.
drop index refunds_due;
create index refunds_due on refunds (next_try_at) where next_try_at is not null;
create index refunds_of_payment on refunds (campaign_id, attempt_id);

-- A run as it was looked at before somebody pressed start; null in those of before, and where nobody looked.
alter table charge_runs add column counted jsonb;
-- Halved when the gateway says it is too many, it rises again to what the run began with.
alter table charge_runs add column full_pace real;
update charge_runs set full_pace = pace;
alter table charge_runs alter column full_pace set not null;
alter table charge_runs add column slowed_at timestamptz;  -- when its pace was last changed; null: never
alter table charge_runs add column pause_right text;       -- with the pause code right_missing: what the restricted key lacks
create index charge_runs_previewed on charge_runs (campaign_id, id) where state = 'previewed';

-- Cards that were replaced before are taken from the gateway too.
update payment_methods set detach_at = now() where state = 'replaced';
-- The campaign's own day on which cards that expire before the planned charge were last looked for; null: for this day never.
alter table campaigns add column expiry_looked_on date;
