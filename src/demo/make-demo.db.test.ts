import { expect, test } from 'vitest'
import { useTestProgram } from '../../test/setup/deps.ts'
import { countLifecycle } from '../domain/orders/counts.ts'
import { verifyBooks } from '../domain/verify.ts'
import { makeDemo } from './make-demo.ts'

const program = useTestProgram()

test('the demo shows every state there is so far, and its books balance', async () => {
  await makeDemo(program.deps)
  const { deps } = program
  const { id } = await deps.db.selectFrom('campaigns').select('id').executeTakeFirstOrThrow()
  const { surveys, orders } = await countLifecycle(deps.db, id)
  for (const [state, count] of Object.entries(surveys)) expect(count, state).toBeGreaterThan(0)
  for (const status of ['open', 'locked', 'paid', 'canceled'] as const) expect(orders[status].count, status).toBeGreaterThan(0)
  expect(await verifyBooks(deps.db, deps.clock.now())).toEqual([])
}, 60_000)
