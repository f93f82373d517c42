import { Link } from 'react-router'
import type { ShownShipment } from '../../domain/fulfilment/shipments.ts'
import { paths } from '../paths.ts'
import { Count } from '../ui/numbers.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Head, Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'

export type ParcelRow = Pick<
  ShownShipment,
  'id' | 'state' | 'carrier' | 'tracking_number' | 'tracking_link' | 'left_at' | 'mailed_at' | 'mailed_number' | 'lines'
>

interface Props {
  campaign_id: string
  order: { id: string; status: string }
  parcels: readonly ParcelRow[]
}

/** What has left: each parcel with its number, where to follow it, and whether its backer was told. Undone ones stay listed. */
export function ParcelsSheet({ campaign_id, order, parcels }: Props) {
  if (parcels.length === 0) return null
  const untold = parcels.some(
    (one) => one.state === 'left' && one.tracking_number !== '' && one.mailed_number !== one.tracking_number,
  )
  return (
    <Sheet
      title="Parcels"
      body="flush"
      aside={
        untold && order.status === 'shipped' ? (
          <Link to={paths.tracking_mails(campaign_id, { id: order.id })}>Tracking mail…</Link>
        ) : undefined
      }
    >
      <Table caption="Parcels of the order, newest first">
        <thead>
          <tr>
            <Head>Left</Head>
            <Head>Carrier and number</Head>
            <Head number>Pieces</Head>
            <Head>Its backer</Head>
            <Head hidden>Correct</Head>
          </tr>
        </thead>
        <tbody>
          {parcels.map((parcel) => (
            <Parcel key={parcel.id} campaign_id={campaign_id} order_id={order.id} parcel={parcel} />
          ))}
        </tbody>
      </Table>
    </Sheet>
  )
}

function Parcel({ campaign_id, order_id, parcel }: { campaign_id: string; order_id: string; parcel: ParcelRow }) {
  const isUndone = parcel.state === 'undone'
  return (
    <tr>
      <td>
        <Time at={parcel.left_at} />
        {isUndone && <small className="row-small"> taken back</small>}
      </td>
      <td className="wraps">
        <bdi>{parcel.carrier}</bdi> <TrackingNumber parcel={parcel} />
      </td>
      <td className="number" title={parcel.lines.map(({ quantity, sku }) => `${quantity} × ${sku}`).join(', ')}>
        <Count of={parcel.lines.reduce((sum, { quantity }) => sum + quantity, 0)} />
      </td>
      <td className="wraps">{mailText(parcel)}</td>
      <td>{!isUndone && <Link to={paths.parcel(campaign_id, order_id, parcel.id)}>Correct…</Link>}</td>
    </tr>
  )
}

function TrackingNumber({ parcel: { tracking_number, tracking_link, state } }: { parcel: ParcelRow }) {
  const words = tracking_number === '' ? 'without a number' : <bdi className="code">{tracking_number}</bdi>
  if (!tracking_link || state === 'undone') return words
  return (
    <a href={tracking_link} target="_blank" rel="noreferrer">
      {words}
      <span className="visually-hidden">, follow it at the carrier</span>
    </a>
  )
}

function mailText({ mailed_at, mailed_number, tracking_number }: ParcelRow) {
  if (!mailed_at) return 'not mailed'
  return (
    <>
      mailed <Time at={mailed_at} />
      {mailed_number !== tracking_number && ', with another number'}
    </>
  )
}
