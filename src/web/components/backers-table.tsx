import { CirclePause, MailX } from 'lucide-react'
import { Link } from 'react-router'
import type { Hit, HitField } from '../../domain/backers/hits.ts'
import type { BackerRow, BackerSort } from '../../domain/backers/queries.ts'
import { countryName } from '../../lib/country-name.ts'
import { paths } from '../paths.ts'
import { Amount } from '../ui/numbers.tsx'
import { Head, Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { SearchHits } from './search-hits.tsx'
import { SelectAll, SelectRow } from './selection.tsx'
import { Mark, Status } from './status.tsx'

/** What a row shows by itself. */
const SHOWN: readonly HitField[] = ['backer_number', 'order_number', 'name', 'email']

interface Props {
  campaign: { id: string; currency: string }
  rows: readonly BackerRow[]
  /** Where a search stands in each of them. */
  hits: Record<string, readonly Hit[]>
  sort: BackerSort
  query: Record<string, string | string[]>
}

/** Backers as rows: what they pledged, how far their survey is, and the order that came of it. */
export function BackersTable({ campaign, rows, hits, sort, query }: Props) {
  const sorted = (key: string) => {
    const direction = sort === key ? ('ascending' as const) : sort === `-${key}` ? ('descending' as const) : null
    return { to: paths.backers(campaign.id, { ...query, sort: sort === key ? `-${key}` : key }), direction }
  }
  return (
    <Table caption="Backers">
      <thead>
        <tr>
          <SelectAll />
          <Head sort={sorted('number')}>Backer</Head>
          <Head cut width="26%" sort={sorted('name')}>
            Name
          </Head>
          <Head cut width="20%" sort={sorted('email')}>
            Mail
          </Head>
          <Head>Survey</Head>
          <Head>Order</Head>
          <Head cut width="14%">
            Level
          </Head>
          <Head number sort={sorted('pledge_amount')}>
            Pledge, {campaign.currency}
          </Head>
          <Head sort={sorted('survey_sent_at')}>Asked</Head>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-row>
            <SelectRow id={row.id} label={`Select ${row.name}`} />
            <td>
              <Link className="row-link" data-open to={paths.backer(campaign.id, row.id)}>
                {row.number ?? 'Open'}
                {row.number === null && <span className="visually-hidden"> {row.name}</span>}
              </Link>
            </td>
            <td className="cut" title={row.name}>
              <bdi>{row.name}</bdi>
              {row.country && <span className="row-small"> {countryName(row.country)}</span>}
              <SearchHits hits={hits[row.id]} shown={SHOWN} />
            </td>
            <td className="cut" title={row.email}>
              <bdi>{row.email}</bdi>
            </td>
            <td className="nowrap">
              <Status status={row.survey} />{' '}
              {row.email_state !== 'ok' && (
                <Mark icon={MailX} tone={row.email_state === 'bounced' ? 'warn' : 'quiet'}>
                  {row.email_state === 'bounced' ? 'Mail bounced' : 'Relay mail'}
                </Mark>
              )}
            </td>
            <td className="nowrap">
              <OrderCell campaign_id={campaign.id} order={row.order} />
            </td>
            <td className="cut" title={row.level_name ?? undefined}>
              <bdi>{row.level_name ?? 'No reward'}</bdi>
            </td>
            <td className="number">
              <Amount minor={row.pledge_amount} currency={campaign.currency} />
            </td>
            <td>{row.survey_sent_at && <Time at={row.survey_sent_at} />}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function OrderCell({ campaign_id, order }: { campaign_id: string; order: BackerRow['order'] }) {
  if (!order) return <span className="nowrap">none yet</span>
  return (
    <>
      <Link to={paths.order(campaign_id, order.id)}>{order.number}</Link> <Status status={order.status} />{' '}
      {order.on_hold && <Mark icon={CirclePause}>On hold</Mark>}
    </>
  )
}
