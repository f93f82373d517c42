import { setTimeout as sleep } from 'node:timers/promises'
import { findChargeRun } from '../../../domain/payments/charge-run-queries.ts'
import { asSent, isUnderWay } from '../../components/charge-words.ts'
import { orRefusalPage } from '../../session.server.ts'
import type { Route } from './+types/charges-live'
import { requireCampaign } from './session.server.ts'

const LOOK_AGAIN_MS = 1_000
/** Something is sent at least this often, so that no proxy takes the stream for dead. */
const QUIET_LOOKS = 15

/** A run's numbers as server-sent events: one when they changed, `over` when they will not change any more. Ends with the program. */
export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const read = () => findChargeRun(deps.db, campaign.id, args.params.run, deps.clock.now())
  await orRefusalPage(read())
  const ended = new AbortController()
  const signal = AbortSignal.any([deps.stopping, args.request.signal, ended.signal])
  const encoder = new TextEncoder()
  const events = eventsOf(read, signal)
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await events.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    cancel: () => ended.abort(),
  })
  return new Response(body, {
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
      // A connection that outlived its stream would hold up the program's end.
      Connection: 'close',
    },
  })
}

async function* eventsOf(read: () => ReturnType<typeof findChargeRun>, signal: AbortSignal): AsyncGenerator<string> {
  let last = ''
  for (let looks = 0; !signal.aborted; looks++) {
    const run = await read()
    const text = JSON.stringify(asSent(run))
    if (text !== last) yield `data: ${text}\n\n`
    else if (looks % QUIET_LOOKS === 0) yield ': still here\n\n'
    last = text
    if (!isUnderWay(run)) {
      yield 'event: over\ndata: {}\n\n'
      return
    }
    await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined)
  }
}
