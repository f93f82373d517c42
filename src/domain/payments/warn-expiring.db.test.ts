import { expect, test } from 'vitest'
import { makeCampaign, type TestCampaign } from '../../../test/factories/campaign.ts'
import { makeLocked, putCard, work } from '../../../test/factories/charging.ts'
import { useTestProgram } from '../../../test/setup/deps.ts'
import { changeCampaign } from '../campaigns/change-campaign.ts'
import { inTransaction } from '../shared/tx.ts'
import { countExpiringCards } from './warn-expiring.ts'

const program = useTestProgram({ now: new Date('2027-03-10T12:00:00Z') })

async function plan(campaign: TestCampaign, charge_on: string | null): Promise<void> {
  await inTransaction(program.deps, (tx) => changeCampaign(tx, campaign.staff, { campaign_id: campaign.id, charge_on }))
}

async function expiresOn(backer_id: string, exp_year: number, exp_month: number): Promise<void> {
  await program.db.updateTable('payment_methods').set({ exp_year, exp_month }).where('backer_id', '=', backer_id).execute()
}

async function mails(campaign: TestCampaign) {
  return await program.db
    .selectFrom('messages')
    .select(['backer_id', 'state', 'error', 'kept'])
    .where('campaign_id', '=', campaign.id)
    .where('kind', '=', 'card_expiring')
    .orderBy('created_at')
    .execute()
}

async function count(campaign: TestCampaign): Promise<number | null> {
  const row = await program.db.selectFrom('campaigns').selectAll().where('id', '=', campaign.id).executeTakeFirstOrThrow()
  return await countExpiringCards(program.db, row)
}

test('14 days ahead whoever owes something and has a card that expires by then is mailed, once for each card and day', async () => {
  const { deps } = program
  const campaign = await makeCampaign(deps)
  const expiring = await makeLocked(deps, campaign)
  const [good, free, tiny] = [
    await makeLocked(deps, campaign),
    await makeLocked(deps, campaign, { owed: 0 }),
    await makeLocked(deps, campaign, { owed: 30 }),
  ]
  for (const { backer_id } of [expiring, free, tiny]) await expiresOn(backer_id, 2027, 3)
  await expiresOn(good.backer_id, 2027, 4)
  await work(deps)
  expect([await count(campaign), await mails(campaign)]).toEqual([null, []])

  // March's card is good to the end of March.
  await plan(campaign, '2027-03-31')
  expect(await count(campaign)).toBe(0)
  await plan(campaign, '2027-04-01')
  expect(await count(campaign)).toBe(1)
  await work(deps)
  expect(await mails(campaign)).toEqual([])
  deps.clock.advance(8 * 86_400_000)
  await work(deps)
  const [mail, ...others] = await mails(campaign)
  expect(others).toEqual([])
  expect(mail).toMatchObject({ backer_id: expiring.backer_id, state: 'sent' })
  expect(JSON.stringify(mail?.kept)).toContain('1 April')
  expect(JSON.stringify(mail?.kept)).toContain('expires 03/27')

  deps.clock.advance(86_400_000)
  await work(deps)
  expect(await mails(campaign)).toHaveLength(1)
  // A card that is put in meanwhile and expires too is found the next day; another day is another mail.
  await putCard(deps, campaign, expiring.backer_id, 'mastercard')
  await expiresOn(expiring.backer_id, 2027, 3)
  deps.clock.advance(86_400_000)
  await work(deps)
  expect(await mails(campaign)).toHaveLength(2)
  await plan(campaign, '2027-04-02')
  await work(deps)
  expect(await mails(campaign)).toHaveLength(3)
})

test('a mail that waits is not sent once the card was replaced, the day was moved, or nothing is owed', async () => {
  const { deps, db } = program
  const campaign = await makeCampaign(deps)
  const order = await makeLocked(deps, campaign)
  const told = async (data: object) => {
    await db.deleteFrom('messages').where('campaign_id', '=', campaign.id).where('kind', '=', 'card_expiring').execute()
    await db
      .insertInto('messages')
      .values({
        campaign_id: campaign.id,
        id: crypto.randomUUID(),
        kind: 'card_expiring',
        backer_id: order.backer_id,
        occasion: 'test',
        data: JSON.stringify(data),
        state: 'queued',
        due_at: deps.clock.now(),
        created_at: deps.clock.now(),
      })
      .execute()
    await work(deps)
    const [mail] = await mails(campaign)
    return mail?.error ?? mail?.state
  }
  const [card] = await db.selectFrom('payment_methods').selectAll().where('backer_id', '=', order.backer_id).execute()
  await plan(campaign, '2027-12-01')
  const right = { payment_method_id: card?.id, charge_on: '2027-12-01' }
  expect(await told(right)).toBe('sent')
  expect(await told({ ...right, payment_method_id: crypto.randomUUID() })).toBe('card_replaced')
  expect(await told({ ...right, charge_on: '2027-11-01' })).toBe('charge_day_moved')
  await db.updateTable('orders').set({ status: 'errored' }).where('id', '=', order.id).execute()
  expect(await told(right)).toBe('nothing_owed')
})
