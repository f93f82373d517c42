import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { useTestProgram } from '../../test/setup/deps.ts'
import { countLifecycle } from '../domain/orders/counts.ts'
import { ORDER_STATUSES } from '../domain/orders/lifecycle.ts'
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
