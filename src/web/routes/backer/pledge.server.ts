import { data, type RouterContextProvider, redirect } from 'react-router'
import type { Deps } from '../../../deps.server.ts'
import { completeCardSessions, hasOpenCardSession } from '../../../domain/payments/read-card-sessions.ts'
import type { Actor } from '../../../domain/shared/actor.ts'
import { DomainError } from '../../../domain/shared/errors.ts'
import type { BackerKey } from '../../../domain/shared/keys.ts'
import type { Campaign } from '../../../domain/shared/policy.ts'
import { sqlState } from '../../../domain/shared/tx.ts'
import { isId } from '../../../lib/id.ts'
import { dateText, dayText } from '../../../lib/time-text.ts'
import { hasSession } from '../../backer-session.server.ts'
import { depsContext } from '../../context.ts'
import { storable } from '../../form.server.ts'
import { paths } from '../../paths.ts'
import type { Frame } from './frame.tsx'

/** What every loader and action of a backer's page gets. */
export interface PledgeArgs {
  request: Request
  context: Readonly<RouterContextProvider>
  params: { campaign: string; backer: string }
}

/** A backer who has come through their link. */
export interface Pledge {
  deps: Deps
  actor: Actor & { kind: 'backer' }
  key: BackerKey
}

/**
 * Lets a request in by its cookie, and reads back what a card page has brought meanwhile. Anything else, a backer who does not exist
 * included, is answered with the same page.
 */
export async function openPledge(args: PledgeArgs): Promise<Pledge> {
  const pledge = await enterPledge(args)
  if (args.request.method === 'GET') await readCardPages(pledge)
  return pledge
}

/** Lets a request in by its cookie. */
export async function enterPledge({ request, context, params }: PledgeArgs): Promise<Pledge> {
  const deps = context.get(depsContext)
  const key = { campaign_id: params.campaign, backer_id: params.backer }
  if (!isId(key.campaign_id) || !isId(key.backer_id)) throw noEntry()
  const backer = await deps.db
    .selectFrom('backers')
    .select(['campaign_id', 'id', 'link_version'])
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.backer_id)
    .executeTakeFirst()
  const place = { secret: deps.linkSecret, is_https: deps.config.isHttps, now: deps.clock.now() }
  if (!backer || !hasSession(backer, request.headers.get('cookie'), place)) throw noEntry()
  return { deps, key, actor: { kind: 'backer', id: backer.id, campaign_id: backer.campaign_id } }
}

/** How long a page waits for the gateway before it shows what is known. */
const PATIENCE_MS = 2_000

/** A backer who closed the tab on their way back: their next visit finds the card. An outage, whoever's it is, does not break the page. */
async function readCardPages({ deps, key }: Pledge): Promise<void> {
  try {
    if (await hasOpenCardSession(deps.db, key)) await completeCardSessions(deps, { ...key, patience_ms: PATIENCE_MS })
  } catch (error) {
    deps.log.error({ error }, 'a card page could not be read back; the worker tries again')
  }
}

export function noEntry() {
  return data(null, { status: 404 })
}

/** The posted form. It names its backer; one that names another than the address is refused as if it had no cookie. */
export async function readForm(request: Request, { key }: Pledge): Promise<FormData> {
  const form = await request.formData()
  if (form.get('backer') !== key.backer_id) throw noEntry()
  return form
}

/** A text of the form, trimmed; '' when it is not there. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? storable(value).trim() : ''
}

/** The bar, the foot and the reader of a page. */
export function frameOf(campaign: Campaign, now: Date, order_number?: number | null): Frame {
  return {
    campaign: { name: campaign.name, by: campaign.creator_name, test: campaign.mode === 'test' },
    time_zone: campaign.time_zone,
    now: now.toISOString(),
    support_email: campaign.support_email,
    lost_link: paths.lost_link(campaign.id),
    order_number: order_number ?? null,
  }
}

/** What a page shows of a refusal. */
export interface Refused {
  code: string
  message: string
  details: Record<string, unknown>
}

/** A refusal of the domain, or a wait that ended because staff lock at this moment; anything else is thrown on. */
export function refusedBy(error: unknown): { refused: Refused; status: number } {
  if (error instanceof DomainError && error.status !== 404) {
    return { refused: { code: error.code, message: error.message, details: error.details }, status: error.status }
  }
  if (error instanceof DomainError) throw noEntry()
  if (sqlState(error) === '55P03') {
    return { refused: { code: 'being_locked', message: 'Orders are being locked at this moment.', details: {} }, status: 409 }
  }
  throw error
}

/** A calendar day of the campaign in words: "30 November". */
export function dayOf(date: string, now: Date): string {
  return dayText(new Date(`${date}T12:00:00Z`), { time_zone: 'UTC', now })
}

/** The lockdown date while it lies ahead, in words; it is a plan, and locks nothing. */
export function plannedDay(campaign: Pick<Campaign, 'lockdown_on' | 'time_zone'>, now: Date): string | null {
  const day = campaign.lockdown_on
  return day && day >= dateText(now, campaign.time_zone) ? dayOf(day, now) : null
}

/** To another page after a post. */
export function seeOther(path: string): Response {
  return redirect(path, 303)
}
