import { redirect } from 'react-router'
import { paths } from '../../paths.ts'
import type { Route } from './+types/catalog-part'
import { requireCampaign } from './session.server.ts'

/** A part of the catalogue has no page of its own: it is a sheet of the catalogue. */
export async function loader(args: Route.LoaderArgs) {
  const { campaign } = await requireCampaign(args)
  throw redirect(`${paths.catalog(campaign.id)}#${encodeURIComponent(args.params.part)}`)
}
