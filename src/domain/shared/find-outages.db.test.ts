import { expect, test } from 'vitest'
import { makeCampaign } from '../../../test/factories/campaign.ts'
import { useTestDatabase } from '../../../test/setup/database.ts'
import { pauseMail } from '../messages/outbox.ts'
import { findOutages } from './find-outages.ts'

const program = useTestDatabase()
const now = new Date('2026-11-02T09:00:00Z')
const parts = () => ({ db: program.db, clock: { now: () => now }, enqueue: async () => undefined })

async function setGateway(value: object | null): Promise<void> {
  await program.db.deleteFrom('settings').where('key', '=', 'gateway').execute()
  if (value)
    await program.db
      .insertInto('settings')
      .values({ key: 'gateway', value: JSON.stringify(value) })
      .execute()
}

test('a gateway that was never reached is said, and silence once it was', async () => {
  const { id } = await makeCampaign(parts())
  const campaign = { id, mode: 'test' as const }
  await setGateway(null)
  expect(await findOutages(program.db, { campaign, smtp: true }, now)).toEqual([{ code: 'gateway_not_reached' }])
  await setGateway({ account: 'acct_test', mode: 'test' })
  expect(await findOutages(program.db, { campaign, smtp: true }, now)).toEqual([])
})

test('a mail server that takes nothing is said with its reason, until it is asked again', async () => {
  const { id } = await makeCampaign(parts())
  const campaign = { id, mode: 'test' as const }
  await setGateway({ account: 'acct_test', mode: 'test' })
  const until = new Date(now.getTime() + 60_000)
  await pauseMail(program.db, { until, reason: 'connection refused' })
  expect(await findOutages(program.db, { campaign, smtp: true }, now)).toEqual([
    { code: 'mail_server', reason: 'connection refused', waiting: 0 },
  ])
  // Without a mail server set up there is none that could be down.
  expect(await findOutages(program.db, { campaign, smtp: false }, now)).toEqual([])
  expect(await findOutages(program.db, { campaign, smtp: true }, until)).toEqual([])
})
