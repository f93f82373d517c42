import { createHash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { sql } from 'kysely'
import type { Deps } from '../deps.server.ts'
import { type Db, inTransaction, type Tx, type TxParts } from '../domain/shared/tx.ts'
import type { ApiContext, ApiEnv, Reservation } from './context.ts'
import { answerProblem, problem } from './problem.ts'

/** A request under way for longer than this has died: its key may be taken again. */
const DEAD_AFTER_MS = 60_000
const KEPT_MS = 7 * 24 * 3_600_000

/**
 * `Idempotency-Key` on POSTs. The same key with the same body gets the stored answer again and does nothing; with another body it is
 * refused (`idempotency_mismatch`); while the first is under way, so is the second (`idempotency_in_flight`). A refused request changed
 * nothing and may be sent again with its key. Keys belong to an account and are kept for seven days.
 */
export function idempotency(deps: Pick<Deps, 'db' | 'clock'>): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const key = c.req.method === 'POST' ? c.req.header('idempotency-key') : undefined
    if (key === undefined) return next()
    if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
      const detail = 'An Idempotency-Key has 1 to 200 printable characters without spaces.'
      return answerProblem(c, problem(400, 'idempotency_key_invalid', detail))
    }
    const hash = await hashRequest(c)
    const now = deps.clock.now()
    const reservation: Reservation = { account_id: c.get('actor').id, key, taken_at: now, is_kept: false }
    if (!(await reserve(deps.db, reservation, hash))) return await answerAgain(c, deps.db, reservation, hash)
    c.set('reservation', reservation)
    await next()
    if (reservation.is_kept) return
    if (!c.res.ok) return await release(deps.db, reservation)
    const isJson = c.res.headers.get('content-type')?.startsWith('application/json')
    await keepAnswer(deps.db, reservation, c.res.status, isJson ? await c.res.clone().json() : null)
  }
}

/**
 * Runs a command and answers what it gave. With an Idempotency-Key the answer is kept in the command's own transaction, so that a
 * request that died after its commit is answered again, never carried out again. `is_secret`: the answer is shown once and not kept.
 */
export async function commit<T>(
  c: ApiContext,
  deps: TxParts,
  run: (tx: Tx) => Promise<T>,
  options: { status?: number; is_secret?: boolean; timeout_ms?: number; lock_timeout_ms?: number } = {},
): Promise<T> {
  const reservation = c.get('reservation')
  const answer = await inTransaction(
    deps,
    async (tx) => {
      const body = await run(tx)
      if (!reservation) return body
      const kept = options.is_secret ? secretAnswer() : { status: options.status ?? 200, body }
      await keepAnswer(tx.db, reservation, kept.status, kept.body)
      return body
    },
    options,
  )
  if (reservation) reservation.is_kept = true
  return answer
}

function secretAnswer() {
  const detail = 'This request was carried out. Its answer held a secret that is shown once, so it is not kept.'
  return { status: 409, body: problem(409, 'answer_not_kept', detail) }
}

/** Takes the key: false when somebody has it already. A dead request's key goes to whoever repeats the same request. */
async function reserve(db: Db, { account_id, key, taken_at }: Reservation, hash: string): Promise<boolean> {
  await db
    .deleteFrom('idempotent_requests')
    .where('account_id', '=', account_id)
    .where('created_at', '<', new Date(taken_at.getTime() - KEPT_MS))
    .execute()
  const dead = new Date(taken_at.getTime() - DEAD_AFTER_MS)
  const { rows } = await sql`insert into idempotent_requests as r (account_id, key, request_hash, created_at)
    values (${account_id}, ${key}, ${hash}, ${taken_at})
    on conflict (account_id, key) do update set created_at = excluded.created_at
      where r.status is null and r.request_hash = excluded.request_hash and r.created_at < ${dead}
    returning r.key`.execute(db)
  return rows.length > 0
}

async function answerAgain(c: ApiContext, db: Db, { account_id, key }: Reservation, hash: string): Promise<Response> {
  const kept = await db
    .selectFrom('idempotent_requests')
    .selectAll()
    .where('account_id', '=', account_id)
    .where('key', '=', key)
    .executeTakeFirst()
  if (kept && kept.request_hash !== hash) {
    const detail = 'This Idempotency-Key was used for another request. Take a new key for a new request.'
    return answerProblem(c, problem(422, 'idempotency_mismatch', detail))
  }
  if (!kept?.status) {
    const detail = 'The first request with this Idempotency-Key is still under way. Ask again in a moment.'
    return answerProblem(c, problem(409, 'idempotency_in_flight', detail), { 'Retry-After': '2' })
  }
  c.header('Idempotent-Replayed', 'true')
  if (kept.response === null) return c.body(null, kept.status as 204)
  const type = kept.status >= 400 ? 'application/problem+json' : 'application/json'
  return c.body(JSON.stringify(kept.response), kept.status as ContentfulStatusCode, { 'Content-Type': type })
}

/** Only whoever took the key last may keep an answer; a request that was given up for dead rolls back here. */
async function keepAnswer(db: Db, { account_id, key, taken_at }: Reservation, status: number, body: unknown): Promise<void> {
  const result = await db
    .updateTable('idempotent_requests')
    .set({ status, response: body === null || body === undefined ? null : JSON.stringify(body) })
    .where('account_id', '=', account_id)
    .where('key', '=', key)
    .where('created_at', '=', taken_at)
    .where('status', 'is', null)
    .executeTakeFirst()
  if (Number(result.numUpdatedRows) === 0) throw new Error('The place of this Idempotency-Key was taken by a repeat')
}

async function release(db: Db, { account_id, key, taken_at }: Reservation): Promise<void> {
  await db
    .deleteFrom('idempotent_requests')
    .where('account_id', '=', account_id)
    .where('key', '=', key)
    .where('created_at', '=', taken_at)
    .where('status', 'is', null)
    .execute()
}

/** What the request says: address and body. A form's parts count, not the boundary that the client made up for this try. */
async function hashRequest(c: ApiContext): Promise<string> {
  const url = new URL(c.req.url)
  const hash = createHash('sha256').update(`${url.pathname}${url.search}\n`)
  if (!c.req.header('content-type')?.startsWith('multipart/form-data')) {
    return hash.update(new Uint8Array(await c.req.arrayBuffer())).digest('hex')
  }
  for (const [name, part] of await c.req.formData()) {
    hash.update(`\n${name}\n`)
    if (typeof part === 'string') hash.update(part)
    else hash.update(`${part.name}\n`).update(new Uint8Array(await part.arrayBuffer()))
  }
  return hash.digest('hex')
}
