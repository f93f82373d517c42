import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import { expandAnswer } from './expand.ts'
import { newStripeId } from './ids.ts'
import type { KnobBoard } from './knobs.ts'
import { readBrackets } from './parameters.ts'
import { invalidRequest, orderedRefusal, StripeRefusal } from './refusals.ts'
import { settleDue } from './resources/settle-due.ts'
import type { Put, Store } from './store.ts'
import type { NextMove } from './types.ts'
import type { Webhooks } from './webhooks.ts'
import { beginWork, type Endpoint, type Work } from './work.ts'

export interface SimulatorParts {
  store: Store
  knobs: KnobBoard
  /** the only key that is let in; null for any test key */
  key: string | null
  hostedUrl: string
  /** idempotency keys of calls that are not over */
  inFlight: Set<string>
  webhooks: Webhooks
}

export type SimulatorContext = Context<{ Bindings: HttpBindings }>

interface Call {
  endpoint: Endpoint
  raw: Record<string, unknown>
  ids: Record<string, string>
  path: string
  key: string | null
  order: NextMove | null
}

interface Answer {
  status: number
  body: unknown
  isReplay: boolean
  silence: Work['silence']
}

/** An open call that is never answered is ended after this time, should its client not do so. */
const silenceLimitMs = 10 * 60_000

/** Serves one endpoint the way Stripe does: key, parameters, idempotency, errors; and the settings that tests have made. */
export function serveCall(parts: SimulatorParts, endpoint: Endpoint): (c: SimulatorContext) => Promise<Response> {
  return async (c) => {
    const headers: Record<string, string> = { 'Request-Id': newStripeId('req', 14) }
    const version = c.req.header('stripe-version')
    if (version) headers['Stripe-Version'] = version
    if (parts.knobs.read().is_down) return await keepSilent(c, true)
    try {
      checkKey(c.req.header('authorization'), parts.key)
      if (!parts.knobs.takeCall()) {
        headers['Stripe-Rate-Limited-Reason'] = 'global-rate'
        throw orderedRefusal(429)
      }
      const call = await readCall(c, endpoint, parts.knobs)
      if (call.key) headers['Idempotency-Key'] = call.key
      if (call.order === 'cut_before' || call.order === 'hang_before') return await keepSilent(c, call.order === 'cut_before')
      const pause = parts.knobs.read().latency_ms / 2
      const answer = await inTurn(parts.inFlight, call.key, async () => {
        if (pause) await wait(pause)
        return perform(parts, call)
      })
      if (pause) await wait(pause)
      if (answer.silence || call.order === 'cut_after' || call.order === 'hang_after') {
        return await keepSilent(c, call.order === 'cut_after')
      }
      if (answer.isReplay) headers['Idempotent-Replayed'] = 'true'
      return c.json(answer.body, answer.status as 200, headers)
    } catch (error) {
      if (!(error instanceof StripeRefusal)) throw error
      return c.json({ error: error.body }, error.status as 400, headers)
    }
  }
}

function checkKey(authorization: string | undefined, key: string | null): void {
  const given = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1]
  if (!given) {
    throw invalidRequest('You did not provide an API key: send it as "Authorization: Bearer sk_test_...".', { status: 401 })
  }
  if (/^(?:sk|rk)_live_/.test(given)) {
    throw invalidRequest('This is the simulator: it takes test keys only. Keep live keys away from it.', { status: 401 })
  }
  if (key ? given !== key : !/^(?:sk|rk)_test_\w+$/.test(given)) {
    throw invalidRequest('Invalid API Key provided.', { status: 401 })
  }
}

async function readCall(c: SimulatorContext, endpoint: Endpoint, knobs: KnobBoard): Promise<Call> {
  const isPost = endpoint.method === 'POST'
  const text = isPost ? await c.req.text() : (c.req.url.split('?')[1] ?? '')
  if (isPost && text && !c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded')) {
    throw invalidRequest('Send parameters as application/x-www-form-urlencoded.')
  }
  return {
    endpoint,
    raw: readBrackets(text),
    ids: c.req.param() as Record<string, string>,
    path: c.req.path,
    key: (isPost && c.req.header('idempotency-key')) || null,
    order: endpoint.movesMoney ? knobs.takeNext() : null,
  }
}

/** Two calls with one key never run at once: the second is told so. */
async function inTurn<T>(inFlight: Set<string>, key: string | null, run: () => Promise<T>): Promise<T> {
  if (!key) return run()
  if (inFlight.has(key)) {
    throw new StripeRefusal(409, {
      type: 'idempotency_error',
      code: 'idempotency_key_in_use',
      message: `There is currently another in-progress request using this Idempotency Key: ${key}.`,
    })
  }
  inFlight.add(key)
  try {
    return await run()
  } finally {
    inFlight.delete(key)
  }
}

/** Runs a call or replays what its key was answered; without a pause inside, so nothing comes between its check and its write. */
function perform(parts: SimulatorParts, call: Call): Answer {
  const { store, knobs } = parts
  const fingerprint = fingerprintOf(call.raw)
  const found = call.key ? store.find('answer', call.key) : undefined
  const stored = found && !knobs.isForgotten(found) ? found : undefined
  const refusal = typeof call.order === 'number' ? orderedRefusal(call.order) : null
  if (refusal && (stored || !refusal.isKept)) throw refusal
  if (call.order === 'fail_free') throw orderedRefusal(500)
  if (stored) {
    if (stored.path !== call.path || stored.fingerprint !== fingerprint) throw otherParameters(stored.path === call.path)
    return { status: stored.status, body: stored.body, isReplay: true, silence: null }
  }
  const work = beginWork(parts, call.key)
  settleDue(work)
  const done = refusal ? errorAnswer(refusal) : runEndpoint(work, call)
  const { status, body } = call.order === 'fail_after' ? errorAnswer(orderedRefusal(500)) : done
  const answer: Put[] =
    call.key && work.silence !== 'before'
      ? [['answer', { id: call.key, path: call.path, fingerprint, status, body, at: knobs.now() }]]
      : []
  // One line of the journal: what was done and what was answered are never apart.
  store.commit([...work.puts, ...answer])
  return { status, body, isReplay: false, silence: work.silence }
}

function runEndpoint(work: Work, call: Call): { status: number; body: unknown } {
  const { expand, ...raw } = call.raw
  try {
    return { status: 200, body: expandAnswer(work, call.endpoint.run(work, raw, call.ids), expand) }
  } catch (error) {
    // Refused before anything was done: Stripe keeps nothing of it, so the key stays free.
    if (!(error instanceof StripeRefusal && error.isKept)) throw error
    return errorAnswer(error)
  }
}

/** The same parameters in another order are the same. */
function fingerprintOf(raw: Record<string, unknown>): string {
  const sorted = JSON.stringify(raw, (_, value: unknown) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
  return createHash('sha256').update(sorted).digest('base64url')
}

function errorAnswer(refusal: StripeRefusal): { status: number; body: unknown } {
  return { status: refusal.status, body: { error: refusal.body } }
}

function otherParameters(isSamePath: boolean): StripeRefusal {
  return new StripeRefusal(400, {
    type: 'idempotency_error',
    message: isSamePath
      ? 'Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than the one you sent if you meant to execute a different request.'
      : 'Keys for idempotent requests can only be used for the same endpoint they were first used for. Try using a key other than the one you sent if you meant to execute a different request.',
  })
}

/** Gives no answer: the connection ends at once, or stays open until its client has had enough. */
async function keepSilent(c: SimulatorContext, isCut: boolean): Promise<Response> {
  const { outgoing } = c.env
  if (isCut) outgoing.destroy()
  else if (!outgoing.destroyed) {
    const limit = setTimeout(() => outgoing.destroy(), silenceLimitMs)
    await new Promise<void>((resolve) => outgoing.once('close', () => resolve()))
    clearTimeout(limit)
  }
  return RESPONSE_ALREADY_SENT
}
