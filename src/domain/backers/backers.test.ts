import { expect, test } from 'vitest'
import { makeBacker, makeCampaign, makeOrder, type TestCampaign } from '../../../test/factories/campaign.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import type { Actor } from '../shared/actor.ts'
import { inTransaction, type Tx } from '../shared/tx.ts'
import { correctContact } from './correct-contact.ts'
import { decidePledge } from './decide-pledge.ts'
import { findBackerByLink, linkFor, linkSecret, resendLink, revokeLink, showLink, verifyLink } from './links.ts'
import { BACKER_SORTS, countBackers, countSurveys, findBacker, listBackers } from './queries.ts'
import { requestLink } from './request-link.ts'
import { saveNote } from './save-note.ts'
import { withdrawPledge } from './withdraw-pledge.ts'

const program = useTestProgram()
const key = Buffer.alloc(32, 7)
const run = <T>(command: (tx: Tx) => Promise<T>) => inTransaction(program.deps, command)
const make = (campaign: TestCampaign, over: Partial<Row<'backers'>> = {}) => makeBacker(program.deps, campaign, over)
const keyOf = (backer: Row<'backers'>) => ({ campaign_id: backer.campaign_id, backer_id: backer.id })
const eventsOf = (backer: Row<'backers'>) =>
  program.db.selectFrom('events').selectAll().where('backer_id', '=', backer.id).orderBy('seq').execute()
const messagesOf = (backer: Row<'backers'>) =>
  program.db.selectFrom('messages').selectAll().where('backer_id', '=', backer.id).execute()

test('a link opens one backer of one campaign in one version', async () => {
  const campaign = await makeCampaign(program.deps)
  const [backer, other] = [await make(campaign), await make(campaign)]
  const secret = linkSecret(key, backer)
  expect(secret).toMatch(/^[\w-]{43}$/)
  expect(linkFor(key, 'https://p.example', backer)).toBe(`https://p.example/b/${campaign.id}/${backer.id}/${secret}`)
  expect(verifyLink(key, backer, secret)).toBe(true)
  for (const wrong of ['', secret.slice(0, -1), `${secret}A`, linkSecret(key, other), linkSecret(Buffer.alloc(32, 8), backer)]) {
    expect(verifyLink(key, backer, wrong)).toBe(false)
  }
  const find = (over: object) => findBackerByLink(program.db, key, { ...keyOf(backer), secret, ...over })
  expect((await find({}))?.id).toBe(backer.id)
  expect(await find({ backer_id: other.id })).toBeNull()
  expect(await find({ campaign_id: newId() })).toBeNull()
  expect(await find({ backer_id: "' or 1=1 --" })).toBeNull()

  await run((tx) => revokeLink(tx, campaign.staff, { ...keyOf(backer), reason: 'Forwarded by mistake' }))
  expect(await find({})).toBeNull()
  const shown = await run((tx) =>
    showLink(tx, campaign.staff, { ...keyOf(backer), maker: { key, public_url: 'https://p.example' } }),
  )
  expect((await find({ secret: shown.split('/').at(-1) }))?.link_version).toBe(2)
  const events = await eventsOf(backer)
  expect(events.map((event) => [event.kind, event.actor_id])).toEqual([
    ['link_revoked', campaign.staff.id],
    ['link_shown', campaign.staff.id],
  ])
  expect(JSON.stringify(events)).not.toContain(secret)
})

test('no command reaches a backer of another campaign or account', async () => {
  const [mine, theirs] = [await makeCampaign(program.deps), await makeCampaign(program.deps)]
  const backer = await make(theirs)
  const actors: [Actor, string][] = [
    [mine.staff, theirs.id],
    [mine.staff, mine.id],
  ]
  for (const [actor, campaign_id] of actors) {
    const at = { campaign_id, backer_id: backer.id }
    const commands: ((tx: Tx) => Promise<unknown>)[] = [
      (tx) => showLink(tx, actor, { ...at, maker: { key, public_url: 'x' } }),
      (tx) => resendLink(tx, actor, { ...at, smtp: true }),
      (tx) => revokeLink(tx, actor, at),
      (tx) => correctContact(tx, actor, { ...at, name: 'Eve' }),
      (tx) => saveNote(tx, actor, { ...at, note: 'x' }),
      (tx) => withdrawPledge(tx, actor, { ...at, reason: 'x' }),
      (tx) => decidePledge(tx, actor, { ...at, decision: 'dropped', reason: 'x' }),
      (tx) => findBacker(tx.db, { actor, campaign_id }, backer.id),
    ]
    for (const command of commands) await expect(run(command)).rejects.toMatchObject({ code: 'not_found', status: 404 })
  }
  const self: Actor = { kind: 'backer', id: backer.id, campaign_id: theirs.id }
  await expect(run((tx) => revokeLink(tx, self, keyOf(backer)))).rejects.toMatchObject({ code: 'not_allowed' })
  expect(await eventsOf(backer)).toEqual([])
})

test('a corrected contact stays corrected; the event names fields, never a person', async () => {
  const campaign = await makeCampaign(program.deps)
  const backer = await make(campaign, { email: 'typo@exmaple.com', email_state: 'bounced' })
  const correct = (input: object) => run((tx) => correctContact(tx, campaign.staff, { ...keyOf(backer), ...input }))
  await expect(correct({})).rejects.toMatchObject({ code: 'nothing_to_do', status: 422 })
  const saved = await correct({ email: 'zoe@privaterelay.appleid.com', name: 'Zoë Ångström', reason: 'She wrote to us' })
  expect(saved).toMatchObject({
    email_state: 'relay',
    contact_saved_here: true,
    name: 'Zoë Ångström',
    version: backer.version + 1,
  })
  expect(await correct({ email: 'zoe@example.com' })).toMatchObject({ email_state: 'ok' })
  const events = await eventsOf(backer)
  expect(events.map((event) => event.data)).toEqual([{ fields: ['name', 'email'] }, { fields: ['email'] }])
  expect(JSON.stringify(events)).not.toMatch(/Zoë|example\.com|appleid/)
  const reason = await program.db
    .selectFrom('event_reasons')
    .select('text')
    .where('id', '=', events[0]?.reason_id ?? '')
    .executeTakeFirst()
  expect(reason?.text).toBe('She wrote to us')
})

test('the same address vouched for is mailed again after a bounce', async () => {
  const campaign = await makeCampaign(program.deps)
  const backer = await make(campaign, { email: 'full@example.com', email_state: 'bounced' })
  const send = () => run((tx) => resendLink(tx, campaign.staff, { ...keyOf(backer), smtp: true }))
  await expect(send()).rejects.toMatchObject({ code: 'mail_bounced' })
  const saved = await run((tx) => correctContact(tx, campaign.staff, { ...keyOf(backer), email: 'full@example.com' }))
  expect(saved.email_state).toBe('ok')
  await send()
  await send()
  expect(await messagesOf(backer)).toHaveLength(1)
})

test('notes, withdrawal and decision', async () => {
  const campaign = await makeCampaign(program.deps)
  const backer = await make(campaign, { survey: 'waiting', pledge_status: 'errored' })
  await run((tx) => saveNote(tx, campaign.staff, { ...keyOf(backer), note: ' Wants two ' }))
  await run((tx) => saveNote(tx, campaign.staff, { ...keyOf(backer), note: 'Wants two' }))
  const decide = (input: object) =>
    run((tx) => decidePledge(tx, campaign.staff, { ...keyOf(backer), decision: 'dropped', ...input }))
  await expect(decide({})).rejects.toMatchObject({ code: 'reason_missing', status: 422 })
  expect(await decide({ reason: 'Pays here' })).toMatchObject({
    pledge_status: 'dropped',
    survey: 'not_sent',
    staff_note: 'Wants two',
  })
  await expect(decide({ reason: 'Again' })).rejects.toMatchObject({ code: 'pledge_not_waiting' })
  const withdraw = (input: object) => run((tx) => withdrawPledge(tx, campaign.staff, { ...keyOf(backer), ...input }))
  await expect(withdraw({ reason: ' ' })).rejects.toMatchObject({ code: 'reason_missing' })
  expect(await withdraw({ reason: 'Asked for it' })).toMatchObject({ survey: 'withdrawn' })
  await withdraw({ reason: 'Asked for it' })
  await expect(run((tx) => resendLink(tx, campaign.staff, { ...keyOf(backer), smtp: true }))).rejects.toMatchObject({
    code: 'pledge_withdrawn',
  })
  expect((await eventsOf(backer)).map(({ kind }) => kind)).toEqual(['note_saved', 'pledge_decided', 'pledge_withdrawn'])
  const ordered = await make(campaign)
  await makeOrder(program.deps, campaign, ordered)
  await expect(run((tx) => withdrawPledge(tx, campaign.staff, { ...keyOf(ordered), reason: 'x' }))).rejects.toMatchObject({
    code: 'order_exists',
  })
})

test('a lost link is mailed to everyone with that address, once in a quarter of an hour, and nobody is told who that is', async () => {
  const campaign = await makeCampaign(program.deps)
  const email = 'Twice@Example.com'
  const backers = [await make(campaign, { email }), await make(campaign, { email: email.toLowerCase(), survey: 'not_sent' })]
  const none = [
    await make(campaign, { email, survey: 'withdrawn' }),
    await make(campaign, { email, survey: 'waiting' }),
    await make(campaign, { email, email_state: 'bounced' }),
    await make(await makeCampaign(program.deps), { email }),
  ]
  const ask = (typed: string) => run((tx) => requestLink(tx, { campaign_id: campaign.id, email: typed }))
  expect(await ask(' TWICE@example.COM ')).toBe(await ask('nobody@example.com'))
  await ask(email)
  for (const backer of backers) expect(await messagesOf(backer)).toMatchObject([{ kind: 'link', state: 'queued' }])
  for (const backer of none) expect(await messagesOf(backer)).toEqual([])
  program.deps.clock.advance(16 * 60_000)
  await ask(email)
  for (const backer of backers) expect(await messagesOf(backer)).toHaveLength(2)
  await expect(run((tx) => requestLink(tx, { campaign_id: newId(), email }))).rejects.toMatchObject({ status: 404 })
})

test('the list: every sort pages through all without a gap or a repeat, filters narrow it, a wrong cursor is refused', async () => {
  const campaign = await makeCampaign(program.deps)
  for (let n = 0; n < 23; n++) {
    await make(campaign, {
      platform_number: n % 5 === 0 ? null : n,
      name: ['Ada', 'ada', 'Émile', '李', 'ليلى'][n % 5] as string,
      pledge_amount: (n % 3) * 100,
      pledged_at: n % 2 === 0 ? null : '2026-10-01 18:00:00',
      survey: n % 4 === 0 ? 'not_sent' : 'sent',
    })
  }
  for (const sort of BACKER_SORTS) {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = await listBackers(program.db, campaign.id, { sort, limit: 4, cursor })
      ids.push(...page.data.map(({ id }) => id))
      cursor = page.next_cursor ?? undefined
    } while (cursor)
    expect(new Set(ids).size, sort).toBe(23)
    expect(ids.length, sort).toBe(23)
  }
  expect(await countBackers(program.db, campaign.id, { survey: ['not_sent'] })).toBe(6)
  expect(await countSurveys(program.db, campaign.id)).toMatchObject({ not_sent: 6, sent: 17, completed: 0 })
  const found = await listBackers(program.db, campaign.id, { filter: { q: 'émile' } })
  expect(found.data.length).toBe(5)
  for (const cursor of [
    'x',
    Buffer.from('["number","1; drop","x"]').toString('base64url'),
    Buffer.from('["name","a"]').toString('base64url'),
  ]) {
    await expect(listBackers(program.db, campaign.id, { cursor })).rejects.toMatchObject({ code: 'cursor_invalid', status: 422 })
  }
})

test('one backer shows pledge, order and where they stand', async () => {
  const campaign = await makeCampaign(program.deps)
  const backer = await make(campaign, { platform_number: 12 })
  await program.db
    .insertInto('pledged_addons')
    .values({ ...keyOf(backer), addon_id: campaign.addon_id, quantity: 2 })
    .execute()
  await program.db.updateTable('addons').set({ platform_price: 0 }).where('id', '=', campaign.addon_id).execute()
  const order = await makeOrder(program.deps, campaign, backer)
  expect(await findBacker(program.db, { actor: campaign.staff, campaign_id: campaign.id }, backer.id)).toMatchObject({
    number: 12,
    survey: 'completed',
    level_name: 'Core Pledge',
    pledged_addons: [{ name: 'Playmat', quantity: 2 }],
    order: { id: order.id, number: order.number, status: 'open', on_hold: false },
  })
})
