-- Small shared tables first: they have their own ids. Everything a campaign owns carries campaign_id first in every key.
-- No triggers and no stored logic: the database refuses nonsense through CHECK, UNIQUE and FOREIGN KEY alone.

-- Accounts (better-auth; names and columns mapped in src/auth.server.ts) --------------------------------------------------

create table accounts (
  id text primary key,
  name text not null,
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table sessions (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index sessions_account on sessions (account_id);

create table account_credentials (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  provider_account_id text not null,
  provider_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index account_credentials_account on account_credentials (account_id);

create table account_verifications (
  id text primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index account_verifications_identifier on account_verifications (identifier);

create table api_keys (
  id uuid primary key,
  account_id text not null references accounts (id) on delete cascade,
  name text not null,
  key_hash text not null unique, -- SHA-256 of the key; the key itself is shown once
  key_start text not null,       -- its first characters, to tell keys apart
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_keys_account on api_keys (account_id);

create table settings (
  key text primary key,
  value jsonb not null
);

-- The first answer of a POST with an Idempotency-Key, replayed to repeats.
create table idempotent_requests (
  account_id text not null references accounts (id) on delete cascade,
  key text not null,
  request_hash text not null,
  status integer,   -- null while the first request is under way
  response jsonb,
  created_at timestamptz not null,
  primary key (account_id, key)
);

-- Campaigns ---------------------------------------------------------------------------------------------------------------

create table campaigns (
  id uuid primary key,
  account_id text not null references accounts (id),
  name text not null check (name <> ''),
  creator_name text not null,          -- "by ..." on backers' pages and in mails
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  ship_from_country text not null check (ship_from_country ~ '^[A-Z]{2}$'),
  time_zone text not null,
  support_email text not null,
  lockdown_on date,                    -- shown to backers; locks nothing
  mode text not null check (mode in ('test', 'live')),
  is_demo boolean not null default false,
  payment_method_required boolean not null default false, -- ask every backer for one, owed or not
  bonus_spendable boolean not null default true,
  prices_saved_at timestamptz,         -- "What the pledge paid for" was saved; surveys cannot be sent before
  lockdown_shown boolean not null default false, -- a lockdown date was ever shown to backers
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index campaigns_account on campaigns (account_id, created_at);

-- Shown order numbers come from here, one row a campaign, apart from the campaign so that completing a survey never waits for a settings edit.
create table campaign_counters (
  campaign_id uuid primary key references campaigns (id),
  last_order_number bigint not null default 0
);

-- Catalogue ---------------------------------------------------------------------------------------------------------------

create table items (
  campaign_id uuid not null references campaigns (id),
  id uuid not null,
  name text not null check (name <> ''),
  kind text not null default 'physical' check (kind in ('physical', 'digital')),
  position integer not null,
  created_at timestamptz not null,
  primary key (campaign_id, id),
  unique (campaign_id, name)
);

create table skus (
  campaign_id uuid not null,
  id uuid not null,
  item_id uuid not null,
  code text not null check (code <> ''),
  option_name text not null default '', -- the option a backer chooses ("Blue, XL"); '' where the item has one SKU
  weight_g integer check (weight_g >= 0),
  position integer not null,
  primary key (campaign_id, id),
  unique (campaign_id, code),
  unique (campaign_id, item_id, option_name),
  foreign key (campaign_id, item_id) references items (campaign_id, id)
);

create table levels (
  campaign_id uuid not null references campaigns (id),
  id uuid not null,
  name text not null check (name <> ''),
  platform_reward_id text,             -- the platform's id of the reward, where the report has one
  report_name text,                    -- the name under which a report without reward ids finds this level again
  price bigint check (price >= 0),     -- null until "What the pledge paid for" is saved
  proposed_price bigint,               -- smallest minimum among the report's rows without add-ons
  position integer not null,
  created_at timestamptz not null,
  primary key (campaign_id, id),
  unique (campaign_id, platform_reward_id),
  unique (campaign_id, report_name)
);

create table level_items (
  campaign_id uuid not null,
  level_id uuid not null,
  item_id uuid not null,
  quantity integer not null check (quantity > 0),
  primary key (campaign_id, level_id, item_id),
  foreign key (campaign_id, level_id) references levels (campaign_id, id) on delete cascade,
  foreign key (campaign_id, item_id) references items (campaign_id, id)
);

create table addons (
  campaign_id uuid not null references campaigns (id),
  id uuid not null,
  name text not null check (name <> ''),
  description text not null default '',
  platform_addon_id text,              -- the [Addon: id] of the report: this add-on was sold on the platform too
  platform_price bigint check (platform_price >= 0), -- what one cost there; null until the creator has typed it
  price bigint not null check (price >= 0),          -- what one costs here
  limit_per_backer integer check (limit_per_backer > 0), -- counts pledged and added together
  stock integer check (stock >= 0),    -- how many may be added here, on top of what was pledged; null: no limit
  held integer not null default 0 check (held >= 0), -- copy: sum of order_addons.stock_held
  offered boolean not null default true,
  position integer not null,
  created_at timestamptz not null,
  primary key (campaign_id, id),
  unique (campaign_id, platform_addon_id),
  check (stock is null or held <= stock) -- promise 5: never sold beyond its stock
);

create table addon_items (
  campaign_id uuid not null,
  addon_id uuid not null,
  item_id uuid not null,
  quantity integer not null check (quantity > 0),
  primary key (campaign_id, addon_id, item_id),
  foreign key (campaign_id, addon_id) references addons (campaign_id, id) on delete cascade,
  foreign key (campaign_id, item_id) references items (campaign_id, id)
);

-- A region is a group of countries; "everywhere else" takes what no group names; where nothing matches we do not ship.
create table shipping_regions (
  campaign_id uuid not null references campaigns (id),
  id uuid not null,
  name text not null check (name <> ''),
  kind text not null check (kind in ('countries', 'everywhere_else')),
  served boolean not null default true, -- false: "we don't ship there"
  position integer not null,
  primary key (campaign_id, id)
);
create unique index shipping_regions_everywhere_else on shipping_regions (campaign_id) where kind = 'everywhere_else';

create table shipping_region_countries (
  campaign_id uuid not null,
  country text not null check (country ~ '^[A-Z]{2}$'),
  region_id uuid not null,
  primary key (campaign_id, country), -- a country stands in one region only
  foreign key (campaign_id, region_id) references shipping_regions (campaign_id, id) on delete cascade
);

create table level_shipping_fees (
  campaign_id uuid not null,
  region_id uuid not null,
  level_id uuid not null,
  fee bigint not null check (fee >= 0),
  primary key (campaign_id, region_id, level_id),
  foreign key (campaign_id, region_id) references shipping_regions (campaign_id, id) on delete cascade,
  foreign key (campaign_id, level_id) references levels (campaign_id, id) on delete cascade
);

create table addon_shipping_fees (
  campaign_id uuid not null,
  region_id uuid not null,
  addon_id uuid not null,
  fee bigint not null check (fee >= 0), -- for each piece
  primary key (campaign_id, region_id, addon_id),
  foreign key (campaign_id, region_id) references shipping_regions (campaign_id, id) on delete cascade,
  foreign key (campaign_id, addon_id) references addons (campaign_id, id) on delete cascade
);

create table questions (
  campaign_id uuid not null references campaigns (id),
  id uuid not null,
  level_id uuid,                       -- null: asked of every backer
  prompt text not null check (prompt <> ''),
  help text not null default '',
  kind text not null check (kind in ('text', 'choice')),
  choices jsonb not null default '[]', -- array of texts, for kind choice
  required boolean not null default false,
  position integer not null,
  created_at timestamptz not null,
  primary key (campaign_id, id),
  foreign key (campaign_id, level_id) references levels (campaign_id, id) on delete cascade
);

-- Imports -----------------------------------------------------------------------------------------------------------------

create table imports (
  campaign_id uuid not null references campaigns (id),
  id uuid not null,
  file_name text not null,
  file_size bigint not null,
  file_hash text not null,             -- SHA-256 of the bytes
  generation text,                     -- K1 .. K6, of the first file
  state text not null check (state in ('reading', 'previewed', 'refused', 'applied', 'discarded', 'failed')),
  rows_total integer not null default 0,
  counts jsonb not null default '{}',  -- new, changed, unchanged, problem, twice, gone; after apply also imported, reported
  fault jsonb,                         -- a fault of the file: {code, file, line, column, message, fix}
  facts jsonb,                         -- what the rows say together: levels, add-ons, items, questions to be made
  created_by text not null references accounts (id),
  created_at timestamptz not null,
  applied_at timestamptz,
  primary key (campaign_id, id)
);
create index imports_newest on imports (campaign_id, created_at desc);

create table import_rows (
  campaign_id uuid not null,
  import_id uuid not null,
  n integer not null,                  -- counts rows over all files of the import
  file text not null,
  line integer not null,               -- where the row starts in its file
  uid text,
  backer_id uuid not null,             -- the backer it speaks of; for a new one the id it will get
  row_hash text not null,              -- hash of the row's meaning: equal rows have equal hashes
  kind text check (kind in ('new', 'changed', 'unchanged', 'problem', 'twice')), -- null until compared
  outcome text check (outcome in ('applied', 'reported')), -- of a changed row, after apply; the kind of the others says it
  outcome_code text,                   -- why a row was reported: order_past_open, pledge_withdrawn, ...
  problems jsonb not null default '[]',-- [{code, column, value, message, fix}]
  row jsonb not null,                  -- the row as read (ReportRow without original)
  original jsonb not null,             -- the cells as the file has them, by header
  primary key (campaign_id, import_id, n),
  foreign key (campaign_id, import_id) references imports (campaign_id, id) on delete cascade
);
create index import_rows_uid on import_rows (campaign_id, import_id, uid);
create index import_rows_kind on import_rows (campaign_id, import_id, kind, n);

-- The bytes of an upload until they are read: any worker can read them, and a killed one is followed by another. Part 0 is the lease.
create table import_parts (
  campaign_id uuid not null,
  import_id uuid not null,
  part integer not null,
  bytes bytea not null,
  primary key (campaign_id, import_id, part),
  foreign key (campaign_id, import_id) references imports (campaign_id, id) on delete cascade
);

-- Backers -----------------------------------------------------------------------------------------------------------------

create table backers (
  campaign_id uuid not null references campaigns (id),
  id uuid not null,
  platform_uid text,                   -- Backer UID: the key by which a later report finds this backer
  platform_number bigint,              -- shown; not stable
  name text not null,
  email text not null,
  email_state text not null default 'ok' check (email_state in ('ok', 'relay', 'bounced')),
  contact_saved_here boolean not null default false, -- name or mail were corrected here: a report never overwrites them
  level_id uuid,                       -- null: a pledge without reward
  pledge_status text not null,         -- collected, dropped, errored, pending, authentication_required, canceled, refunded, disputed, or what the report said
  pledge_amount bigint not null check (pledge_amount >= 0),
  pledge_minimum bigint not null default 0,
  pledge_shipping bigint not null default 0 check (pledge_shipping >= 0), -- shipping already paid
  pledge_bonus bigint,                 -- null where the report has no bonus column: derived, see price-pledge.ts
  pledge_country text,                 -- the country the pledge was to go to
  pledged_at timestamp,                -- the report has no zone
  survey text not null check (survey in ('not_sent', 'sent', 'started', 'waiting', 'withdrawn', 'completed')),
  survey_sent_at timestamptz,
  survey_started_at timestamptz,
  reminded_at timestamptz,
  reminders integer not null default 0,
  link_version integer not null default 1,
  prefill jsonb not null default '{}', -- {address, answers} of the report: fills the survey in advance, never completes it
  report_note text not null default '',
  staff_note text not null default '',
  row_hash text,                       -- of the report row applied last
  import_id uuid,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (campaign_id, id),
  unique (campaign_id, platform_uid),
  foreign key (campaign_id, level_id) references levels (campaign_id, id),
  foreign key (campaign_id, import_id) references imports (campaign_id, id)
);
create index backers_email on backers (campaign_id, lower(email));
create index backers_survey on backers (campaign_id, survey, id);
create index backers_level on backers (campaign_id, level_id, id);

-- Add-ons bought on the platform.
create table pledged_addons (
  campaign_id uuid not null,
  backer_id uuid not null,
  addon_id uuid not null,
  quantity integer not null check (quantity > 0),
  primary key (campaign_id, backer_id, addon_id),
  foreign key (campaign_id, backer_id) references backers (campaign_id, id),
  foreign key (campaign_id, addon_id) references addons (campaign_id, id)
);

-- What a backer is filling in: before the survey is complete, or an edit of the order until its review is confirmed.
create table drafts (
  campaign_id uuid not null,
  backer_id uuid not null,
  data jsonb not null,                 -- SurveyData (domain/surveys/schema.ts)
  base_version integer not null,       -- the order's version the edit started from; 0 before there is an order
  version integer not null default 1,
  reached text,                        -- the furthest step saved (domain/surveys/steps.ts): where the backer goes on
  state text not null default 'active' check (state in ('active', 'overtaken')),
  updated_at timestamptz not null,
  primary key (campaign_id, backer_id),
  foreign key (campaign_id, backer_id) references backers (campaign_id, id)
);

-- Orders ------------------------------------------------------------------------------------------------------------------

create table payment_methods (
  campaign_id uuid not null,
  id uuid not null,
  backer_id uuid not null,
  gateway_account text not null,
  mode text not null check (mode in ('test', 'live')),
  gateway_id text not null,
  brand text not null,
  last4 text not null,
  exp_month integer not null,
  exp_year integer not null,
  state text not null check (state in ('usable', 'detached')),
  created_at timestamptz not null,
  primary key (campaign_id, id),
  foreign key (campaign_id, backer_id) references backers (campaign_id, id)
);

create table orders (
  campaign_id uuid not null,
  id uuid not null,
  backer_id uuid not null,
  number bigint not null,
  version integer not null check (version >= 1),
  status text not null check (status in ('open', 'locked', 'paid', 'errored', 'ready_to_ship', 'shipped', 'canceled')),
  level_id uuid,
  country text,                        -- of the shipping address; null where nothing ships
  ships boolean not null,              -- something of it is physical
  answers jsonb not null,              -- {question id: text}
  options jsonb not null,              -- {option key: sku id}
  address jsonb,                       -- Address (domain/shipping/address.ts)
  address_warning boolean not null default false, -- an address warning nobody has answered
  quote jsonb not null,                -- the frozen quote: every money line with its reason (domain/orders/price-order.ts)
  balance_due bigint not null,         -- copy: sum of its ledger rows on account owed
  captured bigint not null default 0,
  refunded bigint not null default 0,
  payment_method_id uuid,
  hold_reason text,                    -- null: not on hold
  held_at timestamptz,
  notice_id uuid,                      -- the notice that will lock it
  refund_decision text,
  confirmed_version integer not null,  -- the version of the last confirmed survey or edit: what a draft starts from
  confirmed_at timestamptz not null,
  locked_at timestamptz,
  paid_at timestamptz,
  address_finalized_at timestamptz,
  shipped_at timestamptz,
  canceled_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (campaign_id, id),
  unique (campaign_id, backer_id),
  unique (campaign_id, number),
  foreign key (campaign_id, backer_id) references backers (campaign_id, id),
  foreign key (campaign_id, level_id) references levels (campaign_id, id),
  foreign key (campaign_id, payment_method_id) references payment_methods (campaign_id, id),
  constraint paid_owes_nothing check (not (status in ('paid', 'ready_to_ship', 'shipped') and balance_due > 0)),
  constraint ready_is_final check (status not in ('ready_to_ship', 'shipped') or address_finalized_at is not null),
  constraint open_is_not_locked check (status <> 'open' or locked_at is null),
  constraint hold_is_whole check ((hold_reason is null) = (held_at is null))
);
-- With all that the counts and the preview of a lock ask of a row: they read this index and not the wide rows.
create index orders_status on orders (campaign_id, status, number) include (id, backer_id, balance_due, held_at, payment_method_id);
create index orders_country on orders (campaign_id, country, number);
create index orders_notice on orders (campaign_id, notice_id) where notice_id is not null;

create table order_lines (
  campaign_id uuid not null,
  order_id uuid not null,
  position integer not null,
  sku_id uuid not null,
  quantity integer not null check (quantity > 0),
  source text not null check (source in ('level', 'addon', 'incentive', 'staff')),
  source_id uuid,                      -- the level or add-on
  price bigint not null,               -- what was quoted for the whole line; a bundle's price stands on its first line
  primary key (campaign_id, order_id, position),
  foreign key (campaign_id, order_id) references orders (campaign_id, id),
  foreign key (campaign_id, sku_id) references skus (campaign_id, id)
);
create index order_lines_sku on order_lines (campaign_id, sku_id);

create table order_addons (
  campaign_id uuid not null,
  order_id uuid not null,
  addon_id uuid not null,
  quantity integer not null check (quantity > 0),
  pledged integer not null check (pledged >= 0 and pledged <= quantity), -- of these, bought on the platform
  stock_held integer not null check (stock_held >= 0),                   -- quantity - pledged, 0 once canceled
  primary key (campaign_id, order_id, addon_id),
  foreign key (campaign_id, order_id) references orders (campaign_id, id),
  foreign key (campaign_id, addon_id) references addons (campaign_id, id)
);
create index order_addons_addon on order_addons (campaign_id, addon_id);

-- Append-only (by privilege, see src/db/grants.ts): ids, amounts, codes and field names only, never a name, mail or address.
-- One transaction is one version of one order; its rows sum to zero. Positive on `owed` is what the backer owes.
create table ledger_entries (
  campaign_id uuid not null,
  order_id uuid not null,
  order_version integer not null,
  account text not null check (account in ('owed', 'goods', 'shipping', 'tax', 'surcharge', 'pledged', 'credit', 'card', 'settled_outside')),
  amount bigint not null check (amount <> 0),
  currency text not null,
  reason text not null,                -- completed, changed, address_changed, pledge_changed, settled_outside, charged, refunded ...
  at timestamptz not null,
  primary key (campaign_id, order_id, order_version, account),
  foreign key (campaign_id, order_id) references orders (campaign_id, id)
);

-- Staff's words (why a hold, a cancel, a correction): apart from the events, so that they can be erased with a person.
create table event_reasons (
  campaign_id uuid not null references campaigns (id),
  id uuid not null,
  text text not null,
  primary key (campaign_id, id)
);

-- Append-only. Every change of an order is one version and one event; events of a backer or campaign have no order_version.
create table events (
  campaign_id uuid not null references campaigns (id),
  seq bigint generated by default as identity,
  backer_id uuid,
  order_id uuid,
  order_version integer,
  kind text not null,                  -- EventKind (domain/shared/events.ts)
  from_status text,
  to_status text,
  actor_kind text not null check (actor_kind in ('staff', 'backer', 'clock', 'run', 'gateway', 'system')),
  actor_id text,                       -- account or backer
  code text,                           -- a stable code of why, where one exists
  reason_id uuid,                      -- staff's words, in event_reasons
  operation_id uuid,
  data jsonb not null default '{}',    -- ids, amounts, codes, field names
  at timestamptz not null,
  primary key (campaign_id, seq)
);
create unique index events_order_version on events (campaign_id, order_id, order_version) where order_version is not null;
create index events_backer on events (campaign_id, backer_id, seq);
-- With the backer, so that "touched by this operation" is one probe even before the planner knows of a fresh bulk operation.
create index events_operation on events (campaign_id, operation_id, backer_id) where operation_id is not null;

create table payment_attempts (
  campaign_id uuid not null,
  id uuid not null,
  order_id uuid not null,
  number integer not null,
  key text not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  payment_method_id uuid not null,
  state text not null check (state in ('created', 'sent', 'succeeded', 'declined', 'refused', 'unknown')),
  code text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (campaign_id, id),
  unique (campaign_id, order_id, number),
  foreign key (campaign_id, order_id) references orders (campaign_id, id),
  foreign key (campaign_id, payment_method_id) references payment_methods (campaign_id, id)
);
create unique index payment_attempts_one_at_a_time on payment_attempts (campaign_id, order_id) where state in ('created', 'sent', 'unknown');

-- Operations and notices --------------------------------------------------------------------------------------------------

create table operations (
  campaign_id uuid not null references campaigns (id),
  id uuid not null,
  kind text not null,                  -- lock, unlock, cancel, nothing_owed, send_surveys, remind, ...
  state text not null check (state in ('queued', 'running', 'done', 'failed')),
  input jsonb not null,                -- what was asked: selection, options
  total integer not null default 0,
  done integer not null default 0,
  moved integer not null default 0,
  left_out jsonb not null default '[]',-- [{code, count, sample_ids}]
  failure text,
  actor_kind text not null,
  actor_id text,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (campaign_id, id)
);
create index operations_newest on operations (campaign_id, created_at desc);
create index operations_waiting on operations (state, created_at) where state in ('queued', 'running');

create table notices (
  campaign_id uuid not null references campaigns (id),
  id uuid not null,
  kind text not null check (kind in ('lock')),
  state text not null check (state in ('scheduled', 'done', 'withdrawn')),
  due_at timestamptz not null,
  orders integer not null,             -- how many it named
  moves integer not null default 0,    -- how often its time was moved
  operation_id uuid,                   -- the operation that carried it out
  actor_id text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (campaign_id, id)
);
create index notices_due on notices (due_at) where state = 'scheduled';

-- Outbox: a row is written with the change. The Message-ID is made of the row's id, so it is the same on each try. ------------------------------------------------------------------------------------------------------------------

create table messages (
  campaign_id uuid not null references campaigns (id),
  id uuid not null,
  kind text not null,                  -- MessageKind (domain/messages/kinds.ts)
  backer_id uuid not null,
  occasion text not null,              -- what makes it unique: an order's version, a reminder's number, a notice
  data jsonb not null default '{}',    -- ids, amounts and codes for rendering
  state text not null check (state in ('queued', 'sending', 'sent', 'failed', 'bounced', 'suppressed')),
  due_at timestamptz not null,
  tries integer not null default 0,
  leased_until timestamptz,
  error text,
  sent_at timestamptz,
  created_at timestamptz not null,
  kept jsonb,                          -- {to, subject, text, html}: mailbox page of demo and test campaigns only
  primary key (campaign_id, id),
  unique (campaign_id, kind, backer_id, occasion),
  foreign key (campaign_id, backer_id) references backers (campaign_id, id)
);
create index messages_waiting on messages (campaign_id, due_at, id) where state in ('queued', 'sending');
create index messages_newest on messages (campaign_id, created_at desc, id);
create index messages_backer on messages (campaign_id, backer_id, created_at desc);
