import { Link } from 'react-router'
import type { FinalizeChoice } from '../../domain/fulfilment/finalize.ts'
import { reasonText } from '../../lib/reason-text.ts'
import { paths } from '../paths.ts'
import { ButtonLink } from '../ui/button.tsx'
import { ShareBar } from '../ui/figures.tsx'
import { Note } from '../ui/note.tsx'
import { countText, plural } from '../ui/numbers.tsx'
import { Sheet } from '../ui/sheet.tsx'

interface Props {
  campaign: { id: string }
  choices: readonly FinalizeChoice[]
  ticked: readonly string[]
  counted: { total: number; moved: number; left: { code: string; count: number }[]; pieces: Record<string, number> }
}

/** What the ticked SKUs let go: how many orders hold only these, how many pass, and whether the pieces are there. */
export function FinalizeCount({ campaign, choices, ticked, counted }: Props) {
  const { total, moved, left } = counted
  const query = { status: 'paid', only_sku: ticked }
  const staying = left.reduce((sum, { count }) => sum + count, 0)
  return (
    <Sheet title={`${plural(total, 'paid order contains', 'paid orders contain')} only these`}>
      <div role="status" className="grid gap-3">
        {total === 0 ? (
          <p>
            Every paid order holds something else that ships too. Tick more SKUs, or wait until more is there: nobody gets half a
            parcel.
          </p>
        ) : (
          <>
            <ShareBar
              size="m"
              label={`${countText(moved)} pass, ${countText(staying)} stay behind`}
              shares={[
                { label: 'ready to ship', count: moved, status: 'ready_to_ship' },
                { label: 'stay paid', count: staying, status: 'paid' },
              ]}
            />
            <ul className="plain-list">
              <li>
                <b>{countText(moved)}</b> of them can be finalized: nothing is missing.
              </li>
              {left.map((row) => (
                <li key={row.code}>
                  <b>{countText(row.count)}</b> {row.count === 1 ? 'stays' : 'stay'} behind: {leftText(row)}.
                </li>
              ))}
            </ul>
            <Shortage choices={choices} pieces={counted.pieces} />
          </>
        )}
      </div>
      {total > 0 && (
        <div className="row">
          <Link to={paths.orders(campaign.id, query)}>Show these orders</Link>
          <ButtonLink
            to={paths.orders_transition(campaign.id, 'finalize_address', { all: '1', ...query })}
            variant="primary"
            disabled_reason={moved === 0 ? 'None of them can be finalized.' : null}
          >
            {`Finalize ${plural(moved, 'address', 'addresses')}…`}
          </ButtonLink>
        </div>
      )}
    </Sheet>
  )
}

function leftText({ code, count }: { code: string; count: number }): string {
  if (code === 'address_invalid')
    return `the address does not pass, and ${count === 1 ? 'its backer is' : 'their backers are'} mailed`
  return reasonText(code)
}

/** Where these orders need more than lies there, after what is ready to ship already. */
function Shortage({ choices, pieces }: Pick<Props, 'choices'> & { pieces: Record<string, number> }) {
  const needed = choices.filter(({ sku_id }) => (pieces[sku_id] ?? 0) > 0)
  const short = needed.flatMap((choice) => {
    const needs = (pieces[choice.sku_id] ?? 0) + choice.ready_quantity
    return choice.stock_on_hand !== null && needs > choice.stock_on_hand ? [{ ...choice, needs, has: choice.stock_on_hand }] : []
  })
  const uncounted = needed.filter(({ stock_on_hand }) => stock_on_hand === null)
  return (
    <>
      {short.length > 0 && (
        <Note tone="warn">
          <b>More pieces are needed than you counted.</b>
          <ul>
            {short.map(({ sku_id, code, needs, has, ready_quantity }) => (
              <li key={sku_id}>
                <bdi>{code}</bdi>: {countText(needs)} needed
                {ready_quantity > 0 && `, ${countText(ready_quantity)} of them for orders that are ready already`};{' '}
                {countText(has)} on hand, {countText(needs - has)} too few
              </li>
            ))}
          </ul>
        </Note>
      )}
      {uncounted.length > 0 && (
        <p className="meta">
          Stock on hand is not typed for{' '}
          {uncounted.map(({ sku_id, code }, index) => (
            <span key={sku_id}>
              {index > 0 && ', '}
              <bdi>{code}</bdi> ({plural(pieces[sku_id] ?? 0, 'piece', 'pieces')} needed)
            </span>
          ))}
          .
        </p>
      )}
    </>
  )
}
