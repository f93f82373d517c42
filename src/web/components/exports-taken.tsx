import type { ListedExport } from '../../domain/fulfilment/list-exports.ts'
import { Count } from '../ui/numbers.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Head, Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'

const FORM = { orders: 'A row for each order', lines: 'A row for each order and SKU' } as const
const AUDIENCE = { people: 'for people', machines: 'for a program' } as const

/** Who took the list for the warehouse lately: it holds names and addresses. */
export function ExportsTaken({ exports }: { exports: readonly ListedExport[] }) {
  return (
    <Sheet title="Lists handed over" body="flush">
      <Table caption="Lists of ready orders that were downloaded, newest first">
        <thead>
          <tr>
            <Head>When</Head>
            <Head>By</Head>
            <Head number>Orders</Head>
            <Head>Rows</Head>
          </tr>
        </thead>
        <tbody>
          {exports.map((one) => (
            <tr key={one.id}>
              <td>
                <Time at={one.at} />
              </td>
              <td className="wraps">
                <bdi>{one.actor.name}</bdi>
              </td>
              <td className="number">
                <Count of={one.orders} />
              </td>
              <td className="wraps">
                {FORM[one.form]}, {AUDIENCE[one.audience]}
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Sheet>
  )
}
