import { Stripe } from 'stripe'
import { afterEach, describe, expect, test } from 'vitest'
import { testConfig, useTestProgram } from '../../test/setup/deps.ts'
import { createApp } from '../app.ts'
import { createLog } from '../log.server.ts'

/* What a webhook is believed for, through the door. Bodies are signed with the client's own code. */

const program = useTestProgram({ env: { STRIPE_WEBHOOK_SECRET: 'whsec_first whsec_second' } })
const DAY_S = 24 * 3_600

const eventOf = (over: Record<string, unknown> = {}) =>
  JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'payment_intent.succeeded',
    livemode: false,
    data: { object: { id: 'pi_1', object: 'payment_intent', status: 'succeeded', receipt_email: 'ada@example.com' } },
    ...over,
  })

function signed(payload: string, { secret = 'whsec_first', ago_s = 0 } = {}): string {
  const timestamp = Math.floor(Date.now() / 1000) - ago_s
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })
}

const post = async (body: string, signature: string, headers: Record<string, string> = {}, app = program.app) =>
  await app.request('/webhooks/stripe', { method: 'POST', body, headers: { 'stripe-signature': signature, ...headers } })

const stored = () => program.db.selectFrom('gateway_events').selectAll().orderBy('id').execute()

afterEach(async () => {
  await program.db.deleteFrom('gateway_events').execute()
})

describe('what is stored', () => {
  test('one that is signed with either secret, once however often it comes, and nothing of its content', async () => {
    for (const secret of ['whsec_first', 'whsec_second', 'whsec_first']) {
      expect((await post(eventOf(), signed(eventOf(), { secret }))).status).toBe(200)
    }
    const rows = await stored()
    expect(rows).toMatchObject([
      {
        ...{ id: 'evt_1', type: 'payment_intent.succeeded', object_kind: 'payment_intent', object_id: 'pi_1' },
        ...{ state: 'received', tries: 0, code: null },
      },
    ])
    expect(JSON.stringify(rows)).not.toContain('ada@example.com')
  })

  test('twenty of the same at once are one', async () => {
    const body = eventOf()
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(body, signed(body))))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await stored()).toHaveLength(1)
  })

  test('nobody is signed in, and no page of ours has to have sent it', async () => {
    const body = eventOf()
    const headers = { origin: 'https://elsewhere.example', host: 'pledges.example.com', 'content-type': 'application/json' }
    expect((await post(body, signed(body), headers)).status).toBe(200)
    expect(await stored()).toHaveLength(1)
  })

  test('a refund and a charge are kept under their payment', async () => {
    for (const [id, object] of [
      ['evt_2', { id: 're_1', object: 'refund', payment_intent: 'pi_2' }],
      ['evt_3', { id: 'ch_1', object: 'charge', payment_intent: 'pi_3' }],
    ] as const) {
      const body = eventOf({ id, type: 'charge.refunded', data: { object } })
      await post(body, signed(body))
    }
    expect((await stored()).map(({ object_kind, object_id }) => `${object_kind} ${object_id}`)).toEqual([
      'payment_intent pi_2',
      'payment_intent pi_3',
    ])
  })

  test('one that was given up is taken up again when it is sent again; one that is done stays done', async () => {
    const body = eventOf()
    await post(body, signed(body))
    for (const [state, becomes] of [
      ['failed', 'received'],
      ['done', 'done'],
    ] as const) {
      await program.db.updateTable('gateway_events').set({ state, tries: 9 }).execute()
      await post(body, signed(body))
      expect((await stored())[0]?.state).toBe(becomes)
    }
  })
})

describe('what is refused, with one sentence and without a row', () => {
  const body = eventOf()
  const refused: [string, string, string, RegExp][] = [
    ['another secret', body, signed(body, { secret: 'whsec_other' }), /signing secret of this very endpoint/],
    ['no signature', body, '', /signing secret/],
    ['a changed body', body.replace('pi_1', 'pi_2'), signed(body), /must not change the body/],
    ['six minutes old', body, signed(body, { ago_s: 360 }), /older than five minutes.*clock/],
    ['no event', '{"a":1}', signed('{"a":1}'), /no event/],
    ['no JSON', 'pi_1', signed('pi_1'), /no event/],
    ['an id that is none', eventOf({ id: 'a'.repeat(300) }), signed(eventOf({ id: 'a'.repeat(300) })), /no event/],
  ]
  test.each(refused)('%s', async (_, sent, signature, says) => {
    const answer = await post(sent, signature)
    expect(answer.status).toBe(400)
    expect(await answer.text()).toMatch(says)
    expect(await stored()).toEqual([])
  })

  test('more than a megabyte: 413, with and without its length told', async () => {
    const large = eventOf({ more: 'a'.repeat(1024 * 1024) })
    const stream = new Response(large).body as ReadableStream
    const headers = { 'stripe-signature': signed(large) }
    const streamed = { method: 'POST', body: stream, headers, duplex: 'half' } as RequestInit
    for (const answer of [
      await post(large, signed(large), { 'content-length': String(large.length) }),
      await program.app.request('/webhooks/stripe', streamed),
    ]) {
      expect(answer.status).toBe(413)
      expect(await answer.text()).toContain('1048576 bytes')
    }
  })

  test('no secret: 503, so that the gateway sends it again once there is one', async () => {
    const { deps } = program
    const readWebhook = () => ({ ok: false, code: 'no_secret' }) as const
    const app = createApp({ ...deps, gateway: { ...deps.gateway, readWebhook } }, async () => new Response())
    const answer = await post(body, signed(body), {}, app)
    expect(answer.status).toBe(503)
    expect(await answer.text()).toContain('STRIPE_WEBHOOK_SECRET')
    expect(testConfig({ STRIPE_HOST: '127.0.0.1' }).webhookSecrets).toEqual([])
  })

  test('anything but a POST', async () => {
    const answer = await program.app.request('/webhooks/stripe')
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('POST')
  })

  test('and the log says so once a minute, without a word of the body', async () => {
    const lines: string[] = []
    const app = createApp(
      { ...program.deps, log: createLog({ write: (line) => void lines.push(line) }) },
      async () => new Response(),
    )
    for (let n = 0; n < 5; n++) await post(body, signed(body, { secret: 'whsec_other' }), {}, app)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('signature_wrong')
    expect(lines[0]).not.toMatch(/pi_1|evt_1|ada@|whsec/)
  })
})

test('of another account, or of live mode: taken, and passed over', async () => {
  for (const over of [{ account: 'acct_other' }, { livemode: true }]) {
    const body = eventOf(over)
    const answer = await post(body, signed(body))
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('nothing to do here')
  }
  expect(await stored()).toEqual([])
})

test('where the program has moved its clock, a signature is as old as the machine says', async () => {
  program.deps.clock.advance(DAY_S * 1000)
  const body = eventOf()
  expect((await post(body, signed(body))).status).toBe(200)
  // A simulator that moved along signs with that day.
  expect((await post(body, signed(body, { ago_s: -DAY_S }))).status).toBe(200)
  expect((await post(body, signed(body, { ago_s: 360 }))).status).toBe(400)
})
