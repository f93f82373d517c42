import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { WholeRun } from '../../domain/payments/charge-run-queries.ts'
import { paths } from '../paths.ts'
import { ShareBar } from '../ui/figures.tsx'
import { Count, countText, Money, plural } from '../ui/numbers.tsx'
import { Time } from '../ui/time.tsx'
import { cardsOf, type Sent } from './charge-words.ts'

export type ShownRun = Sent<WholeRun>

interface Props {
  campaign: { id: string; currency: string }
  run: ShownRun
}

/** How far a run is: bar, percent, pace and end, and below it the four figures with their sums. */
export function ChargeProgress({ campaign, run }: Props) {
  const { total, over, percent, stopped } = cardsOf(run)
  const { orders } = run
  const failed = orders.declined + orders.refused
  const left = orders.waiting + orders.charging + stopped.count
  return (
    <section className="sheet" aria-label="Progress">
      <div className="pad charge-bar">
        <p className="charge-head">
          <span>
            <b className="voice charge-percent">{percent}%</b>{' '}
            <span className="quiet">
              {countText(over)} of {countText(total)}
            </span>
          </span>
          <span className="quiet">
            <End run={run} />
          </span>
        </p>
        <ShareBar
          size="l"
          label={`${countText(orders.succeeded)} charged, ${countText(failed)} failed, ${countText(orders.unknown)} without an answer yet, ${countText(left)} still to do`}
          shares={[
            { label: 'Charged', count: orders.succeeded, status: 'paid' },
            { label: 'Failed', count: failed, status: 'errored' },
            { label: 'No answer yet', count: orders.unknown, tone: 'waiting' },
            { label: 'Still to do', count: left, tone: 'rest' },
          ]}
        />
      </div>
      <ChargeFigures campaign={campaign} run={run} />
    </section>
  )
}

/** Pace and end while it runs; else when it ended. */
function End({ run }: { run: ShownRun }) {
  if (run.finished_at) {
    return (
      <>
        ended <Time at={run.finished_at} />
      </>
    )
  }
  if (run.state === 'paused') return 'paused'
  if (!run.ends_at) return 'waiting for answers'
  return (
    <>
      {plural(Math.round((run.speed ?? run.pace) * 10) / 10, 'card', 'cards')} a second · done at about <Time at={run.ends_at} />
    </>
  )
}

function ChargeFigures({ campaign, run }: Props) {
  const { orders, amounts } = run
  const money = (minor: number) => <Money minor={minor} currency={campaign.currency} />
  const to = (state: string) => paths.charge_orders(campaign.id, run.id, { state })
  const failed = orders.declined + orders.refused
  const { stopped } = cardsOf(run)
  return (
    <ul className="figures charge-figures">
      <Figure label="Charged" status="paid" count={orders.succeeded} to={to('succeeded')} note={money(amounts.succeeded)} />
      <Figure
        label="Failed"
        status="errored"
        count={failed}
        to={to('failed')}
        note={
          <>
            {money(amounts.declined + amounts.refused)}
            {orders.declined > 0 && ` · ${countText(orders.declined)} mailed`}
          </>
        }
      />
      <Figure
        label="No answer yet"
        tone="waiting"
        count={orders.unknown}
        to={to('unknown')}
        note={
          <>
            {money(amounts.unknown)}
            {orders.unknown > 0 && ' · asking the gateway'}
          </>
        }
      />
      <Figure
        label={run.state === 'stopped' ? 'Not charged' : 'Still to do'}
        tone="rest"
        count={orders.waiting + orders.charging + stopped.count}
        to={run.state === 'stopped' ? to('left_out') : to('waiting')}
        note={
          <>
            {money(amounts.waiting + amounts.charging + stopped.amount)}
            {orders.charging > 0 && ` · ${countText(orders.charging)} under way`}
          </>
        }
      />
    </ul>
  )
}

interface FigureProps {
  label: string
  count: number
  to: string
  note: ReactNode
  status?: string
  tone?: 'waiting' | 'rest'
}

function Figure({ label, count, to, note, status, tone }: FigureProps) {
  return (
    <li>
      <Link className="figure" to={to}>
        <span className="charge-label">
          <i data-status={status} data-tone={tone} />
          {label}
        </span>
        <span className="figure-number">
          <Count of={count} />
        </span>
        <small>{note}</small>
      </Link>
    </li>
  )
}
