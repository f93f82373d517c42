import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { useTestProgram } from '../../test/setup/deps.ts'
import type { BackerFilter } from '../domain/backers/filter.ts'
import { findFigures } from '../domain/campaigns/figures.ts'
import { countLifecycle } from '../domain/orders/counts.ts'
import { ORDER_STATUSES } from '../domain/orders/lifecycle.ts'
import { countOrders } from '../domain/orders/queries.ts'
import { verifyBooks } from '../domain/verify.ts'
import { makeDemo } from './make-demo.ts'

const program = useTestProgram()

test('the demo shows every status, and its books balance', async () => {
  await makeDemo(program.deps)
  const { deps } = program
  const { id } = await deps.db.selectFrom('campaigns').select('id').executeTakeFirstOrThrow()
  const { surveys, orders } = await countLifecycle(deps.db, id, deps.clock.now())
  for (const [state, count] of Object.entries(surveys)) expect(count, state).toBeGreaterThan(0)
  for (const status of ORDER_STATUSES) expect(orders[status].count, status).toBeGreaterThan(0)
  expect(await verifyBooks(deps.db, deps.clock.now())).toEqual([])
}, 60_000)

test('its answers come day by day, soon after backers were asked, and its figures agree with its lists', async () => {
  const { deps } = program
  const campaign = await deps.db.selectFrom('campaigns').selectAll().executeTakeFirstOrThrow()
  const now = deps.clock.now()
  const { answers, countries, failures, money } = await findFigures(deps.db, campaign, now)
  expect(answers.mailings.map(({ kind }) => kind)).toEqual(['send_surveys', 'remind_backers', 'remind_backers'])
  expect(answers.days.length).toBeGreaterThan(12)
  // After each mailing more come on the next days than on the days before it.
  for (const { day } of answers.mailings) {
    const within = (from: number, to: number) =>
      answers.days.reduce((sum, one) => {
        const after = (Date.parse(one.day) - Date.parse(day)) / 86_400_000
        return after >= from && after < to ? sum + one.answers : sum
      }, 0)
    expect(within(0, 3), day).toBeGreaterThan(within(-3, 0))
  }
  const count = async (filter: BackerFilter) => (await countOrders(deps.db, campaign.id, filter)).orders
  for (const { day, answers: of } of answers.days) expect(await count({ answered: day }), day).toBe(of)
  const status = ORDER_STATUSES.filter((each) => each !== 'canceled')
  expect(countries.length).toBeGreaterThan(10)
  for (const { country, orders } of countries) {
    expect(await count({ country: [country ?? 'none'], status }), country ?? 'none').toBe(orders)
  }
  expect(failures.by_code.length).toBeGreaterThan(2)
  for (const { code, count: of } of failures.by_code) expect(await count({ status: ['errored'], failure: [code] }), code).toBe(of)
  expect((await countOrders(deps.db, campaign.id, { status })).owed).toBe(money.open)
  expect(money.collected).toBeGreaterThan(0)
})

test('no order is moved before it was answered', async () => {
  const { rows } = await sql`select e.order_id from events e join orders o on o.campaign_id = e.campaign_id and o.id = e.order_id
    where e.at < o.created_at and e.order_version is not null`.execute(program.db)
  expect(rows).toEqual([])
})

test('its events and ledger hold ids, amounts, codes and field names: nobody’s name, mail or address', async () => {
  const { db } = program.deps
  // Of the events all but who and when, so that what is added to them later is looked at too.
  const { rows: texts } = await sql<{ text: string }>`select (to_jsonb(e) - 'at')::text as text from events e
    union all select (to_jsonb(l) - 'at')::text from ledger_entries l`.execute(db)
  expect(texts.length).toBeGreaterThan(1_000)
  const words = texts.flatMap(({ text }) => stringsIn(JSON.parse(text)))
  // A code, an id, a number or a date holds no space, no @ and nothing but ASCII: nobody's address does without all of them.
  expect(words.filter((word) => !/^[\w:.+-]*$/.test(word))).toEqual([])
  const { rows: people } = await sql<{ word: string }>`select b.name as word from backers b union select b.email from backers b
    union select o.address->>'line1' from orders o where o.address is not null`.execute(db)
  expect(people.length).toBeGreaterThan(300)
  const said = new Set(words.map((word) => word.toLowerCase()))
  expect(people.filter(({ word }) => said.has(word.toLowerCase()))).toEqual([])
})

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...stringsIn(inner)])
}
