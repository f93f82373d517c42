import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import { refuseChange } from '../orders/refusals.ts'
import type { Actor } from '../shared/actor.ts'
import { DomainError } from '../shared/errors.ts'
import type { BackerKey } from '../shared/keys.ts'
import { type Campaign, mayActFor, ownCampaign } from '../shared/policy.ts'
import { inTransaction, type TxParts } from '../shared/tx.ts'
import { findSurvey, refuseClosedSurvey, type SurveyFile } from '../surveys/drafts.ts'
import { findAccountInUse } from './charging.ts'
import type { Answered, Gateway, GatewayFailure } from './gateway.ts'
import { recordGatewayAccount } from './record-gateway.ts'

/** What the card step works with; `Deps` has it. */
export interface CardParts extends TxParts {
  gateway: Gateway
}

export interface OpenCardSession extends BackerKey {
  /** from which page: a step of the survey, or the order */
  purpose: 'survey' | 'order'
  /** where the hosted page leads back to; the gateway adds the session's id to the first as `session` */
  success_url: string
  cancel_url: string
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/**
 * When the worker looks at a session whose backer never came back, counted from its making. The hosted page lives for a day from when the
 * gateway made it, which is a little later than our row: the last look finds a card that was entered in its last minutes.
 */
export const CHECKS_AFTER_MS = [10 * MINUTE_MS, HOUR_MS, 24 * HOUR_MS, 25 * HOUR_MS] as const

/** Nobody needs more card pages in an hour; who asks for more tries out cards. */
const SESSIONS_AN_HOUR = 20

/**
 * Opens the gateway's hosted page for a backer: a process. Guarantees: our row is committed before the gateway hears of it, no transaction
 * is held during a call, nothing of a card passes here. Refuses: `charging_not_set_up`, a survey that is closed, an order whose status
 * takes no other card (`reopen_first` ...), `card_page_asked_too_often` (429), `gateway_unreachable` (503).
 */
export async function openCardSession(app: CardParts, actor: Actor, input: OpenCardSession): Promise<{ url: string }> {
  const { campaign_id, backer_id } = input
  const campaign = await ownCampaign(app.db, actor, campaign_id)
  mayActFor(actor, backer_id)
  const file = await findSurvey(app.db, input)
  if (file.order) refuseChange(file.order, 'payment_method')
  else refuseClosedSurvey(file, actor)
  const account = await accountOf(app, campaign)
  await refuseTooMany(app, input)
  const session = await writeSession(app, input, account)
  const page = await askForPage(app, { campaign, file, session, input })
  if (!page.ok) {
    await setSession(app, session, { state: 'expired', check_at: null })
    throw refusalOf(page.failure)
  }
  const check_at = new Date(session.created_at.getTime() + CHECKS_AFTER_MS[0])
  await setSession(app, session, { state: 'open', gateway_id: page.value.gateway_id, check_at })
  return { url: page.value.url }
}

/** The account is written down when the program starts; where the gateway was away then, it is asked now. */
async function accountOf(app: CardParts, campaign: Campaign): Promise<string> {
  if (app.gateway.mode !== campaign.mode) {
    throw new DomainError('charging_not_set_up', 'Charging is not set up for this campaign, so no card can be added yet.')
  }
  const known = await findAccountInUse(app.db)
  if (known) return known
  const answer = await recordGatewayAccount(app)
  if (!answer.ok) throw refusalOf(answer.failure)
  return answer.value
}

async function refuseTooMany(app: CardParts, { campaign_id, backer_id }: BackerKey): Promise<void> {
  const { count } = await app.db
    .selectFrom('card_sessions')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('campaign_id', '=', campaign_id)
    .where('backer_id', '=', backer_id)
    .where('created_at', '>', new Date(app.clock.now().getTime() - HOUR_MS))
    .executeTakeFirstOrThrow()
  if (Number(count) < SESSIONS_AN_HOUR) return
  throw new DomainError(
    'card_page_asked_too_often',
    'The card page was opened very often in the last hour. Wait a while, then try again.',
    { status: 429 },
  )
}

type Session = Pick<Row<'card_sessions'>, 'campaign_id' | 'id' | 'backer_id' | 'gateway_account' | 'created_at'>

async function writeSession(app: CardParts, input: OpenCardSession, gateway_account: string): Promise<Session> {
  return await inTransaction(app, async (tx) => {
    const session = {
      campaign_id: input.campaign_id,
      id: newId(),
      backer_id: input.backer_id,
      gateway_account,
      created_at: tx.now,
    }
    await tx.db
      .insertInto('card_sessions')
      .values({
        ...session,
        gateway_id: null,
        state: 'created',
        purpose: input.purpose,
        payment_method_id: null,
        updated_at: tx.now,
      })
      .execute()
    return session
  })
}

async function setSession(
  app: CardParts,
  { campaign_id, id }: Session,
  set: { state: 'open' | 'expired'; gateway_id?: string; check_at: Date | null },
): Promise<void> {
  await app.db
    .updateTable('card_sessions')
    .set({ ...set, updated_at: app.clock.now() })
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', id)
    .execute()
}

interface Asked {
  campaign: Campaign
  file: SurveyFile
  session: Session
  input: OpenCardSession
}

/** The page of this session. A customer that the gateway does not know any more is made anew, once. */
async function askForPage(app: CardParts, asked: Asked): Promise<Answered<{ gateway_id: string; url: string }>> {
  const customer = await findOrMakeCustomer(app, asked)
  if (!customer.ok) return customer
  const page = await openPage(app, asked, customer.value, asked.session.id)
  if (page.ok || page.failure.code !== 'resource_missing') return page
  const fresh = await makeCustomer(app, asked, `customer:${asked.session.id}`)
  return fresh.ok ? await openPage(app, asked, fresh.value, `${asked.session.id}:again`) : fresh
}

async function openPage(app: CardParts, { campaign, input }: Asked, customer: string, key: string) {
  const { campaign_id, backer_id, success_url, cancel_url } = input
  const { currency } = campaign
  return await app.gateway.openCardSession({ campaign_id, backer_id, customer, currency, success_url, cancel_url, key })
}

async function findOrMakeCustomer(app: CardParts, asked: Asked): Promise<Answered<string>> {
  const { campaign_id, backer_id, gateway_account, id } = asked.session
  const known = await app.db
    .selectFrom('gateway_customers')
    .select('gateway_id')
    .where('campaign_id', '=', campaign_id)
    .where('backer_id', '=', backer_id)
    .where('gateway_account', '=', gateway_account)
    .executeTakeFirst()
  if (known) return { ok: true, value: known.gateway_id }
  const made = await makeCustomer(app, asked, `customer:${campaign_id}:${backer_id}:${gateway_account}`)
  // The first answer was lost, and name or mail were corrected since: under the same key the gateway refuses other words.
  // Not while the first is still being made (409, an outage): that would make two customers, and the card of one would be nobody's.
  const isOtherWords = !made.ok && made.failure.kind === 'refused' && made.failure.code === 'idempotency_error'
  if (isOtherWords) return await makeCustomer(app, asked, `customer:${id}`)
  return made
}

/** Makes the customer and keeps it. Of two who make it at once under one key both get the same. */
async function makeCustomer(app: CardParts, { file, session }: Asked, key: string): Promise<Answered<string>> {
  const { campaign_id, backer_id, gateway_account } = session
  const { name, email } = file.backer
  const made = await app.gateway.createCustomer({ campaign_id, backer_id, name, email, key })
  if (!made.ok) return made
  await app.db
    .insertInto('gateway_customers')
    .values({ campaign_id, backer_id, gateway_account, gateway_id: made.value, created_at: app.clock.now() })
    .onConflict((conflict) =>
      conflict.columns(['campaign_id', 'backer_id', 'gateway_account']).doUpdateSet({ gateway_id: made.value }),
    )
    .execute()
  return made
}

/** Keys that the gateway refuses are the creator's to mend, everything else passes by itself. */
function refusalOf(failure: GatewayFailure): DomainError {
  if (failure.kind === 'refused' && failure.pauses) {
    return new DomainError(
      'charging_not_set_up',
      'The payment service refuses the keys of this Afterfund, so no card can be added yet.',
    )
  }
  return new DomainError(
    'gateway_unreachable',
    'The card page cannot be opened just now. Nothing was changed; try again in a moment.',
    {
      status: 503,
      details: { failure: failure.code },
    },
  )
}
