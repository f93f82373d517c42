import { data, type MiddlewareFunction, Outlet, useNavigation } from 'react-router'
import { countCampaign, listCampaignNames } from '../../../domain/campaigns/queries.ts'
import { countDiscrepancies } from '../../../domain/discrepancies/list.ts'
import { countOpenRequests } from '../../../domain/fulfilment/request-queries.ts'
import { findRunningOperation } from '../../../domain/operations/queries.ts'
import { isId } from '../../../lib/id.ts'
import { operationTitle } from '../../../lib/operation-text.ts'
import { Shell } from '../../components/shell.tsx'
import { paths } from '../../paths.ts'
import deskCss from '../../styles/desk.css?url'
import { Keyboard } from '../../ui/keys.tsx'
import { ReaderProvider } from '../../ui/reader.tsx'
import type { Route } from './+types/layout'
import { requireCampaign, requireDesk } from './session.server.ts'

export const links = () => [{ rel: 'stylesheet', href: deskCss }]

/** What these name in an address is an id; anything else names nothing, and is never asked of the database. */
const NAMES_OF_IDS = [
  'campaign',
  'order',
  'backer',
  'notice',
  'operation',
  'run',
  'import',
  'message',
  'mail',
  'request',
  'shipment',
  'file',
]

export const middleware: MiddlewareFunction<Response>[] = [
  ({ params }) => {
    const isBroken = NAMES_OF_IDS.some((name) => params[name] !== undefined && !isId(params[name]))
    if (isBroken) throw data(null, { status: 404 })
  },
]

/** The desk around every page of a creator: who is here, in which campaign, and what runs. */
export async function loader(args: Route.LoaderArgs) {
  const campaignId = (args.params as { campaign?: string }).campaign
  const desk = campaignId
    ? await requireCampaign({ ...args, params: { campaign: campaignId } })
    : { ...(await requireDesk(args)), campaign: null }
  const { deps, actor, account, campaign, now } = desk
  return {
    account: { name: account.name },
    campaigns: await listCampaignNames(deps.db, actor),
    campaign: campaign && { id: campaign.id, name: campaign.name, mode: campaign.mode, creator_name: campaign.creator_name },
    counts: campaign && {
      ...(await countCampaign(deps.db, campaign.id)),
      requests: await countOpenRequests(deps.db, campaign.id),
      discrepancies: (await countDiscrepancies(deps.db, campaign.id)).open,
    },
    running: campaign ? await findRunningOperation(deps.db, campaign.id) : null,
    reader: { locale: 'en', time_zone: campaign?.time_zone ?? 'UTC', now: now.toISOString() },
  }
}

export default function CreatorLayout({ loaderData }: Route.ComponentProps) {
  const { account, campaigns, campaign, counts, running, reader } = loaderData
  const isLoading = useNavigation().state === 'loading'
  const job = running &&
    campaign && {
      title: operationTitle(running.kind),
      done: running.done,
      total: running.total,
      ...(running.is_paused ? { note: 'paused' } : {}),
      to: running.kind === 'charge' ? paths.charge(campaign.id, running.id) : paths.operation(campaign.id, running.id),
    }
  return (
    <ReaderProvider reader={reader}>
      <Shell
        campaign={campaign}
        campaigns={campaigns}
        account={campaign?.creator_name ?? account.name}
        person={{ name: account.name, role: 'Owner' }}
        {...(counts ? { counts } : {})}
        job={job}
        stale={isLoading}
      >
        <Outlet />
      </Shell>
      <Keyboard />
    </ReaderProvider>
  )
}
