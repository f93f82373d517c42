import { beforeAll, expect, test } from 'vitest'
import { berlin, makeBacker, makeCampaign, type TestCampaign } from '../../test/factories/campaign.ts'
import { useTestApi } from '../../test/setup/api.ts'
import type { Row } from '../db/types.ts'
import { verifyLink } from '../domain/backers/links.ts'

const api = useTestApi()
let campaign: TestCampaign
let base: string

beforeAll(async () => {
  campaign = await makeCampaign(api.program.deps, { addon_price: 1500 })
  await api.program.db.updateTable('campaigns').set({ account_id: api.account_id }).where('id', '=', campaign.id).execute()
  base = `/campaigns/${campaign.id}`
})

const make = (over: Partial<Row<'backers'>> = {}) => makeBacker(api.program.deps, campaign, over)
const eventsOf = (backer: Row<'backers'>) =>
  api.program.db.selectFrom('events').select(['kind', 'actor_id']).where('backer_id', '=', backer.id).orderBy('seq').execute()

test('a backer is read with a link that works, and an event says who read it', async () => {
  const backer = await make()
  const { status, body } = await api.get(`${base}/backers/${backer.id}`)
  expect(status).toBe(200)
  expect(body).toMatchObject({ id: backer.id, email: backer.email, survey: 'sent', order: null, pledge_amount: 6100 })
  expect(verifyLink(api.program.deps.linkSecret, backer, body.link.split('/').at(-1))).toBe(true)
  expect(await eventsOf(backer)).toEqual([{ kind: 'link_shown', actor_id: api.account_id }])
  const listed = await api.get(`${base}/backers?q=${backer.email}`)
  expect(listed.body.data[0].link).toBeUndefined()
  const withLinks = await api.get(`${base}/backers?q=${backer.email}&include=link`)
  expect(withLinks.body.data[0].link).toBe(body.link)
  expect(await eventsOf(backer)).toHaveLength(2)
})

test('a backer is corrected, noted, sent the link, withdrawn; each refusal has its code', async () => {
  const backer = await make()
  const at = `${base}/backers/${backer.id}`
  const corrected = await api.patch(at, { email: 'new@example.com', reason: 'Typo' })
  expect(corrected).toMatchObject({ status: 200, body: { email: 'new@example.com', contact_saved_here: true } })
  expect(corrected.body.link).toBeUndefined()
  expect(await api.patch(at, { email: 'a@b.example, c@d.example' })).toMatchObject({ status: 422, body: { code: 'invalid' } })
  expect((await api.put(`${at}/note`, { note: 'Called twice' })).body.note).toBe('Called twice')
  expect((await api.post(`${at}/link/resend`)).status).toBe(204)
  expect((await api.post(`${at}/link/revoke`, { reason: 'Leaked' })).status).toBe(204)
  expect(await api.post(`${at}/decide`, { decision: 'dropped', reason: 'x' })).toMatchObject({
    status: 409,
    body: { code: 'pledge_not_waiting' },
  })
  expect((await api.post(`${at}/withdraw`, {})).status).toBe(422)
  expect((await api.post(`${at}/withdraw`, { reason: 'Asked for it' })).body.survey).toBe('withdrawn')
  expect(await api.post(`${at}/link/resend`)).toMatchObject({ status: 409, body: { code: 'pledge_withdrawn' } })
  expect((await eventsOf(backer)).map(({ kind }) => kind)).toEqual([
    'backer_corrected',
    'note_saved',
    'link_resent',
    'link_revoked',
    'pledge_withdrawn',
  ])
})

test('strangers see and change nothing', async () => {
  const backer = await make()
  const at = `${base}/backers/${backer.id}`
  const asked = [
    api.stranger.get(`${base}/backers`),
    api.stranger.get(`${base}/backers/count`),
    api.stranger.get(at),
    api.stranger.patch(at, { name: 'Eve' }),
    api.stranger.put(`${at}/note`, { note: 'x' }),
    api.stranger.post(`${at}/withdraw`, { reason: 'x' }),
    api.stranger.post(`${at}/link/resend`),
    api.stranger.post(`${at}/link/revoke`),
    api.stranger.get(`${at}/survey`),
    api.stranger.put(`${at}/survey`, { data: {} }),
    api.stranger.post(`${at}/survey/confirm`, {}),
    api.stranger.post(`${base}/surveys/send`, {}),
    api.stranger.post(`${base}/surveys/remind`, { dry_run: true }),
    api.stranger.post(`${base}/surveys/ask-payment-method`),
    api.stranger.get(`${base}/surveys/preview`),
    api.stranger.get(`${base}/messages`),
  ]
  for (const answer of await Promise.all(asked)) expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect(await eventsOf(backer)).toEqual([])
})

test('surveys are counted, sent, answered for a backer, and their mails can be read', async () => {
  const backer = await make({ survey: 'not_sent' })
  const preview = await api.post(`${base}/surveys/send`, { dry_run: true })
  expect(preview.body).toMatchObject({ state: 'preview', total: 1, moved: 1, left: [], operation: null, refusal: null })
  const sent = await api.post(`${base}/surveys/send`, { selection: { backer_ids: [backer.id] } }, { 'idempotency-key': 'send-1' })
  expect(sent.body).toMatchObject({ state: 'done', moved: 1, total: 1 })
  const again = await api.post(
    `${base}/surveys/send`,
    { selection: { backer_ids: [backer.id] } },
    { 'idempotency-key': 'send-1' },
  )
  expect(again.body).toEqual(sent.body)
  expect((await api.post(`${base}/surveys/remind`, { selection: { backer_ids: [backer.id] } })).body).toMatchObject({ moved: 1 })

  const at = `${base}/backers/${backer.id}/survey`
  expect((await api.put(at, { data: { addons: { [campaign.addon_id]: 1 } } })).body.addons).toEqual({ [campaign.addon_id]: 1 })
  const seen = await api.get(at)
  expect(seen.body).toMatchObject({ survey: 'started', order: null, total: 1500, problems: [{ code: 'address_missing' }] })
  expect(await api.post(`${at}/confirm`, {})).toMatchObject({ status: 422, body: { code: 'address_missing' } })
  const order = await api.post(`${at}/confirm`, { data: { address: berlin }, agreed_total: 1500, reason: 'By phone' })
  expect(order.body).toMatchObject({ status: 'open', balance_due: 1500, version: 1 })
  expect((await api.post(`${base}/surveys/ask-payment-method`)).body).toMatchObject({ moved: 1 })

  await api.program.deps.worker.runDue(api.program.deps.clock.now())
  const messages = await api.get(`${base}/messages?backer_id=${backer.id}`)
  expect(messages.body.data.map((one: { kind: string; state: string }) => `${one.kind} ${one.state}`).sort()).toEqual([
    'changed_by_staff sent',
    'invitation sent',
    'payment_method_needed sent',
    'reminder suppressed',
  ])
  const kept = messages.body.data.find((one: { kind: string }) => one.kind === 'changed_by_staff')
  const mail = await api.get(`${base}/messages/${kept.id}`)
  expect(mail.body.text).toContain('Musterstraße 7')
  expect(mail.body.html).toContain('$15.00')
  const { body: counts } = await api.get(`${base}/backers/count?survey=completed`)
  expect(counts).toMatchObject({ backers: 1, surveys: { completed: 1, withdrawn: 1 } })
})

test('the survey can be previewed for any level and country', async () => {
  const { body } = await api.get(`${base}/surveys/preview?level_id=${campaign.level_id}&country=jp`)
  expect(body).toMatchObject({ country: 'JP', served: true, shipping_fee: 1200, quote: { total: 1200 } })
  expect((await api.get(`${base}/surveys/preview`)).body).toMatchObject({ level: null, quote: { total: 0 } })
})
