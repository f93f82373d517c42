import { Link } from 'react-router'
import type { ChargeRunPreview } from '../../domain/payments/charge-run-preview.ts'
import { reasonText } from '../../lib/reason-text.ts'
import { paths } from '../paths.ts'
import { type Share, ShareBar } from '../ui/figures.tsx'
import { countText, Money, plural } from '../ui/numbers.tsx'
import { Outcome, OutcomeTable } from './outcome-table.tsx'
import { Status } from './status.tsx'

type Query = Record<string, string | string[]>

interface Props {
  campaign: { id: string; currency: string }
  preview: ChargeRunPreview
  /** the selection, for links to what can be done about those that stay */
  query: Query
}

/** What a run would do, and what it would not: a bar, and one row per outcome with its count and a way to deal with it. */
export function ChargePreview({ campaign, preview, query }: Props) {
  const { charge, nothing_owed, left, errored_left_out } = preview
  const staying = left.reduce((sum, one) => sum + one.count, 0)
  if (charge.orders + nothing_owed + staying + errored_left_out === 0) {
    return <p>No order of this selection is locked down, so there is nothing to charge.</p>
  }
  const shares: Share[] = [
    { label: 'Charged', count: charge.orders, status: 'paid' },
    { label: 'Nothing owed', count: nothing_owed, status: 'shipped' },
    { label: 'Stay as they are', count: staying + errored_left_out, tone: 'rest' },
  ]
  return (
    <div>
      <ShareBar
        size="m"
        label={`${countText(charge.orders)} cards are charged, ${countText(nothing_owed)} owe nothing, ${countText(staying + errored_left_out)} stay as they are`}
        shares={shares}
      />
      <OutcomeTable>
        {charge.orders > 0 && (
          <Outcome
            what={
              <>
                <Status status="paid" /> once its card is charged, <Money minor={charge.amount} currency={campaign.currency} /> in
                all
              </>
            }
            count={charge.orders}
            isLoud
          />
        )}
        {nothing_owed > 0 && (
          <Outcome
            what={
              <>
                <Status status="paid" /> without asking the gateway, since nothing is owed
              </>
            }
            count={nothing_owed}
            isLoud
          />
        )}
        {left.map((one) => (
          <Outcome
            key={one.code}
            what={`stay as they are, ${reasonText(one.code)}`}
            count={one.count}
            deal={<Deal campaign_id={campaign.id} preview={preview} one={one} query={query} />}
          />
        ))}
        {errored_left_out > 0 && (
          <Outcome
            what={
              <>
                <Status status="errored" /> stay, not tried again by this run
              </>
            }
            count={errored_left_out}
            deal={<Link to={paths.new_charge(campaign.id, { ...query, retry: '1' })}>Try them again…</Link>}
          />
        )}
      </OutcomeTable>
    </div>
  )
}

interface DealProps {
  campaign_id: string
  preview: ChargeRunPreview
  one: ChargeRunPreview['left'][number]
  query: Query
}

/** A way to deal with those that stay. */
function Deal({ campaign_id, preview, one, query }: DealProps) {
  const [sample] = one.sample_ids
  if (one.code === 'payment_method_missing') {
    const who = { all: '1', status: ['locked', 'errored'], payment_method: 'missing' }
    return <Link to={paths.survey_ask(campaign_id, who)}>Mail them…</Link>
  }
  if (one.code === 'on_hold') {
    return <Link to={paths.orders(campaign_id, { hold: 'yes', status: ['locked', 'errored'] })}>Look at the holds</Link>
  }
  if (one.code === 'below_minimum') {
    return (
      <Link to={paths.waive(campaign_id, query)}>
        Waive {plural(preview.below_minimum.orders, 'small balance', 'small balances')}…
      </Link>
    )
  }
  if (!sample) return null
  return <Link to={paths.order(campaign_id, sample)}>{one.count === 1 ? 'Show it' : 'Show one'}</Link>
}

/** "in about 4 minutes" */
export function durationText(minutes: number): string {
  if (minutes <= 1) return 'in about a minute'
  if (minutes < 120) return `in about ${countText(minutes)} minutes`
  return `in about ${countText(Math.round(minutes / 60))} hours`
}
