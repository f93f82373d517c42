import { Link } from 'react-router'
import type { ShownTrackingRow } from '../../domain/fulfilment/tracking-queries.ts'
import { paths } from '../paths.ts'
import { Sheet } from '../ui/sheet.tsx'
import { Head, Pages, Table } from '../ui/table.tsx'
import { Status } from './status.tsx'
import { GROUP_WORDS, PROBLEM_WORDS, type TrackingGroup } from './tracking-words.ts'

export type RowsShown = 'good' | 'reported' | TrackingGroup

interface Props {
  campaign_id: string
  file_id: string
  show: RowsShown
  rows: readonly ShownTrackingRow[]
  is_first: boolean
  next: string | null
  is_applied: boolean
}

/** The rows behind a number of the preview: those that ship nothing say where, what and how to mend it. */
export function TrackingRows({ campaign_id, file_id, show, rows, is_first, next, is_applied }: Props) {
  const title =
    show === 'good'
      ? is_applied
        ? 'Shipped'
        : 'Will ship'
      : show === 'reported'
        ? 'Rows that ship nothing'
        : GROUP_WORDS[show].label
  if (rows.length === 0) {
    return (
      <Sheet title={title}>
        <p>
          {show === 'reported'
            ? 'None. Every row of the file names a parcel that can leave.'
            : 'No row of the file is of this kind.'}
        </p>
      </Sheet>
    )
  }
  const download = (
    <a href={paths.tracking_problems_csv(campaign_id, file_id)} download>
      Download as CSV
    </a>
  )
  return (
    <Sheet title={title} body="flush" aside={show === 'good' ? undefined : download}>
      {show === 'good' ? (
        <GoodRows campaign_id={campaign_id} rows={rows} />
      ) : (
        <ProblemRows campaign_id={campaign_id} rows={rows} />
      )}
      <Pages
        newer_to={is_first ? null : paths.tracking(campaign_id, file_id, { show })}
        older_to={next === null ? null : paths.tracking(campaign_id, file_id, { show, cursor: next })}
      />
    </Sheet>
  )
}

function ProblemRows({ campaign_id, rows }: Pick<Props, 'campaign_id' | 'rows'>) {
  return (
    <Table caption="Rows that ship nothing">
      <thead>
        <tr>
          <Head number>Line</Head>
          <Head>Order</Head>
          <Head>What the file says</Head>
          <Head>What is wrong, and the way out</Head>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const words = row.problem && PROBLEM_WORDS[row.problem]
          return (
            <tr key={row.n}>
              <td className="number">{row.line}</td>
              <td>
                <OrderCell campaign_id={campaign_id} row={row} />
              </td>
              <td className="wraps">
                <bdi>{[row.carrier, row.tracking_number, row.tracking_url].filter(Boolean).join(' · ') || 'nothing'}</bdi>
              </td>
              <td className="wraps">
                {words?.wrong}
                <small className="row-small">{words?.fix}</small>
              </td>
            </tr>
          )
        })}
      </tbody>
    </Table>
  )
}

function OrderCell({ campaign_id, row }: { campaign_id: string; row: ShownTrackingRow }) {
  if (!row.order) return <bdi>{row.order_text === '' ? '(empty)' : `“${row.order_text}”`}</bdi>
  return (
    <>
      <Link className="row-link" to={paths.order(campaign_id, row.order.id)}>
        {row.order.number}
      </Link>{' '}
      <Status status={row.order.status} />
    </>
  )
}

function GoodRows({ campaign_id, rows }: Pick<Props, 'campaign_id' | 'rows'>) {
  return (
    <Table caption="Rows with a parcel that leaves">
      <thead>
        <tr>
          <Head number>Line</Head>
          <Head>Order</Head>
          <Head>Carrier</Head>
          <Head>Tracking number</Head>
          <Head>Page</Head>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.n}>
            <td className="number">{row.line}</td>
            <td>
              <OrderCell campaign_id={campaign_id} row={row} />
            </td>
            <td className="wraps">
              <bdi>{row.carrier}</bdi>
            </td>
            <td>
              <bdi>{row.tracking_number}</bdi>
            </td>
            <td>
              {row.tracking_link && (
                <a href={row.tracking_link} target="_blank" rel="noreferrer">
                  Follow it
                </a>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
