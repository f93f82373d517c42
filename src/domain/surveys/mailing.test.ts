import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { makeBacker, makeCampaign, makeOrder, type TestCampaign } from '../../../test/factories/campaign.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import type { Row } from '../../db/types.ts'
import { NOT_ANSWERED, NOT_SENT, WITHOUT_PAYMENT_METHOD } from '../backers/selection.ts'
import type { Actor } from '../shared/actor.ts'
import { inTransaction } from '../shared/tx.ts'
import { previewSurvey } from './preview.ts'
import { askPaymentMethod, previewAskPaymentMethod, previewRemindBackers, remindBackers } from './remind-backers.ts'
import { previewSendSurveys, sendSurveys } from './send-surveys.ts'

const program = useTestProgram()

const everyone = { filter: {} }
const of = (campaign: TestCampaign, selection: Parameters<typeof sendSurveys>[2]['selection'] = everyone, smtp = true) => ({
  campaign_id: campaign.id,
  selection,
  smtp,
})
const send = (campaign: TestCampaign, input = of(campaign), actor: Actor = campaign.staff) =>
  inTransaction(program.deps, (tx) => sendSurveys(tx, actor, input))
const remind = (campaign: TestCampaign, input = of(campaign, NOT_ANSWERED)) =>
  inTransaction(program.deps, (tx) => remindBackers(tx, campaign.staff, input))

const make = (campaign: TestCampaign, over: Partial<Row<'backers'>>) => makeBacker(program.deps, campaign, over)
const messages = (campaign: TestCampaign) =>
  program.db.selectFrom('messages').selectAll().where('campaign_id', '=', campaign.id).orderBy('created_at').execute()
const events = (campaign: TestCampaign, kind: string) =>
  program.db.selectFrom('events').selectAll().where('campaign_id', '=', campaign.id).where('kind', '=', kind).execute()
const backerOf = (id: string) => program.db.selectFrom('backers').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const codes = (left: { code: string; count: number }[]) => Object.fromEntries(left.map(({ code, count }) => [code, count]))

test('sending: the preview counts what the act then does; one mail and one event for each; a second send does nothing', async () => {
  const campaign = await makeCampaign(program.deps)
  const fresh = [await make(campaign, { survey: 'not_sent' }), await make(campaign, { survey: 'not_sent' })]
  await make(campaign, { survey: 'sent' })
  await make(campaign, { survey: 'waiting' })
  await make(campaign, { survey: 'withdrawn' })
  await make(campaign, { survey: 'not_sent', email_state: 'bounced' })
  const preview = await previewSendSurveys(program.db, campaign.staff, of(campaign))
  expect(preview).toMatchObject({ total: 6, moved: 2, refusal: null })
  const left = { already_sent: 1, pledge_waiting: 1, pledge_withdrawn: 1, mail_bounced: 1 }
  expect(codes(preview.left)).toEqual(left)
  expect((await messages(campaign)).length).toBe(0)

  const answer = await send(campaign)
  expect(answer).toMatchObject({ moved: 2, total: 6, state: 'done' })
  expect(codes(answer.left)).toEqual(left)
  for (const { id } of fresh) expect(await backerOf(id)).toMatchObject({ survey: 'sent' })
  expect((await messages(campaign)).map(({ kind, backer_id }) => `${kind} ${backer_id}`).sort()).toEqual(
    fresh.map(({ id }) => `invitation ${id}`).sort(),
  )
  expect((await events(campaign, 'survey_sent')).map((event) => event.operation_id)).toEqual([answer.operation, answer.operation])
  const shown = await program.db.selectFrom('campaigns').select('lockdown_shown').where('id', '=', campaign.id).executeTakeFirst()
  expect(shown?.lockdown_shown).toBe(true)

  expect(await send(campaign)).toMatchObject({ moved: 0, total: 6 })
  expect((await messages(campaign)).length).toBe(2)
})

test('two sends at once invite each backer once', async () => {
  const campaign = await makeCampaign(program.deps)
  for (let n = 0; n < 10; n++) await make(campaign, { survey: 'not_sent' })
  const answers = await Promise.all([send(campaign, of(campaign, NOT_SENT)), send(campaign, of(campaign, NOT_SENT))])
  expect(answers.reduce((sum, { moved }) => sum + moved, 0)).toBe(10)
  expect((await messages(campaign)).length).toBe(10)
})

test('sending is refused before prices are saved, on a live campaign without SMTP, and to strangers', async () => {
  const campaign = await makeCampaign(program.deps)
  await make(campaign, { survey: 'not_sent' })
  const update = (values: object) => program.db.updateTable('campaigns').set(values).where('id', '=', campaign.id).execute()
  await expect(send(campaign, of(campaign), { kind: 'staff', id: 'somebody' })).rejects.toMatchObject({
    code: 'not_found',
    status: 404,
  })
  await update({ prices_saved_at: null })
  await expect(send(campaign)).rejects.toMatchObject({ code: 'prices_not_saved' })
  expect(await previewSendSurveys(program.db, campaign.staff, of(campaign))).toMatchObject({ refusal: 'prices_not_saved' })
  await update({ prices_saved_at: new Date(), mode: 'live' })
  await expect(send(campaign, of(campaign, everyone, false))).rejects.toMatchObject({ code: 'smtp_missing' })
  expect(await previewSendSurveys(program.db, campaign.staff, of(campaign, everyone, false))).toMatchObject({
    moved: 1,
    refusal: 'smtp_missing',
  })
  expect((await messages(campaign)).length).toBe(0)
  expect(await send(campaign, of(campaign, everyone, true))).toMatchObject({ moved: 1 })
})

test('reminders are numbered, and reach only those who have not answered', async () => {
  const campaign = await makeCampaign(program.deps)
  const sent = await make(campaign, { survey: 'sent' })
  const started = await make(campaign, { survey: 'started' })
  const answered = await make(campaign, { survey: 'sent' })
  await makeOrder(program.deps, campaign, answered)
  await make(campaign, { survey: 'not_sent' })
  const preview = await previewRemindBackers(program.db, campaign.staff, of(campaign))
  expect(preview).toMatchObject({ total: 4, moved: 2, refusal: null })
  expect(codes(preview.left)).toEqual({ already_answered: 1, survey_not_sent: 1 })
  await remind(campaign)
  await remind(campaign, of(campaign, { backer_ids: [sent.id] }))
  const reminders = (await messages(campaign)).filter(({ kind }) => kind === 'reminder')
  expect(reminders.map(({ backer_id, occasion }) => `${backer_id} ${occasion}`).sort()).toEqual(
    [`${sent.id} reminder:1`, `${sent.id} reminder:2`, `${started.id} reminder:1`].sort(),
  )
  expect(await backerOf(sent.id)).toMatchObject({ reminders: 2, survey: 'sent' })
  expect(await events(campaign, 'survey_reminded')).toHaveLength(3)
})

test('a reminder is not sent to who answers before it leaves', async () => {
  const campaign = await makeCampaign(program.deps)
  const backer = await make(campaign, { survey: 'sent' })
  await remind(campaign)
  await makeOrder(program.deps, campaign, backer)
  await program.deps.worker.runDue(program.deps.clock.now())
  const reminder = (await messages(campaign)).find(({ kind }) => kind === 'reminder')
  expect(reminder).toMatchObject({ state: 'suppressed', error: 'already_answered' })
})

test('asking for a payment method reaches the orders that need one', async () => {
  const campaign = await makeCampaign(program.deps, { addon_price: 1500 })
  const owing = await make(campaign, {})
  await makeOrder(program.deps, campaign, owing, { addons: { [campaign.addon_id]: 1 } })
  await makeOrder(program.deps, campaign, await make(campaign, {}))
  await make(campaign, {})
  const preview = await previewAskPaymentMethod(program.db, campaign.staff, of(campaign))
  expect(preview).toMatchObject({ total: 3, moved: 1 })
  expect(codes(preview.left)).toEqual({ nothing_owed: 1, no_order: 1 })
  const input = of(campaign, WITHOUT_PAYMENT_METHOD)
  const answer = await inTransaction(program.deps, (tx) => askPaymentMethod(tx, campaign.staff, input))
  expect(answer).toMatchObject({ moved: 1, total: 1 })
  await program.deps.worker.runDue(program.deps.clock.now())
  const mail = (await messages(campaign)).find(({ kind }) => kind === 'payment_method_needed')
  expect(mail).toMatchObject({
    backer_id: owing.id,
    state: 'sent',
    kept: { subject: 'Your Tidebreakers order needs a payment method' },
  })
  expect(mail?.kept?.text).toContain('Still to pay: $15.00')
})

test('over a thousand backers the worker sends, and its answer is the operation', async () => {
  const campaign = await makeCampaign(program.deps)
  await sql`insert into backers (campaign_id, id, name, email, pledge_status, pledge_amount, survey, created_at, updated_at)
    select ${campaign.id}, gen_random_uuid(), 'Backer ' || n, 'b' || n || '@example.com', 'collected', 0, 'not_sent', now(), now()
    from generate_series(1, 1001) n`.execute(program.db)
  const answer = await send(campaign, of(campaign, NOT_SENT))
  expect(answer).toMatchObject({ moved: 0, total: 1001, state: 'queued' })
  expect(await program.deps.worker.isIdle()).toBe(false)
  await program.deps.worker.runDue(program.deps.clock.now())
  expect(await program.deps.worker.isIdle()).toBe(true)
  const operation = await program.db
    .selectFrom('operations')
    .selectAll()
    .where('id', '=', answer.operation)
    .executeTakeFirstOrThrow()
  expect(operation).toMatchObject({ state: 'done', total: 1001, moved: 1001, failure: null, actor_id: campaign.staff.id })
  const { rows } = await sql<{ state: string; count: number }>`select state, count(*)::int as count from messages
    where campaign_id = ${campaign.id} group by state`.execute(program.db)
  expect(rows).toEqual([{ state: 'sent', count: 1001 }])
})

test('the preview of the survey shows any level and country; warnings name what looks unfinished', async () => {
  const campaign = await makeCampaign(program.deps, { addon_price: 1500, stock: 3 })
  const look = (level_id: string | null, country: string | null) =>
    previewSurvey(program.db, campaign.staff, { campaign_id: campaign.id, level_id, country })
  expect(await look(campaign.level_id, 'JP')).toMatchObject({
    level: { name: 'Core Pledge', price: 4900 },
    served: true,
    ships: true,
    shipping_fee: 1200,
    contents: [{ name: 'Core Game', quantity: 1, options: [] }],
    addons: [{ name: 'Playmat', price: 1500, left: 3, shipping_fee: 0 }],
    quote: { goods: 4900, shipping: 1200, pledged: 4900, total: 1200 },
  })
  expect(await look(null, null)).toMatchObject({ level: null, contents: [], quote: { total: 0 } })
  await expect(look('019aa000-0000-7000-8000-000000000000', 'DE')).rejects.toMatchObject({ status: 404 })

  await make(campaign, { survey: 'not_sent' })
  await program.db.deleteFrom('level_shipping_fees').where('campaign_id', '=', campaign.id).execute()
  const { warnings } = await previewSendSurveys(program.db, campaign.staff, of(campaign))
  expect(warnings).toEqual([{ code: 'shipping_fee_missing', names: ['Everywhere'], backers: 1 }])
  await program.db.updateTable('shipping_regions').set({ served: false }).where('campaign_id', '=', campaign.id).execute()
  await program.db.deleteFrom('addon_items').where('campaign_id', '=', campaign.id).execute()
  const later = await previewSendSurveys(program.db, campaign.staff, of(campaign))
  expect(later.warnings.map(({ code }) => code)).toEqual(['addon_without_contents', 'country_not_served'])
  await program.db.deleteFrom('level_items').where('campaign_id', '=', campaign.id).execute()
  const last = await previewSendSurveys(program.db, campaign.staff, of(campaign))
  expect(last.warnings.map(({ code, backers }) => [code, backers])).toEqual([
    ['level_without_contents', 1],
    ['addon_without_contents', 0],
  ])
})
