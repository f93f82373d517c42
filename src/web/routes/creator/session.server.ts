import { data, type RouterContextProvider } from 'react-router'
import type { Deps } from '../../../deps.server.ts'
import type { Actor } from '../../../domain/shared/actor.ts'
import { DomainError } from '../../../domain/shared/errors.ts'
import { type Campaign, ownCampaign } from '../../../domain/shared/policy.ts'
import { inTransaction, sqlState, type Tx } from '../../../domain/shared/tx.ts'
import { depsContext } from '../../context.ts'
import { type Account, orRefusalPage, requireAccount } from '../../session.server.ts'

/** What a loader or action gets of its request. */
export interface PageArgs {
  request: Request
  context: Readonly<RouterContextProvider>
}

export interface Desk {
  deps: Deps
  actor: Actor
  account: Account
  now: Date
}

/** Who sits at the desk. Nobody signed in: to the sign-in page, and back here afterwards. */
export async function requireDesk(args: PageArgs): Promise<Desk> {
  const account = await requireAccount(args)
  const deps = args.context.get(depsContext)
  return { deps, actor: { kind: 'staff', id: account.id }, account, now: deps.clock.now() }
}

/** The desk of one campaign. A campaign of somebody else answers 404, like one that does not exist. */
export async function requireCampaign(args: PageArgs & { params: { campaign: string } }): Promise<Desk & { campaign: Campaign }> {
  const desk = await requireDesk(args)
  return { ...desk, campaign: await orRefusalPage(ownCampaign(desk.deps.db, desk.actor, args.params.campaign)) }
}

export interface Refusal {
  code: string
  message: string
  /** what stands beside a field */
  fields: { field: string; code: string; message: string }[]
  details: Record<string, unknown>
}

/**
 * Runs a command for an action. A refusal comes back as a value to show beside the form; what does not exist is the 404 page; a row that a
 * bulk transition holds is "being locked now".
 */
export async function attempt<T>(
  desk: Desk,
  command: (tx: Tx) => Promise<T>,
  limits: Parameters<typeof inTransaction>[2] = {},
): Promise<{ done: T; refusal: null } | { done: null; refusal: Refusal }> {
  try {
    return { done: await inTransaction(desk.deps, command, limits), refusal: null }
  } catch (error) {
    if (sqlState(error) === '55P03') {
      const message = 'These orders are being changed by something larger right now. Nothing was lost; try again in a moment.'
      return { done: null, refusal: { code: 'being_locked', message, fields: [], details: {} } }
    }
    if (!(error instanceof DomainError)) throw error
    if (error.status === 404) throw data({ code: error.code, message: error.message }, { status: 404 })
    const fields = Array.isArray(error.details.fields) ? (error.details.fields as Refusal['fields']) : []
    return { done: null, refusal: { code: error.code, message: error.message, fields, details: error.details } }
  }
}
