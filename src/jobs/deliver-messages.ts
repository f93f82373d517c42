import type { Deps } from '../deps.server.ts'
import { linkFor } from '../domain/backers/links.ts'
import { loadMailFacts, type MailFacts, whyNotMail } from '../domain/messages/mail-facts.ts'
import type { MailOutcome } from '../domain/messages/mailer.ts'
import {
  claimMessages,
  endTry,
  findCampaignsWithMail,
  MAX_TRIES,
  type Message,
  pauseMail,
  recordBounce,
  waitAfter,
} from '../domain/messages/outbox.ts'
import { inTransaction } from '../domain/shared/tx.ts'
import { type RenderedMail, renderMail } from '../emails/render.ts'
import { isOutage } from './outage.ts'

export type DeliveryParts = Pick<Deps, 'db' | 'clock' | 'enqueue' | 'log' | 'mailer' | 'config' | 'linkSecret'>

export interface Delivery {
  /** waits until the next mail may leave */
  pace(): Promise<void>
  isStopping(): boolean
}

/** How many mails are on their way at once. */
const LANES = 4
/** After so many mails of one campaign the next campaign has its turn. */
const TURN = 200
/** A server that is down is asked again after a minute; a live campaign without one waits an hour. */
const SERVER_DOWN_MS = 60_000
const NO_SERVER_MS = 60 * 60_000

/** Sends what is due, campaign by campaign in turns, until nothing is left that this process may take. Answers how many it tried. */
export async function deliverMessages(app: DeliveryParts, delivery: Delivery): Promise<number> {
  let total = 0
  for (;;) {
    let made = 0
    for (const campaign_id of await findCampaignsWithMail(app.db, app.clock.now()))
      made += await deliverTurn(app, delivery, campaign_id)
    total += made
    if (made === 0 || delivery.isStopping()) return total
  }
}

async function deliverTurn(app: DeliveryParts, delivery: Delivery, campaign_id: string): Promise<number> {
  let made = 0
  let isDown = false
  const lane = async () => {
    while (made < TURN && !isDown && !delivery.isStopping()) {
      if (app.mailer) await delivery.pace()
      const [message] = await claimMessages(app.db, campaign_id, app.clock.now(), 1)
      if (!message) return
      made += 1
      if ((await deliver(app, message).catch((error: unknown) => park(app, message, error))) === 'unavailable') isDown = true
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane))
  for (const one of lanes) if (one.status === 'rejected') throw one.reason
  return made
}

/** `unavailable`: the mail server is out of reach, so the next mail need not be tried. */
type Tries = 'over' | 'unavailable'

/** A mail that breaks our own code must not stop the others; a lost database stops them all, and the lease brings it back. */
async function park(app: DeliveryParts, message: Message, error: unknown): Promise<Tries> {
  if (isOutage(error)) throw error
  app.log.error({ error, message_id: message.id, kind: message.kind }, 'a mail could not be sent')
  await endTry(app.db, message, app.clock.now(), { state: 'failed', error: 'internal_error' })
  return 'over'
}

/** One try of one mail: written now from ids, handed over with no transaction open, its outcome recorded after. */
async function deliver(app: DeliveryParts, message: Message): Promise<Tries> {
  const { db, clock, mailer } = app
  const facts = await loadMailFacts(db, message, clock.now())
  const refusal = whyNotMail(facts)
  if (refusal) {
    await endTry(db, message, clock.now(), { state: 'suppressed', error: refusal })
    return 'over'
  }
  if (!mailer && facts.campaign.mode === 'live') {
    const due_at = new Date(clock.now().getTime() + NO_SERVER_MS)
    await endTry(db, message, clock.now(), { state: 'queued', error: 'smtp_missing', due_at, uncounted: true })
    return 'over'
  }
  const mail = renderMail(facts, linkFor(app.linkSecret, app.config.publicUrl, facts.backer))
  const outcome = mailer
    ? await mailer.send({
        from_name: facts.campaign.creator_name,
        reply_to: facts.campaign.support_email,
        to: facts.backer.email,
        message_id: messageId(app, message),
        ...mail,
      })
    : ({ state: 'sent', answer: '' } as const)
  await record(app, { message, facts, mail, outcome })
  return outcome.state === 'unavailable' ? 'unavailable' : 'over'
}

/** The same on each try. */
function messageId({ config }: Pick<Deps, 'config'>, message: Message): string {
  return `<${message.id}@${new URL(config.publicUrl).hostname}>`
}

interface Tried {
  message: Message
  facts: MailFacts
  mail: RenderedMail
  outcome: MailOutcome
}

async function record(app: DeliveryParts, { message, facts, mail, outcome }: Tried): Promise<void> {
  const { db } = app
  const now = app.clock.now()
  const to = facts.backer.email
  if (outcome.state === 'sent') {
    const kept = facts.campaign.mode === 'test' ? { to, ...mail } : null
    return await endTry(db, message, now, { state: 'sent', kept })
  }
  if (outcome.state === 'unavailable') {
    const error = `The mail server does not take mail now: ${outcome.reason}`
    const due_at = new Date(now.getTime() + SERVER_DOWN_MS)
    app.log.warn({ campaign_id: message.campaign_id, reason: outcome.reason }, 'the mail server does not take mail')
    await endTry(db, message, now, { state: 'queued', error, due_at, uncounted: true })
    return await pauseMail(db, { until: due_at, reason: outcome.reason })
  }
  if (outcome.state === 'refused' && outcome.permanent) {
    if (outcome.recipient) {
      const { answer, code } = outcome
      return await inTransaction(app, (tx) => recordBounce(tx, message, { to, answer, code }))
    }
    return await endTry(db, message, now, { state: 'failed', error: outcome.answer })
  }
  const error = outcome.state === 'refused' ? outcome.answer : `No answer from the mail server: ${outcome.reason}`
  if (message.tries >= MAX_TRIES) return await endTry(db, message, now, { state: 'failed', error })
  await endTry(db, message, now, { state: 'queued', error, due_at: new Date(now.getTime() + waitAfter(message.tries)) })
}
