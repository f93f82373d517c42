import { CircleHelp, CircleX, Clock } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { afterDecline, chargeReason, reasonTitle, runOrderWord } from '../../lib/charge-text.ts'
import { reasonSentence } from '../../lib/reason-text.ts'
import { unansweredText } from '../../lib/unanswered-text.ts'
import { paths } from '../paths.ts'
import { Amount, Count } from '../ui/numbers.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Head, Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import type { ShownRun } from './charge-figures.tsx'
import { Mark, Status } from './status.tsx'

interface Props {
  campaign: { id: string; currency: string }
  run: ShownRun
}

/** Why cards failed, the most frequent first, with what may help. */
export function FailuresSheet({ campaign, run }: Props) {
  if (run.failures.length === 0) return null
  const largest = Math.max(...run.failures.map((one) => one.count))
  const failed = run.failures.reduce((sum, one) => sum + one.count, 0)
  return (
    <Sheet
      title="Failed, by reason"
      aside={
        <Link to={paths.charge_orders(campaign.id, run.id, { state: 'failed' })}>
          See{' '}
          {failed === 1 ? (
            'it'
          ) : (
            <>
              all <Count of={failed} />
            </>
          )}
        </Link>
      }
      body="flush"
    >
      <Table caption="Failed charges by reason">
        <thead>
          <tr>
            <Head>Reason</Head>
            <Head hidden>Share</Head>
            <Head number>Cards</Head>
            <Head number>Sum, {campaign.currency}</Head>
            <Head>Then</Head>
          </tr>
        </thead>
        <tbody>
          {run.failures.map((one) => (
            <tr key={`${one.outcome} ${one.code}`}>
              <td className="wraps">
                <Link to={paths.charge_orders(campaign.id, run.id, { state: one.outcome, code: one.code })}>
                  {reasonTitle(one.outcome, one.code)}
                </Link>
              </td>
              <td className="charge-share" aria-hidden="true">
                <i style={{ inlineSize: `${(one.count / largest) * 100}%` }} />
              </td>
              <td className="number">
                <Count of={one.count} />
              </td>
              <td className="number">
                <Amount minor={one.amount} currency={campaign.currency} />
              </td>
              <td className="wraps">{one.outcome === 'declined' ? afterDecline(one.code) : 'nothing was taken'}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Sheet>
  )
}

/** Charges without an answer: why nobody knows yet, since when, and what is being done about it. */
export function UnansweredSheet({ campaign, run }: Props) {
  if (run.unknowns.length === 0) return null
  return (
    <Sheet
      title="No answer yet"
      aside={<Link to={paths.charge_orders(campaign.id, run.id, { state: 'unknown' })}>See which</Link>}
      body="flush"
    >
      <Table caption="Charges without an answer, by why">
        <thead>
          <tr>
            <Head>Why, and what happens</Head>
            <Head number>Cards</Head>
            <Head number>Sum, {campaign.currency}</Head>
            <Head>Since</Head>
          </tr>
        </thead>
        <tbody>
          {run.unknowns.map((one) => {
            const { why, next } = unansweredText(one.code)
            return (
              <tr key={one.code}>
                <td className="wraps">
                  {why}
                  <small className="row-small">
                    {next}
                    {one.next_try_at && (
                      <>
                        {' '}
                        Asked next at <Time at={one.next_try_at} />.
                      </>
                    )}
                  </small>
                </td>
                <td className="number">
                  <Count of={one.count} />
                </td>
                <td className="number">
                  <Amount minor={one.amount} currency={campaign.currency} />
                </td>
                <td>
                  <Time at={one.since} />
                </td>
              </tr>
            )
          })}
        </tbody>
      </Table>
    </Sheet>
  )
}

/** Who was in the selection and was not charged, and why. */
export function LeftOutSheet({ campaign, run }: Props) {
  if (run.left.length === 0) return null
  return (
    <Sheet title="Left out" body="flush">
      <Table caption="Left out, by reason">
        <thead>
          <tr>
            <Head>Why</Head>
            <Head number>Orders</Head>
            <Head number>Sum, {campaign.currency}</Head>
          </tr>
        </thead>
        <tbody>
          {run.left.map((one) => (
            <tr key={one.code}>
              <td className="wraps">
                <Link to={paths.charge_orders(campaign.id, run.id, { state: 'left_out', code: one.code })}>
                  {reasonSentence(one.code)}
                </Link>
              </td>
              <td className="number">
                <Count of={one.count} />
              </td>
              <td className="number">
                <Amount minor={one.amount} currency={campaign.currency} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Sheet>
  )
}

/** The rows that changed last, newest first. */
export function LatestSheet({ campaign, run }: Props) {
  return (
    <Sheet title="Latest" aside={<span>newest first</span>} body={run.latest.length > 0 ? 'flush' : 'padded'}>
      {run.latest.length > 0 ? (
        <RunRows campaign={campaign} rows={run.latest} caption="Latest charges, newest first" />
      ) : (
        <p className="quiet">The first answers appear here in a few seconds.</p>
      )}
    </Sheet>
  )
}

export interface RunRow {
  order: { id: string; number: number }
  backer: { id: string; name: string }
  amount: number
  state: string
  code: string | null
}

/** Orders of a run as rows: who, how much, and what became of it. */
export function RunRows({ campaign, rows, caption }: { campaign: Props['campaign']; rows: readonly RunRow[]; caption: string }) {
  return (
    <Table caption={caption}>
      <thead>
        <tr>
          <Head>Order</Head>
          <Head cut width="34%">
            Backer
          </Head>
          <Head number>Amount, {campaign.currency}</Head>
          <Head>Outcome</Head>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.order.id} data-row>
            <td>
              <Link className="row-link" data-open to={paths.order(campaign.id, row.order.id)}>
                {row.order.number}
              </Link>
            </td>
            <td className="cut" title={row.backer.name}>
              <bdi>{row.backer.name}</bdi>
            </td>
            <td className="number">
              <Amount minor={row.amount} currency={campaign.currency} />
            </td>
            <td className="wraps">
              <Outcome state={row.state} code={row.code} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

/** What became of one order. Only the order's own status gets a status sign; what is not one of the seven is a mark. */
export function Outcome({ state, code }: { state: string; code: string | null }) {
  const why = state === 'unknown' ? null : chargeReason(state, code)
  return (
    <>
      {signOf(state)} {why && <span className="quiet">{why}</span>}
    </>
  )
}

function signOf(state: string): ReactNode {
  const word = runOrderWord(state)
  if (state === 'succeeded' || state === 'nothing_owed') return <Status status="paid">{word}</Status>
  if (state === 'declined') return <Status status="errored">{word}</Status>
  // Nothing was taken, and the order stays as it was.
  if (state === 'refused') return <Mark icon={CircleX}>{word}</Mark>
  if (state === 'unknown') return <Mark icon={CircleHelp}>{word}</Mark>
  if (state === 'charging')
    return (
      <Mark icon={Clock} tone="quiet">
        {word}
      </Mark>
    )
  return <span className="quiet">{word}</span>
}
