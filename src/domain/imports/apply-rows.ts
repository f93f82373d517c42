import { type RawBuilder, sql } from 'kysely'
import { refreshSearch } from '../backers/search.ts'
import type { Actor } from '../shared/actor.ts'
import { jsonb } from '../shared/events.ts'
import { type Db, planForSets, type Tx } from '../shared/tx.ts'
import { type ImportKey, ofImport } from './compare-rows.ts'
import type { CatalogueIds, OutcomeCount } from './import-facts.ts'

/*
 * The rows of an import into the backers, set by set. Aliases: r import_rows, b backers, o orders.
 * Every statement runs after `lockTouched`, so that nobody changes these backers and orders meanwhile.
 */

const withdrawn = sql`('canceled', 'refunded', 'disputed')`
const counted = sql`('collected', 'dropped')`
const status = sql.raw(`r.row->>'pledged_status'`)
/** Staff decided about a pledge that the platform still waits for: a file that still waits does not undo it. */
const decided = sql`exists (select 1 from events e where e.campaign_id = b.campaign_id and e.backer_id = b.id and e.kind = 'pledge_decided')`
/** The whole row is written into the backer: a new one, or a changed one without an order. */
const isWritten = sql`(r.kind = 'new' or (r.outcome = 'applied' and r.outcome_code is distinct from 'pledge_amount_only'))`
const isRelay = (email: RawBuilder<unknown>) => sql`lower(${email}) like '%@privaterelay.appleid.com'`

/** Locks the backers that changed rows speak of, then their orders: in this order, as a backer's own save does. */
export async function lockTouched(tx: Tx, key: ImportKey): Promise<void> {
  await sql`select b.id from backers b join import_rows r on r.campaign_id = b.campaign_id and r.backer_id = b.id
    where ${ofImport('r', key)} and r.kind = 'changed' order by b.id for update of b`.execute(tx.db)
  await sql`select o.id from orders o join import_rows r on r.campaign_id = o.campaign_id and r.backer_id = o.backer_id
    where ${ofImport('r', key)} and r.kind = 'changed' order by o.id for update of o`.execute(tx.db)
}

/** Says of each changed row whether it is applied or reported, and with which code. The kind of the others says it already. */
export async function judgeRows(tx: Tx, key: ImportKey): Promise<void> {
  await sql`update import_rows r set outcome = j.outcome, outcome_code = j.code from (${judgedChanges(key)}) j
    where ${ofImport('r', key)} and r.n = j.n`.execute(tx.db)
}

/** Of each changed row: whether it is applied or reported, and the code of why or of what is kept; null: all of it is applied. */
function judgedChanges(key: ImportKey): RawBuilder<{ n: number; code: string | null; outcome: 'applied' | 'reported' }> {
  return sql`select r.n, v.code,
      case when v.code in ('order_past_open', 'pledge_withdrawn', 'pledge_waiting', 'withdrawn_here') then 'reported' else 'applied' end as outcome
    from import_rows r
    join backers b on b.campaign_id = r.campaign_id and b.id = r.backer_id
    left join orders o on o.campaign_id = b.campaign_id and o.backer_id = b.id
    cross join lateral (select case
      when o.status <> 'open' then 'order_past_open'
      when o.id is not null and ${status} in ${withdrawn} then 'pledge_withdrawn'
      when o.id is not null and ${status} not in ${counted} and not ${decided} then 'pledge_waiting'
      when o.id is not null then 'pledge_amount_only'
      when b.survey = 'withdrawn' and b.pledge_status not in ${withdrawn} then 'withdrawn_here'
      when b.contact_saved_here and (b.name, b.email) is distinct from (r.row->>'name', r.row->>'email') then 'contact_kept'
    end as code) v
    where ${ofImport('r', key)} and r.kind = 'changed'`
}

/** What applying would do with the changed rows, counted by code: for the preview. */
export async function countOutcomes(db: Db, key: ImportKey): Promise<OutcomeCount[]> {
  const { rows } = await sql<OutcomeCount>`select j.code, j.outcome, count(*) as count from (${judgedChanges(key)}) j
    where j.code is not null group by 1, 2 order by 3 desc, 1`.execute(db)
  return rows
}

/** What a row says of its level, and what it fills in in advance, as columns of a lateral join. */
function derived(ids: CatalogueIds): RawBuilder<unknown> {
  return sql`cross join lateral (select (${jsonb(ids.levels)} ->> case
        when r.row->>'reward_id' is not null then 'id ' || (r.row->>'reward_id')
        when r.row->>'reward_title' is not null then 'name ' || (r.row->>'reward_title') end)::uuid as level_id) lv
    cross join lateral (select
      coalesce((select jsonb_object_agg(q.id, left(a.value->>'text', 5000))
        from jsonb_array_elements(r.row->'answers') a
        join jsonb_to_recordset(${jsonb(ids.questions)}) m(prompt text, id uuid, level_id uuid) on m.prompt = a.value->>'prompt'
        join questions q on q.campaign_id = r.campaign_id and q.id = m.id and (q.level_id is null or q.level_id = lv.level_id)), '{}') as answers,
      case when jsonb_typeof(r.row->'address') = 'object' then jsonb_build_object(
        'name', left(r.row#>>'{address,name}', 120), 'line1', left(r.row#>>'{address,line1}', 200),
        'line2', left(r.row#>>'{address,line2}', 200), 'sublocality', '', 'city', left(r.row#>>'{address,city}', 120),
        'region', left(r.row#>>'{address,region}', 120), 'postcode', left(r.row#>>'{address,postcode}', 20),
        'country', r.row#>>'{address,country}', 'phone', left(r.row#>>'{address,phone}', 40),
        'delivery_notes', left(r.row#>>'{address,delivery_notes}', 500)) end as address) pre`
}

/** New backers, with the ids their rows carry. */
export async function insertBackers(tx: Tx, key: ImportKey, ids: CatalogueIds): Promise<void> {
  await sql`insert into backers (campaign_id, id, platform_uid, platform_number, name, email, email_state, level_id, pledge_status,
      pledge_amount, pledge_minimum, pledge_shipping, pledge_bonus, pledge_country, country, pledged_at, survey, prefill, report_note,
      row_hash, import_id, created_at, updated_at)
    select r.campaign_id, r.backer_id, r.uid, (r.row->>'backer_number')::bigint, r.row->>'name', r.row->>'email',
      case when ${isRelay(sql.raw(`r.row->>'email'`))} then 'relay' else 'ok' end, lv.level_id, ${status},
      (r.row->>'pledge_amount')::bigint, coalesce((r.row->>'minimum')::bigint, 0), (r.row->>'shipping_amount')::bigint,
      (r.row->>'bonus')::bigint, r.row->>'shipping_country', nullif(r.row->>'shipping_country', ''), (r.row->>'pledged_at')::timestamp,
      case when ${status} in ${withdrawn} then 'withdrawn' when ${status} in ${counted} then 'not_sent' else 'waiting' end,
      jsonb_build_object('address', pre.address, 'answers', pre.answers), r.row->>'notes',
      r.row_hash, r.import_id, ${tx.now}::timestamptz, ${tx.now}::timestamptz
    from import_rows r ${derived(ids)}
    where ${ofImport('r', key)} and r.kind = 'new'`.execute(tx.db)
}

/** Changed backers without an order: all that the report says, but for what was saved here. */
export async function updateBackers(tx: Tx, key: ImportKey, ids: CatalogueIds): Promise<void> {
  await sql`update backers b set
      platform_number = (s.row->>'backer_number')::bigint,
      name = case when b.contact_saved_here then b.name else s.row->>'name' end,
      email = case when b.contact_saved_here then b.email else s.row->>'email' end,
      email_state = case
        when b.contact_saved_here or lower(b.email) = lower(s.row->>'email') then b.email_state
        when ${isRelay(sql.raw(`s.row->>'email'`))} then 'relay' else 'ok' end,
      level_id = s.level_id,
      pledge_status = case when s.still_decided then b.pledge_status else s.row->>'pledged_status' end,
      pledge_amount = (s.row->>'pledge_amount')::bigint,
      pledge_minimum = coalesce((s.row->>'minimum')::bigint, 0),
      pledge_shipping = (s.row->>'shipping_amount')::bigint,
      pledge_bonus = (s.row->>'bonus')::bigint,
      pledge_country = s.row->>'shipping_country', country = nullif(s.row->>'shipping_country', ''),
      pledged_at = (s.row->>'pledged_at')::timestamp,
      survey = case
        when s.row->>'pledged_status' in ${withdrawn} then 'withdrawn'
        when s.still_decided then b.survey
        when s.row->>'pledged_status' not in ${counted} then 'waiting'
        when b.survey not in ('waiting', 'withdrawn') then b.survey
        when b.survey_started_at is not null then 'started'
        when b.survey_sent_at is not null then 'sent'
        else 'not_sent' end,
      prefill = jsonb_build_object('address', s.address, 'answers', s.answers),
      report_note = s.row->>'notes', row_hash = s.row_hash, import_id = s.import_id,
      version = b.version + 1, updated_at = ${tx.now}
    from (
      select r.*, lv.level_id, pre.answers, pre.address, (${status} not in ${counted} and ${status} not in ${withdrawn} and ${decided}) as still_decided
      from import_rows r join backers b on b.campaign_id = r.campaign_id and b.id = r.backer_id ${derived(ids)}
      where ${ofImport('r', key)} and r.kind = 'changed' and r.outcome = 'applied' and r.outcome_code is distinct from 'pledge_amount_only'
    ) s
    where b.campaign_id = ${key.campaign_id} and b.id = s.backer_id`.execute(tx.db)
}

/** Makes found what was imported: of new backers and of changed ones without an order. */
export async function searchImported(tx: Tx, key: ImportKey): Promise<void> {
  await planForSets(tx.db)
  await refreshSearch(
    tx.db,
    key.campaign_id,
    sql`b.id in (select r.backer_id from import_rows r where ${ofImport('r', key)} and ${isWritten})`,
  )
}

/** Add-ons bought on the platform, of new backers and of changed ones without an order. */
export async function replacePledgedAddons(tx: Tx, key: ImportKey, ids: CatalogueIds): Promise<void> {
  const touched = sql`${ofImport('r', key)} and ${isWritten}`
  await sql`delete from pledged_addons p using import_rows r
    where p.campaign_id = ${key.campaign_id} and p.backer_id = r.backer_id and r.kind = 'changed' and ${touched}`.execute(tx.db)
  await sql`insert into pledged_addons (campaign_id, backer_id, addon_id, quantity)
    select r.campaign_id, r.backer_id, (${jsonb(ids.addons)} ->> (a.value->>'platform_id'))::uuid, sum((a.value->>'quantity')::integer)
    from import_rows r cross join lateral jsonb_array_elements(r.row->'addons') a
    where ${touched} group by 1, 2, 3`.execute(tx.db)
}

/** One event for each backer whose row was applied. */
export async function appendBackerEvents(tx: Tx, actor: Actor, key: ImportKey): Promise<void> {
  await sql`insert into events (campaign_id, kind, backer_id, actor_kind, actor_id, code, operation_id, data, at)
    select r.campaign_id, 'backer_imported', r.backer_id, ${actor.kind}::text, ${actor.id}::text, r.kind, r.import_id,
      jsonb_strip_nulls(jsonb_build_object('import_id', r.import_id, 'outcome_code', r.outcome_code)), ${tx.now}::timestamptz
    from import_rows r where ${ofImport('r', key)} and (r.kind = 'new' or r.outcome = 'applied')
    order by r.n`.execute(tx.db)
}
