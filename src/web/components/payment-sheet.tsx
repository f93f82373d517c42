import { CalendarX2, CircleCheck, CircleHelp, CircleX, Clock, CreditCard } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { WholeOrder } from '../../domain/orders/queries.ts'
import type { ShownAttempt } from '../../domain/payments/attempts.ts'
import type { ChargeMail } from '../../domain/payments/charge-mails.ts'
import type { ShownRefund } from '../../domain/refunds/refund-queries.ts'
import { cardExpiry, cardText } from '../../lib/card-text.ts'
import { attemptWord, chargeReason } from '../../lib/charge-text.ts'
import { paths } from '../paths.ts'
import { Amount, plural } from '../ui/numbers.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Head, Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { Day } from './failed-tables.tsx'
import { RefundsTable } from './refunds-table.tsx'
import { Mark } from './status.tsx'

interface Props {
  campaign: { id: string }
  order: WholeOrder
  /** newest first */
  attempts: readonly ShownAttempt[]
  mails: readonly ChargeMail[]
  /** there are more than these */
  has_more: boolean
  /** newest first */
  refunds: readonly ShownRefund[]
}

/** The card that will be charged, and every try: when, how much, and what the bank said. */
export function PaymentSheet({ campaign, order, attempts, mails, has_more, refunds }: Props) {
  return (
    <Sheet title="Payment" body={attempts.length > 0 ? 'flush' : 'padded'} aside={<CardOnFile order={order} />}>
      {attempts.length === 0 ? (
        <p className="quiet">No card was charged for this order yet.</p>
      ) : (
        <>
          <Table caption="Charges of this order, newest first">
            <thead>
              <tr>
                <Head number>Try</Head>
                <Head>When</Head>
                <Head number>Amount, {order.currency}</Head>
                <Head>Outcome</Head>
                <Head>Card</Head>
                <Head>Mail</Head>
              </tr>
            </thead>
            <tbody>
              {attempts.map((one) => (
                <tr key={one.id}>
                  <td className="number">{one.number}</td>
                  <td>
                    <Time at={one.sent_at ?? one.created_at} as="moment" />
                  </td>
                  <td className="number">
                    <Amount minor={one.amount} currency={order.currency} />
                  </td>
                  <td className="wraps">
                    <AttemptOutcome attempt={one} />
                    {one.run_id && (
                      <small className="row-small">
                        <Link to={paths.charge(campaign.id, one.run_id)}>in a run</Link>
                      </small>
                    )}
                  </td>
                  <td>
                    <bdi>{cardText(one.payment_method)}</bdi>
                  </td>
                  <td>
                    <MailOf campaign_id={campaign.id} mail={mails.find((each) => each.attempt_id === one.id)} />
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
          {order.follow_up && <Follows order={order} follow_up={order.follow_up} />}
          {has_more && <p className="pad quiet">Older tries are on the timeline.</p>}
          {refunds.length > 0 && <RefundsTable currency={order.currency} refunds={refunds} />}
        </>
      )}
    </Sheet>
  )
}

/** What happens next by itself to a charge that failed. */
function Follows({ order, follow_up }: { order: WholeOrder; follow_up: NonNullable<WholeOrder['follow_up']> }) {
  const { retry_at, remind_at, remind_on, reminders } = follow_up
  if (order.hold) return <p className="pad quiet">On hold: no card is tried and nobody is reminded meanwhile.</p>
  return (
    <p className="pad">
      {remind_on ? (
        <>
          <b>
            Its backer pays on <Day of={remind_on} />.
          </b>{' '}
          Until then nothing is sent and nothing tried.
        </>
      ) : (
        <>
          {retry_at ? (
            <>
              The card is tried again by itself on <Time at={retry_at} as="day" />.
            </>
          ) : (
            'The card is not tried again by itself.'
          )}{' '}
          {remind_at ? (
            <>
              Its backer is reminded on <Time at={remind_at} as="day" />.
            </>
          ) : (
            <>No reminder leaves any more ({plural(reminders, 'was', 'were')} sent): write to them.</>
          )}
        </>
      )}
    </p>
  )
}

/** "Visa ending 4242, 12/30", with a warning when it has expired or is not usable. */
function CardOnFile({ order }: { order: WholeOrder }) {
  const { payment_method: card, balance_due } = order
  if (!card) {
    return balance_due > 0 ? (
      <Mark icon={CreditCard}>No payment method on file</Mark>
    ) : (
      <span>No card on file, and none is needed</span>
    )
  }
  return (
    <>
      <bdi>
        {cardText(card)}, {cardExpiry(card)}
      </bdi>
      {!card.is_usable && <Mark icon={CreditCard}>Not usable any more</Mark>}
      {card.is_usable && card.is_expired && <Mark icon={CalendarX2}>Expired; it is tried all the same</Mark>}
    </>
  )
}

const SIGNS: Record<ShownAttempt['state'], { icon: typeof Clock; tone: 'warn' | 'danger' | 'quiet' }> = {
  created: { icon: Clock, tone: 'quiet' },
  sent: { icon: Clock, tone: 'quiet' },
  unknown: { icon: CircleHelp, tone: 'warn' },
  succeeded: { icon: CircleCheck, tone: 'quiet' },
  declined: { icon: CircleX, tone: 'danger' },
  refused: { icon: CircleX, tone: 'warn' },
}

/** What became of a try, in words with an icon: a try is none of the seven statuses, so it never wears their sign. */
function AttemptOutcome({ attempt }: { attempt: ShownAttempt }) {
  const { icon, tone } = SIGNS[attempt.state]
  const why = chargeReason(attempt.state, attempt.code)
  return (
    <>
      <Mark icon={icon} tone={tone}>
        <b>{attemptWord(attempt.state, attempt.code)}</b>
      </Mark>
      {attempt.ask_until && (
        <span>
          {' '}
          until <Time at={attempt.ask_until} as="moment" />:
        </span>
      )}
      {why && <span className="quiet"> {why}</span>}
    </>
  )
}

function MailOf({ campaign_id, mail }: { campaign_id: string; mail: ChargeMail | undefined }): ReactNode {
  if (!mail) return null
  return <Link to={paths.message(campaign_id, mail.id)}>{mail.kind === 'receipt' ? 'Receipt' : 'Why it failed'}</Link>
}
