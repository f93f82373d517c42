import { sql } from 'kysely'
import type pg from 'pg'
import { refreshSearch } from '../../src/domain/backers/search.ts'
import type { Db } from '../../src/domain/shared/tx.ts'
import type { BenchCampaign } from './bench-campaign.ts'

/*
 * Copies of orders that the real commands wrote, by a statement for each table: 220,000 surveys would take an hour, and what is measured
 * is what comes after. Ids ascend as those of the program do.
 */

/** Each table with what differs in a copy: `k` is the copy, `s` the template's row. */
const TABLES: { name: string; of: string; differs: Record<string, string>; leaves?: string[] }[] = [
  {
    name: 'backers',
    of: 's.id = k.template_id',
    differs: {
      id: 'k.backer_id',
      platform_uid: 'k.n::text',
      platform_number: 'k.n',
      name: `s.name || ' ' || k.word`,
      email: `'backer' || k.n || '@example.com'`,
    },
  },
  {
    name: 'payment_methods',
    of: 's.backer_id = k.template_id',
    differs: {
      id: 'k.method_id',
      backer_id: 'k.backer_id',
      gateway_customer: `'cus_' || k.n`,
      gateway_id: `'pm_' || k.n`,
      fingerprint: `'card_' || k.n`,
    },
  },
  {
    name: 'orders',
    of: 's.backer_id = k.template_id',
    differs: {
      id: 'k.order_id',
      backer_id: 'k.backer_id',
      number: '10000 + k.n',
      payment_method_id: 'case when s.payment_method_id is not null then k.method_id end',
    },
  },
  ...['order_lines', 'order_addons', 'ledger_entries'].map((name) => ({
    name,
    of: 's.order_id = k.template_order_id',
    differs: { order_id: 'k.order_id' },
  })),
  {
    name: 'events',
    of: 's.order_id = k.template_order_id',
    differs: { backer_id: 'k.backer_id', order_id: 'k.order_id' },
    leaves: ['seq'],
  },
]

/** Fills a campaign up to so many orders, and one backer without an answer for each twenty. */
export async function fillCampaign(db: Db, owner: pg.Client, { id }: BenchCampaign, orders: number): Promise<void> {
  await owner.query('begin')
  await owner.query(`set local statement_timeout = 0`)
  await listCopies(owner, id, orders)
  for (const table of TABLES) await copyRows(owner, id, table)
  await owner.query(
    `update addons a set held = x.held from (select addon_id, sum(stock_held) as held from order_addons where campaign_id = $1 group by 1) x
      where a.campaign_id = $1 and a.id = x.addon_id`,
    [id],
  )
  await owner.query(
    'update campaign_counters set last_order_number = (select max(number) from orders where campaign_id = $1) where campaign_id = $1',
    [id],
  )
  await owner.query('drop table copies')
  await owner.query('commit')
  // Without statistics of what was just written, each backer's order would be looked for among all.
  await owner.query('vacuum analyze')
  await refreshSearch(db, id, sql`true`)
  await owner.query('vacuum analyze backer_search')
  await owner.query('checkpoint').catch(() => undefined)
}

async function listCopies(owner: pg.Client, campaign_id: string, orders: number): Promise<void> {
  const uuid = (salt: string) =>
    `(lpad(to_hex(1790000000000 + n), 12, '0') || '7' || substr(md5('${salt}' || n), 1, 3) || '8' || substr(md5('${salt}' || n), 4, 15))::uuid`
  await owner.query(
    `create temp table copies as
      with answered as (select b.id, o.id as order_id, row_number() over (order by b.id) - 1 as place, count(*) over () as all_of
          from backers b join orders o on o.campaign_id = b.campaign_id and o.backer_id = b.id where b.campaign_id = $1),
        silent as (select b.id, row_number() over (order by b.id) - 1 as place, count(*) over () as all_of
          from backers b where b.campaign_id = $1 and b.survey = 'sent'),
        numbered as (
          select n, t.id as template_id, t.order_id as template_order_id
          from generate_series(1, $2::int - (select count(*) from answered)) n
          join answered t on t.place = n % t.all_of
          union all
          select $2 + n, t.id, null from generate_series(1, $2::int / 20) n join silent t on t.place = n % t.all_of)
      select n, template_id, template_order_id, ${uuid('b')} as backer_id, ${uuid('o')} as order_id, ${uuid('m')} as method_id,
        initcap(translate(substr(md5('name' || n), 1, 9), '0123456789', 'aeioulmnrs')) as word
      from numbered`,
    [campaign_id, orders],
  )
  await owner.query('analyze copies')
}

async function copyRows(
  owner: pg.Client,
  campaign_id: string,
  { name, of, differs, leaves = [] }: (typeof TABLES)[number],
): Promise<void> {
  const { rows } = await owner.query<{ column_name: string }>(
    `select column_name from information_schema.columns
      where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER' order by ordinal_position`,
    [name],
  )
  const columns = rows.map(({ column_name }) => column_name).filter((column) => !leaves.includes(column))
  await owner.query(
    `insert into ${name} (${columns.join(', ')})
      select ${columns.map((column) => differs[column] ?? `s.${column}`).join(', ')}
      from copies k join ${name} s on s.campaign_id = $1 and ${of} order by k.n`,
    [campaign_id],
  )
}
