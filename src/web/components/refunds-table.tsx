import { CircleCheck, CircleHelp, CircleX, Clock, TriangleAlert, Undo2 } from 'lucide-react'
import type { ShownRefund } from '../../domain/refunds/refund-queries.ts'
import { cardText } from '../../lib/card-text.ts'
import { refundReason, refundWord } from '../../lib/refund-text.ts'
import { Amount } from '../ui/numbers.tsx'
import { Head, Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { Mark } from './status.tsx'

interface Props {
  currency: string
  /** newest first */
  refunds: readonly ShownRefund[]
}

/** What went back, and what became of it. */
export function RefundsTable({ currency, refunds }: Props) {
  return (
    <Table caption="Refunds of this order, newest first">
      <thead>
        <tr>
          <Head>Refund</Head>
          <Head number>Amount, {currency}</Head>
          <Head>Outcome</Head>
          <Head>Card</Head>
        </tr>
      </thead>
      <tbody>
        {refunds.map((one) => (
          <tr key={one.id}>
            <td>
              <Time at={one.sent_at ?? one.created_at} as="moment" />
            </td>
            <td className="number">
              <Amount minor={one.amount} currency={currency} />
            </td>
            <td className="wraps">
              <RefundOutcome refund={one} />
              {one.reason && (
                <small className="row-small">
                  <bdi>{one.reason}</bdi>
                </small>
              )}
            </td>
            <td>
              <bdi>{cardText(one.payment_method)}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

const SIGNS: Record<ShownRefund['state'], { icon: typeof Clock; tone: 'warn' | 'danger' | 'quiet' }> = {
  created: { icon: Clock, tone: 'quiet' },
  sent: { icon: Clock, tone: 'quiet' },
  unknown: { icon: CircleHelp, tone: 'warn' },
  pending: { icon: Undo2, tone: 'quiet' },
  succeeded: { icon: CircleCheck, tone: 'quiet' },
  failed: { icon: TriangleAlert, tone: 'danger' },
  refused: { icon: CircleX, tone: 'warn' },
}

function RefundOutcome({ refund }: { refund: ShownRefund }) {
  const { icon, tone } = SIGNS[refund.state]
  const isLost = refund.code === 'dispute_lost'
  const why = isLost ? 'after a dispute' : refund.code ? refundReason(refund.code) : null
  return (
    <>
      <Mark icon={icon} tone={tone}>
        <b>{isLost ? 'Taken back by the bank' : refundWord(refund.state)}</b>
      </Mark>
      {refund.state === 'unknown' && <span className="quiet"> we keep asking; nothing is given back twice</span>}
      {refund.state !== 'unknown' && why && <span className="quiet"> {why}</span>}
      {refund.is_elsewhere && !isLost && <span className="quiet"> not made here</span>}
    </>
  )
}
