import { data, redirect } from 'react-router'
import { listBackers } from '../../../domain/backers/queries.ts'
import { explainSearch } from '../../../domain/backers/search-hits.ts'
import { hitText } from '../../components/search-hits.tsx'
import { storable } from '../../form.server.ts'
import { paths } from '../../paths.ts'
import type { Route } from './+types/find'
import { requireCampaign } from './session.server.ts'

/** Shown under the field; the list has the rest. */
const PEEKED = 6

export interface Found {
  q: string
  matches: { to: string; label: string; hint: string }[]
}

/** From every page to one person: to the order, or the backer, if the words fit one only; else to the list of those they fit. */
export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const search = new URL(args.request.url).searchParams
  const q = storable(search.get('q') ?? '')
    .trim()
    .slice(0, 200)
  if (q === '') throw redirect(paths.backers(campaign.id))
  const rows = (await listBackers(deps.db, campaign.id, { filter: { q }, limit: search.has('peek') ? PEEKED : 2 })).data
  const placeOf = (row: (typeof rows)[number]) =>
    row.order ? paths.order(campaign.id, row.order.id) : paths.backer(campaign.id, row.id)
  if (!search.has('peek')) throw redirect(rows.length === 1 && rows[0] ? placeOf(rows[0]) : paths.backers(campaign.id, { q }))
  const hits = await explainSearch(deps.db, campaign.id, { q, backer_ids: rows.map(({ id }) => id) })
  return data<Found>({
    q,
    matches: rows.map((row) => ({
      to: placeOf(row),
      label: row.name,
      hint: [
        row.order ? `order ${row.order.number}` : 'no order yet',
        ...(hits[row.id] ?? []).filter(({ field }) => field !== 'name' && field !== 'order_number').map(hitText),
      ].join(' · '),
    })),
  })
}
