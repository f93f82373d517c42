import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeBacker, makeCampaign, makeOrder, type TestCampaign } from '../../test/factories/campaign.ts'
import { useTestProgram } from '../../test/setup/deps.ts'
import { type MailServer, startMailServer } from '../../test/setup/mail-server.ts'
import { createSmtpMailer } from '../adapters/smtp/smtp-mailer.ts'
import type { Row } from '../db/types.ts'
import { linkFor } from '../domain/backers/links.ts'
import { claimMessages, findMailPause, LEASE_MS, MAX_TRIES } from '../domain/messages/outbox.ts'
import { queueMessage } from '../domain/messages/queue-message.ts'
import { inTransaction } from '../domain/shared/tx.ts'
import { sendSurveys } from '../domain/surveys/send-surveys.ts'
import { newId } from '../lib/id.ts'
import { deliverMessages } from './deliver-messages.ts'

const program = useTestProgram({ env: { MAIL_FROM: 'mail@pledges.example' } })
let server: MailServer
let campaign: TestCampaign

beforeAll(async () => {
  server = await startMailServer()
  campaign = await makeCampaign(program.deps)
})
afterAll(async () => {
  await server?.close()
})

const atOnce = { pace: async () => undefined, isStopping: () => false }

/** The same wiring with another mail server, or none. */
async function deliverWith<T>(url: string | null, run: (parts: typeof program.deps) => Promise<T>): Promise<T> {
  const mailer = url ? createSmtpMailer({ url, from: 'Afterfund <mail@pledges.example>' }) : null
  try {
    return await run({ ...program.deps, mailer })
  } finally {
    mailer?.close()
  }
}

async function queueLink(backer: Row<'backers'>): Promise<string> {
  const occasion = newId()
  await inTransaction(program.deps, (tx) =>
    queueMessage(tx, { campaign_id: backer.campaign_id, backer_id: backer.id, kind: 'link', occasion }),
  )
  const row = await program.db.selectFrom('messages').select('id').where('occasion', '=', occasion).executeTakeFirstOrThrow()
  return row.id
}

const messageOf = (id: string) => program.db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const backerOf = (id: string) => program.db.selectFrom('backers').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const eventsOf = (id: string) => program.db.selectFrom('events').selectAll().where('backer_id', '=', id).execute()

test('a mail leaves through SMTP with text and HTML, answers go to the creator, and no address can add a recipient', async () => {
  const backer = await makeBacker(program.deps, campaign, { name: 'ليلى\r\nBcc: eve@example.com', email: 'leila@example.com' })
  const id = await queueLink(backer)
  await deliverWith(server.url, (app) => deliverMessages(app, atOnce))
  const mail = server.received.find((one) => one.recipients[0] === 'leila@example.com')
  expect(mail).toMatchObject({
    messageId: `<${id}@localhost>`,
    subject: 'Your link to Tidebreakers',
    recipients: ['leila@example.com'],
  })
  expect(mail?.from?.value).toEqual([{ name: 'Afterfund', address: 'mail@pledges.example' }])
  expect(mail?.replyTo?.value).toEqual([{ name: 'Lanternfish Games', address: 'help@example.com' }])
  expect(mail?.cc ?? mail?.bcc).toBeUndefined()
  const link = linkFor(program.deps.linkSecret, 'http://localhost:3000', backer)
  expect(mail?.text).toContain(link)
  expect(mail?.html).toContain(`href="${link}"`)
  expect(mail?.html).not.toMatch(/<img|<script|https?:\/\/(?!localhost)/)
  // A test campaign also keeps what it sent; a mail's text never breaks out of its line.
  const message = await messageOf(id)
  expect(message).toMatchObject({ state: 'sent', error: null, leased_until: null })
  expect(message.kept).toMatchObject({ to: 'leila@example.com' })
  expect(message.kept?.text).toContain('Dear \u2068ليلى Bcc: eve@example.com\u2069,')
})

test('a list of addresses from a report is no address: nothing is sent, the backer is marked', async () => {
  const backer = await makeBacker(program.deps, campaign, { email: 'a@example.com, b@example.com' })
  const id = await queueLink(backer)
  await deliverWith(server.url, (app) => deliverMessages(app, atOnce))
  expect(await messageOf(id)).toMatchObject({ state: 'bounced' })
  expect((await backerOf(backer.id)).email_state).toBe('bounced')
  expect(server.asked.has('a@example.com')).toBe(false)
})

test('550 at RCPT: bounced once, an event says so, and later mails to that address are not sent', async () => {
  const backer = await makeBacker(program.deps, campaign, { email: 'gone@example.com' })
  const first = await queueLink(backer)
  await deliverWith(server.url, (app) => deliverMessages(app, atOnce))
  expect(await messageOf(first)).toMatchObject({ state: 'bounced', error: '550 no such mailbox', tries: 1 })
  const second = await queueLink(backer)
  await deliverWith(server.url, (app) => deliverMessages(app, atOnce))
  expect(await messageOf(second)).toMatchObject({ state: 'suppressed', error: 'mail_bounced' })
  expect(server.asked.get('gone@example.com')).toBe(1)
  expect(await eventsOf(backer.id)).toMatchObject([{ kind: 'mail_bounced', actor_kind: 'system', data: { smtp_code: 550 } }])
})

test('451 at RCPT: tried again, later each time, and given up after ten tries with what the server said', async () => {
  const backer = await makeBacker(program.deps, campaign, { email: 'later@example.com' })
  const id = await queueLink(backer)
  await deliverWith(server.url, async (app) => {
    await deliverMessages(app, atOnce)
    const once = await messageOf(id)
    expect(once).toMatchObject({ state: 'queued', tries: 1, error: '451 greylisted, come back later' })
    expect(once.due_at.getTime() - app.clock.now().getTime()).toBeGreaterThan(55_000)
    await deliverMessages(app, atOnce)
    expect(server.asked.get('later@example.com')).toBe(1)
    for (let tries = 2; tries <= MAX_TRIES; tries++) {
      app.clock.advance(61 * 60_000)
      await deliverMessages(app, atOnce)
    }
  })
  expect(await messageOf(id)).toMatchObject({ state: 'failed', tries: MAX_TRIES, error: '451 greylisted, come back later' })
  expect(server.asked.get('later@example.com')).toBe(MAX_TRIES)
  expect((await backerOf(backer.id)).email_state).toBe('ok')
})

test('554 after DATA: this mail failed, the address is not to blame', async () => {
  const backer = await makeBacker(program.deps, campaign, { email: 'spam@example.com' })
  const id = await queueLink(backer)
  await deliverWith(server.url, (app) => deliverMessages(app, atOnce))
  expect(await messageOf(id)).toMatchObject({ state: 'failed', error: '554 looks like spam' })
  expect((await backerOf(backer.id)).email_state).toBe('ok')
})

test('a connection cut after DATA: the repeat carries the same Message-ID', async () => {
  const backer = await makeBacker(program.deps, campaign, { email: 'cut@example.com' })
  const id = await queueLink(backer)
  await deliverWith(server.url, async (app) => {
    await deliverMessages(app, atOnce)
    expect(await messageOf(id)).toMatchObject({ state: 'queued', tries: 1 })
    app.clock.advance(61_000)
    await deliverMessages(app, atOnce)
  })
  expect(await messageOf(id)).toMatchObject({ state: 'sent', tries: 2 })
  const mails = server.received.filter((one) => one.recipients[0] === 'cut@example.com')
  expect(mails.map((one) => one.messageId)).toEqual([`<${id}@localhost>`, `<${id}@localhost>`])
})

test('a worker that was killed: its lease runs out, then the mail is sent under the same Message-ID', async () => {
  const { db, clock } = program.deps
  const backer = await makeBacker(program.deps, campaign, { email: 'killed@example.com' })
  const id = await queueLink(backer)
  await claimMessages(db, campaign.id, clock.now(), 1)
  await deliverWith(server.url, async (app) => {
    await deliverMessages(app, atOnce)
    expect(await messageOf(id)).toMatchObject({ state: 'sending', tries: 1 })
    expect(await app.worker.isIdle()).toBe(false)
    app.clock.advance(LEASE_MS + 1)
    await deliverMessages(app, atOnce)
  })
  expect(await messageOf(id)).toMatchObject({ state: 'sent', tries: 2 })
  const mails = server.received.filter((one) => one.recipients[0] === 'killed@example.com')
  expect(mails.map((one) => one.messageId)).toEqual([`<${id}@localhost>`])
})

test('a mail server that is down costs no mail a try; all of them wait and leave when it is back', async () => {
  const ids: string[] = []
  for (let n = 0; n < 10; n++) ids.push(await queueLink(await makeBacker(program.deps, campaign)))
  await deliverWith('smtp://127.0.0.1:1', (app) => deliverMessages(app, atOnce))
  const messages = await Promise.all(ids.map(messageOf))
  for (const message of messages) expect(message).toMatchObject({ state: 'queued', tries: 0 })
  // No more than those that were on their way at once.
  const tried = messages.filter(({ error }) => error?.includes('ECONNREFUSED'))
  expect(tried.length).toBeGreaterThan(0)
  expect(tried.length).toBeLessThanOrEqual(4)
  expect(await findMailPause(program.db, program.deps.clock.now())).toMatchObject({
    reason: expect.stringContaining('ECONNREFUSED'),
  })
  expect(await program.deps.worker.isIdle()).toBe(true)
  await deliverWith(server.url, (app) => deliverMessages(app, atOnce))
  expect((await Promise.all(ids.map(messageOf))).some(({ state }) => state === 'sent')).toBe(false)
  program.deps.clock.advance(61_000)
  expect(await program.deps.worker.isIdle()).toBe(false)
  await deliverWith(server.url, (app) => deliverMessages(app, atOnce))
  for (const id of ids) expect(await messageOf(id)).toMatchObject({ state: 'sent', error: null })
})

test('four deliveries at once send each mail once', async () => {
  const backers: Row<'backers'>[] = []
  for (let n = 0; n < 20; n++) backers.push(await makeBacker(program.deps, campaign))
  for (const backer of backers) await queueLink(backer)
  await deliverWith(server.url, async (app) => {
    await Promise.all([1, 2, 3, 4].map(() => deliverMessages(app, atOnce)))
  })
  for (const backer of backers) {
    expect(server.received.filter((one) => one.recipients[0] === backer.email)).toHaveLength(1)
  }
})

test('without SMTP a test campaign keeps the mail; a live one waits and says why', async () => {
  const backer = await makeBacker(program.deps, campaign)
  const id = await queueLink(backer)
  const live = await makeCampaign(program.deps)
  await program.db.updateTable('campaigns').set({ mode: 'live' }).where('id', '=', live.id).execute()
  const waiting = await queueLink(await makeBacker(program.deps, live))
  await deliverWith(null, (app) => deliverMessages(app, atOnce))
  const kept = await messageOf(id)
  expect(kept).toMatchObject({ state: 'sent', kept: { to: backer.email, subject: 'Your link to Tidebreakers' } })
  expect(kept.kept?.html).toContain('/b/')
  expect(await messageOf(waiting)).toMatchObject({ state: 'queued', error: 'smtp_missing', tries: 0, kept: null })
  program.deps.clock.advance(61 * 60_000)
  await deliverWith(server.url, (app) => deliverMessages(app, atOnce))
  expect(await messageOf(waiting)).toMatchObject({ state: 'sent', kept: null })
})

test('a canceled order gets word of its cancellation and nothing else', async () => {
  const backer = await makeBacker(program.deps, campaign)
  const order = await makeOrder(program.deps, campaign, backer)
  await program.db.updateTable('orders').set({ status: 'canceled' }).where('id', '=', order.id).execute()
  const id = await queueLink(backer)
  const occasion = newId()
  await inTransaction(program.deps, (tx) =>
    queueMessage(tx, { campaign_id: campaign.id, backer_id: backer.id, kind: 'cancellation', occasion }),
  )
  await deliverWith(null, (app) => deliverMessages(app, atOnce))
  expect(await messageOf(id)).toMatchObject({ state: 'suppressed', error: 'order_canceled' })
  const { rows } = await program.pool.query('select kind, state, error from messages where backer_id = $1 order by kind', [
    backer.id,
  ])
  expect(rows).toEqual([
    { kind: 'cancellation', state: 'sent', error: null },
    { kind: 'changed_by_staff', state: 'suppressed', error: 'order_canceled' },
    { kind: 'link', state: 'suppressed', error: 'order_canceled' },
  ])
})

test('a mail that our own code cannot write fails alone; the others leave', async () => {
  const backer = await makeBacker(program.deps, campaign)
  const order = await makeOrder(program.deps, campaign, backer)
  await program.db.updateTable('orders').set({ quote: '{"lines": null}' }).where('id', '=', order.id).execute()
  const id = await queueLink(await makeBacker(program.deps, campaign))
  await deliverWith(null, (app) => deliverMessages(app, atOnce))
  const broken = await program.db.selectFrom('messages').selectAll().where('backer_id', '=', backer.id).executeTakeFirstOrThrow()
  expect(broken).toMatchObject({ state: 'failed', error: 'internal_error' })
  expect(await messageOf(id)).toMatchObject({ state: 'sent' })
})

test('a mail about one backer leaves before a mailing to many that waits longer', async () => {
  const { db, deps } = program
  const other = await makeCampaign(deps)
  const asked = await makeBacker(deps, other, { survey: 'not_sent', survey_sent_at: null })
  await inTransaction(deps, (tx) =>
    sendSurveys(tx, other.staff, { campaign_id: other.id, selection: { backer_ids: [asked.id] }, smtp: true }),
  )
  deps.clock.advance(60_000)
  const id = await queueLink(await makeBacker(deps, other))
  const [first] = await claimMessages(db, other.id, deps.clock.now(), 1)
  const [second] = await claimMessages(db, other.id, deps.clock.now(), 1)
  expect([first?.id, second?.kind]).toEqual([id, 'invitation'])
})
