import { createHmac } from 'node:crypto'
import type { KnobBoard } from './knobs.ts'
import { showEvent } from './resources/events.ts'
import { settleDue } from './resources/settle-due.ts'
import type { Store } from './store.ts'
import type { WebhookTarget } from './types.ts'
import { beginWork } from './work.ts'

export interface Webhooks {
  /** events that were not taken yet */
  pending(): number
  /** Sends past events again, all or those of these kinds; answers how many. */
  resend(types?: readonly string[]): number
  sendTo(target: WebhookTarget | null): void
  stop(): void
}

/** Something that waits for its time (a refund on its way) is seen within this time. */
const lookMs = 250
const answerLimitMs = 10_000
const atOnce = 4
/** A listener that does not take it is asked again after 1, 2, 4 .. seconds, a minute at most. */
const longestPauseMs = 60_000

interface Sending {
  id: string
  tries: number
  /** by `performance.now()` */
  due: number
  /** sent although it was taken before */
  isRepeat: boolean
}

interface Parts {
  store: Store
  knobs: Pick<KnobBoard, 'now' | 'read'>
  hostedUrl: string
}

/** Sends one event, signed as Stripe signs; whether it was taken. */
async function postEvent(parts: Parts, { url, secret }: WebhookTarget, id: string): Promise<boolean> {
  const event = parts.store.find('event', id)
  if (!event) return true
  const body = JSON.stringify(showEvent(beginWork(parts), event))
  const at = Math.floor(parts.knobs.now() / 1000) - parts.knobs.read().webhook_signed_ago_s
  const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')
  const headers = { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': `t=${at},v1=${signature}` }
  const signal = AbortSignal.timeout(answerLimitMs)
  const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' }).catch(() => null)
  await answer?.body?.cancel()
  return answer?.ok ?? false
}

/**
 * Sends each event to whoever listens, signed as Stripe signs, until it is taken: in no certain order, since several are under way at once.
 * What was not taken is sent by the next start.
 */
export function createWebhooks(parts: Parts, to: WebhookTarget | null): Webhooks {
  const { store, knobs } = parts
  let target = to
  const isTaken = (id: string) => store.find('delivery', id) !== undefined
  const sending = (id: string, isRepeat = false): Sending => ({ id, tries: 0, due: 0, isRepeat })
  const ready: Sending[] = store.all('event').flatMap(({ id }) => (isTaken(id) ? [] : [sending(id)]))
  /** was not taken, and is sent again at its time */
  let later: Sending[] = []
  let isStopped = false
  let underWay = 0
  store.watch((puts) => {
    for (const [kind, { id }] of puts) if (kind === 'event') ready.push(sending(id))
    send()
  })

  const sendOne = async (listener: WebhookTarget, one: Sending): Promise<void> => {
    const wasTaken = await postEvent(parts, listener, one.id)
    if (isStopped) return
    if (!wasTaken) {
      const pause = Math.min(1_000 * 2 ** one.tries, longestPauseMs)
      later.push({ ...one, tries: one.tries + 1, due: performance.now() + pause })
      return
    }
    if (!isTaken(one.id)) store.commit([['delivery', { id: one.id }]])
    if (!one.isRepeat) for (let more = knobs.read().webhook_repeats; more > 0; more--) ready.push(sending(one.id, true))
  }
  function send(): void {
    const { webhooks_held, webhooks_shuffled } = knobs.read()
    while (target && !isStopped && !webhooks_held && underWay < atOnce) {
      const [next] = ready.splice(webhooks_shuffled ? Math.floor(Math.random() * ready.length) : 0, 1)
      if (!next) return
      underWay += 1
      void sendOne(target, next).finally(() => {
        underWay -= 1
        send()
      })
    }
  }
  const look = setInterval(() => {
    const work = beginWork(parts)
    settleDue(work)
    store.commit(work.puts)
    const due = later.filter((one) => one.due <= performance.now())
    later = later.filter((one) => !due.includes(one))
    ready.push(...due)
    send()
  }, lookMs)
  look.unref()
  return {
    pending: () => ready.length + later.length + underWay,
    resend: (types) => {
      const again = store.all('event').filter(({ type }) => !types || types.includes(type))
      ready.push(...again.map(({ id }) => sending(id, true)))
      send()
      return again.length
    },
    sendTo: (given) => {
      target = given
      send()
    },
    stop: () => {
      isStopped = true
      clearInterval(look)
    },
  }
}
