import type { RouterContextProvider } from 'react-router'
import type { Deps } from '../../../deps.server.ts'
import type { Actor } from '../../../domain/shared/actor.ts'
import { type Campaign, ownCampaign } from '../../../domain/shared/policy.ts'
import { depsContext } from '../../context.ts'
import { orRefusalPage, requireAccount } from '../../session.server.ts'

interface StaffArgs {
  request: Request
  context: Readonly<RouterContextProvider>
  params: { campaign: string }
}

/** Staff who look at a backer's pages: signed in, and in a campaign of theirs. */
export async function requireStaff(args: StaffArgs): Promise<{ deps: Deps; actor: Actor; campaign: Campaign }> {
  const account = await requireAccount(args)
  const deps = args.context.get(depsContext)
  const actor: Actor = { kind: 'staff', id: account.id }
  return { deps, actor, campaign: await orRefusalPage(ownCampaign(deps.db, actor, args.params.campaign)) }
}
