import type { RouteConfig, RouteConfigEntry } from '@react-router/dev/routes'
import { createApiKey } from '../../src/domain/accounts/api-keys.ts'
import { createOwner } from '../../src/domain/accounts/create-owner.ts'
import { listDiscrepancies } from '../../src/domain/discrepancies/list.ts'
import { reportDiscrepancies } from '../../src/domain/discrepancies/report-discrepancies.ts'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import { scheduleNotice } from '../../src/domain/orders/notices.ts'
import { inTransaction, type TxParts } from '../../src/domain/shared/tx.ts'
import { newId } from '../../src/lib/id.ts'
import { hashPassword } from '../../src/lib/password.ts'
import { captainAnswers, makeSurveyBacker, makeSurveyCampaign } from './survey-campaign.ts'

/** Somebody with campaigns: their API key, and the cookie of their browser. */
export interface Owner {
  account_id: string
  key: string
  cookie: string
}

/** One thing of every kind that an address can name, all of one campaign. Names as in the addresses, without `_id`. */
export interface OwnThings {
  campaign: string
  backer: string
  order: string
  discrepancy: string
  notice: string
  operation: string
  run: string
  import: string
  request: string
  shipment: string
  file: string
  message: string
  mail: string
  item: string
  level: string
  addon: string
  region: string
  question: string
  deed: string
  part: string
}

type World = { url: string; parts: TxParts }

/** Two owners; the first has a campaign with everything in it, and a second one with nothing of that. */
export async function makeTwoOwners(
  world: World,
): Promise<{ owner: Owner; stranger: Owner; things: OwnThings; elsewhere: string }> {
  const owner = await makeOwner(world, 'ilse@lanternfish.example')
  const stranger = await makeOwner(world, 'eve@elsewhere.example')
  const things = await makeThings(world, owner)
  const { id: elsewhere } = await makeSurveyCampaign(world.parts, owner.account_id)
  await makeSurveyCampaign(world.parts, stranger.account_id)
  return { owner, stranger, things, elsewhere }
}

async function makeOwner({ url, parts }: World, email: string): Promise<Owner> {
  const password = 'a boat on the tide'
  const password_hash = await hashPassword(password)
  const made = await inTransaction(parts, async (tx) => {
    const { account_id } = await createOwner(tx, { name: email, email, password_hash })
    return { account_id, ...(await createApiKey(tx, { account_id, name: 'test' })) }
  })
  const answer = await fetch(`${url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url },
    body: new URLSearchParams({ email, password }),
  })
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  return { account_id: made.account_id, key: made.key, cookie }
}

async function makeThings({ url, parts }: World, owner: Owner): Promise<OwnThings> {
  const campaign = await makeSurveyCampaign(parts, owner.account_id)
  const backer = await makeSurveyBacker(parts, campaign)
  const key = { campaign_id: campaign.id, backer_id: backer.id }
  const made = await inTransaction(parts, async (tx) => {
    const { order_id } = await confirmSurvey(tx, campaign.staff, { ...key, data: captainAnswers(campaign) })
    const { id, operation } = await scheduleNotice(tx, campaign.staff, {
      campaign_id: campaign.id,
      selection: { ids: [order_id] },
    })
    return { order_id, notice: id, operation }
  })
  const run = await makeRun(parts, campaign.id, made.order_id)
  const upload = async (noun: string, body: string) => {
    const answer = await fetch(`${url}/api/v1/campaigns/${campaign.id}/${noun}?file_name=report.csv`, {
      method: 'POST',
      headers: { authorization: `Bearer ${owner.key}`, 'content-type': 'text/csv' },
      body,
    })
    return ((await answer.json()) as { id: string }).id
  }
  const parcel = await makeParcel(parts, { campaign_id: campaign.id, order_id: made.order_id, backer_id: backer.id })
  const first = async (table: 'messages' | 'items' | 'shipping_regions') => {
    const row = await parts.db.selectFrom(table).select('id').where('campaign_id', '=', campaign.id).executeTakeFirstOrThrow()
    return row.id
  }
  return {
    campaign: campaign.id,
    backer: backer.id,
    order: made.order_id,
    notice: made.notice,
    operation: made.operation,
    run,
    discrepancy: await makeDiscrepancy(parts, campaign.id, made.order_id),
    import: await upload('imports', 'nothing of a report'),
    file: await upload('tracking-files', 'Order number,Tracking number\n1,T-1\n'),
    ...parcel,
    message: await first('messages'),
    mail: await first('messages'),
    item: await first('items'),
    level: campaign.levels.captain,
    addon: campaign.addons.playmat,
    region: await first('shipping_regions'),
    question: campaign.questions.credits,
    deed: 'lock',
    part: 'items',
  }
}

/** A dispute that nobody has decided about. */
async function makeDiscrepancy(parts: TxParts, campaign_id: string, order_id: string): Promise<string> {
  const found = { campaign_id, order_id, kind: 'disputed' as const, subject: `dp_${order_id}`, amount: 100, currency: 'USD' }
  await inTransaction(parts, (tx) => reportDiscrepancies(tx, [found]))
  const [one] = (await listDiscrepancies(parts.db, campaign_id)).data
  return one?.id ?? ''
}

/** A charge run that is over, and left its one order out. */
async function makeRun({ db }: TxParts, campaign_id: string, order_id: string): Promise<string> {
  const id = newId()
  const at = new Date()
  const { number } = await db
    .selectFrom('orders')
    .select('number')
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', order_id)
    .executeTakeFirstOrThrow()
  const run = {
    campaign_id,
    id,
    state: 'done' as const,
    selection: '{"filter":{}}',
    retry_errored: false,
    pace: 20,
    full_pace: 20,
  }
  await db
    .insertInto('charge_runs')
    .values({ ...run, actor_id: null, created_at: at, updated_at: at, finished_at: at })
    .execute()
  const row = { campaign_id, run_id: id, order_id, number, state: 'left_out' as const, code: 'wrong_status', amount: 0 }
  await db.insertInto('charge_run_orders').values(row).execute()
  return id
}

/** A parcel that was taken back, and a change request that waits. */
async function makeParcel(
  { db }: TxParts,
  key: { campaign_id: string; order_id: string; backer_id: string },
): Promise<Pick<OwnThings, 'request' | 'shipment'>> {
  const at = new Date()
  const { campaign_id, order_id } = key
  const shipment = newId()
  const times = { left_at: at, created_at: at, updated_at: at }
  await db
    .insertInto('shipments')
    .values({ campaign_id, id: shipment, order_id, state: 'undone', ...times })
    .execute()
  const request = newId()
  const { address } = await db
    .selectFrom('orders')
    .select('address')
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', order_id)
    .executeTakeFirstOrThrow()
  const asked = { address: JSON.stringify(address), address_accepted: true, agreed_balance: 0 }
  await db
    .insertInto('change_requests')
    .values({ ...key, id: request, state: 'open', ...asked, created_at: at })
    .execute()
  return { request, shipment }
}

/** The site map as a list of patterns. */
export function flatPatterns(routes: RouteConfig): string[] {
  const walk = (entries: RouteConfigEntry[], above: string): string[] =>
    entries.flatMap((entry) => {
      const path = entry.path ? `${above}/${entry.path}` : above
      return entry.children ? walk(entry.children, path) : [path]
    })
  if (!Array.isArray(routes)) throw new Error('The site map is not there yet')
  return walk(routes, '')
}
