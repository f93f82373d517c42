import { CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely'
import type { Database } from '../../src/db/types.ts'
import { inTransaction, type Tx, type TxParts } from '../../src/domain/shared/tx.ts'

/** A door that one side of a race waits at until the other opens it. */
export function gate(): { open(): void; opened: Promise<void> } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

/** Waits until some connection of this database waits for a lock: the other side has arrived at the row. */
export async function someoneWaits(db: Kysely<Database>, timeout_ms = 5_000): Promise<void> {
  const until = Date.now() + timeout_ms
  while (Date.now() < until) {
    const { rows } = await sql<{ waiting: number }>`select count(*)::int as waiting from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
    if ((rows[0]?.waiting ?? 0) > 0) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('Nobody waits: the race did not happen')
}

/** Runs a statement of the product with one part of its text exchanged: the wrong variant of a control. */
export async function executeWrong<T>(
  db: Kysely<Database>,
  statement: RawBuilder<T>,
  right: string,
  wrong: string,
): Promise<{ rows: T[]; count: number }> {
  const compiled = statement.compile(db)
  if (!compiled.sql.includes(right)) throw new Error(`The statement does not contain: ${right}`)
  const result = await db.executeQuery<T>(CompiledQuery.raw(compiled.sql.replaceAll(right, wrong), [...compiled.parameters]))
  return { rows: result.rows, count: Number(result.numAffectedRows ?? 0) }
}

/** The first side does its work, waits until the second waits for it, and commits. Answers both sides. */
export async function raceOf<A, B>(
  parts: TxParts,
  first: (tx: Tx) => Promise<A>,
  second: () => Promise<B>,
): Promise<[A, PromiseSettledResult<B>]> {
  const wrote = gate()
  const both = inTransaction(parts, async (tx) => {
    const answer = await first(tx)
    wrote.open()
    await someoneWaits(parts.db)
    return answer
  })
  await wrote.opened
  const [late] = await Promise.allSettled([second()])
  return [await both, late as PromiseSettledResult<B>]
}
