import { CalendarX2, CirclePause, CreditCard } from 'lucide-react'
import { Link } from 'react-router'
import type { Hit, HitField } from '../../domain/backers/hits.ts'
import type { OrderSort } from '../../domain/orders/list-sorts.ts'
import type { ShownOrder } from '../../domain/orders/order-rows.ts'
import { cardExpiry, cardText } from '../../lib/card-text.ts'
import { countryName } from '../../lib/country-name.ts'
import { paths } from '../paths.ts'
import { Amount } from '../ui/numbers.tsx'
import { Head, Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { SearchHits } from './search-hits.tsx'
import { SelectAll, SelectRow } from './selection.tsx'
import { Mark, Status } from './status.tsx'

export type OrderRow = Omit<ShownOrder, 'lines' | 'address' | 'notice'>

/** What a row shows by itself. */
const SHOWN: readonly HitField[] = ['order_number', 'name']

interface Props {
  campaign: { id: string; currency: string }
  rows: readonly OrderRow[]
  /** Where a search stands in each backer. */
  hits: Record<string, readonly Hit[]>
  sort: OrderSort
  query: Record<string, string | string[]>
}

/** Orders as rows: what they are, what they owe, and what stands in their way. */
export function OrdersTable({ campaign, rows, hits, sort, query }: Props) {
  // goes along to each order, which knows its neighbours by it
  const place = { ...query, ...(sort === 'number' ? {} : { sort }) }
  const sorted = (key: string) => {
    const direction = sort === key ? ('ascending' as const) : sort === `-${key}` ? ('descending' as const) : null
    return { to: paths.orders(campaign.id, { ...query, sort: sort === key ? `-${key}` : key }), direction }
  }
  return (
    <Table caption="Orders">
      <thead>
        <tr>
          <SelectAll />
          <Head sort={sorted('number')}>Order</Head>
          <Head cut width="34%" sort={sorted('name')}>
            Backer
          </Head>
          <Head sort={sorted('status')}>Status</Head>
          <Head cut width="16%">
            Level
          </Head>
          <Head>Payment method</Head>
          <Head number sort={sorted('balance_due')}>
            Balance, {campaign.currency}
          </Head>
          <Head sort={sorted('updated_at')}>Changed</Head>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-row>
            <SelectRow id={row.id} label={`Select order ${row.number}`} />
            <td>
              <Link className="row-link" data-open to={paths.order(campaign.id, row.id, place)}>
                {row.number}
              </Link>
            </td>
            <td className="cut" title={row.backer.name}>
              <bdi>{row.backer.name}</bdi> {row.country && <span className="row-small">{countryName(row.country)}</span>}
              <SearchHits hits={hits[row.backer.id]} shown={SHOWN} />
            </td>
            <td className="nowrap">
              <Status status={row.status} />{' '}
              {row.hold && (
                <Mark icon={CirclePause} tone="warn">
                  On hold
                </Mark>
              )}
            </td>
            <td className="cut" title={row.level?.name}>
              <bdi>{row.level?.name ?? 'No reward'}</bdi>
            </td>
            <td className="nowrap">
              <CardOf row={row} />
            </td>
            <td className="number">
              <Amount minor={row.balance_due} currency={campaign.currency} />
            </td>
            <td>
              <Time at={row.updated_at} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

/** The card, or what is wrong with it. */
function CardOf({ row }: { row: OrderRow }) {
  const { payment_method: card } = row
  if (card && !card.is_usable && row.balance_due > 0) return <Mark icon={CreditCard}>Not usable</Mark>
  if (card?.is_expired) return <Mark icon={CalendarX2}>Card expired {cardExpiry(card)}</Mark>
  if (card) return <bdi>{cardText(card)}</bdi>
  if (row.status === 'canceled') return null
  return row.balance_due > 0 ? <Mark icon={CreditCard}>Missing</Mark> : 'Not needed'
}
