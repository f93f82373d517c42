import type { FinalizeChoice } from '../../domain/fulfilment/finalize.ts'
import { Count, plural } from '../ui/numbers.tsx'
import { Head, Table } from '../ui/table.tsx'

interface Props {
  choices: readonly FinalizeChoice[]
  ticked: readonly string[]
  onTick: (sku_id: string, on: boolean) => void
  /** as it was typed where it did not fit */
  typed: Record<string, string>
  errors: Record<string, string[]>
}

/** Every SKU that ships: what lies there, what waits for it, and whether it may leave. Ticks and counts belong to the form around it. */
export function FinalizeTable({ choices, ticked, onTick, typed, errors }: Props) {
  return (
    <Table caption="SKUs that ship: stock on hand, and the orders that wait for them">
      <thead>
        <tr>
          <Head hidden width="48px">
            May leave
          </Head>
          <Head>SKU</Head>
          <Head number>Stock on hand</Head>
          <Head number wide_only>
            Paid, pieces
          </Head>
          <Head number wide_only>
            Paid, orders
          </Head>
          <Head number wide_only>
            Ready, pieces
          </Head>
        </tr>
      </thead>
      <tbody>
        {choices.map((choice) => (
          <tr key={choice.sku_id} data-row>
            <td className="check">
              <label>
                <input
                  type="checkbox"
                  name="only_sku"
                  value={choice.sku_id}
                  checked={ticked.includes(choice.sku_id)}
                  onChange={(event) => onTick(choice.sku_id, event.currentTarget.checked)}
                  aria-label={`${choice.code} may leave`}
                />
              </label>
            </td>
            <td className="wraps">
              <bdi>{choice.code}</bdi>
              <small className="row-small">
                <bdi>{[choice.name, choice.option].filter(Boolean).join(', ')}</bdi>
              </small>
              <small className="row-small narrow-only">
                {plural(choice.paid_quantity, 'piece', 'pieces')} in {plural(choice.paid_orders, 'paid order', 'paid orders')},{' '}
                <Count of={choice.ready_quantity} /> in ready ones
              </small>
            </td>
            <td className="number">
              <StockField choice={choice} typed={typed} error={errors[`stock.${choice.sku_id}`]?.[0]} />
            </td>
            <td className="number wide-only">
              <Count of={choice.paid_quantity} />
            </td>
            <td className="number wide-only">
              <Count of={choice.paid_orders} />
            </td>
            <td className="number wide-only">
              <Count of={choice.ready_quantity} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function StockField({ choice, typed, error }: { choice: FinalizeChoice; typed: Props['typed']; error: string | undefined }) {
  const name = `stock.${choice.sku_id}`
  return (
    <>
      <input type="hidden" name={`was.${choice.sku_id}`} value={choice.stock_on_hand ?? ''} />
      <input
        id={name}
        name={name}
        className="input stock-count"
        inputMode="numeric"
        autoComplete="off"
        maxLength={9}
        defaultValue={typed[name] ?? choice.stock_on_hand ?? ''}
        aria-label={`Stock on hand of ${choice.code}`}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${name}-error` : undefined}
      />
      {error && (
        <span className="field-error" id={`${name}-error`}>
          {error}
        </span>
      )}
    </>
  )
}
