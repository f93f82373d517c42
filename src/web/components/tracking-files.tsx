import { Link } from 'react-router'
import type { ListedTrackingFile } from '../../domain/fulfilment/tracking-queries.ts'
import { paths } from '../paths.ts'
import { Count } from '../ui/numbers.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Head, Pages, Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { trackingStateText } from './tracking-words.ts'

interface Props {
  campaign_id: string
  files: readonly Pick<ListedTrackingFile, 'id' | 'file_name' | 'state' | 'rows_total' | 'created_by' | 'created_at'>[]
  next: string | null
}

/** The tracking files of a campaign, newest first. */
export function TrackingFiles({ campaign_id, files, next }: Props) {
  return (
    <Sheet title="Tracking files" body="flush">
      <Table caption="Tracking files, newest first">
        <thead>
          <tr>
            <Head>File</Head>
            <Head>State</Head>
            <Head number>Rows</Head>
            <Head>By</Head>
            <Head>When</Head>
          </tr>
        </thead>
        <tbody>
          {files.map((one) => (
            <tr key={one.id} data-row>
              <td className="wraps">
                <Link className="row-link" data-open to={paths.tracking(campaign_id, one.id)}>
                  <bdi>{one.file_name}</bdi>
                </Link>
              </td>
              <td>{trackingStateText(one.state)}</td>
              <td className="number">
                <Count of={one.rows_total} />
              </td>
              <td className="wraps">
                <bdi>{one.created_by.name}</bdi>
              </td>
              <td>
                <Time at={one.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      {next && <Pages older_to={paths.shipping(campaign_id, { cursor: next })} />}
    </Sheet>
  )
}
