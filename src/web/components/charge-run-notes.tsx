import { Link } from 'react-router'
import { missingRightText } from '../../lib/right-text.ts'
import { paths } from '../paths.ts'
import { Note } from '../ui/note.tsx'
import { countText, Money, plural } from '../ui/numbers.tsx'
import type { ShownRun } from './charge-figures.tsx'
import { cardsOf } from './charge-words.ts'

type RunProps = { run: ShownRun }
type CampaignRunProps = RunProps & { campaign: { id: string; currency: string } }

/** Why it stands still or is slower than it could be, and what happens next. */
export function Standing({ run }: RunProps) {
  if (run.state === 'paused') return <Paused run={run} />
  if (run.state !== 'running') return null
  if (!run.swept_at) {
    return (
      <Note tone="info" live>
        <b>Looking at what the gateway has already taken …</b> What it says and the books do not know is booked first, so that
        nobody is charged twice. The first card follows.
      </Note>
    )
  }
  if (run.pace < run.full_pace) {
    return (
      <Note tone="info">
        <b>Slowed down to {perSecond(run.pace)}.</b> The gateway said it was too many at once. No card is lost by that; the pace
        rises again by itself, step by step, up to {perSecond(run.full_pace)}.
      </Note>
    )
  }
  return null
}

function perSecond(pace: number): string {
  return `${plural(Math.round(pace * 10) / 10, 'card', 'cards')} a second`
}

function Paused({ run }: RunProps) {
  switch (run.pause_code) {
    case null:
      return (
        <Note tone="warn" live>
          <b>Paused.</b> {plural(run.orders.waiting, 'card waits', 'cards wait')} until you press Resume. What was under way gets
          its answer.
        </Note>
      )
    case 'gateway_silent':
      return (
        <Note tone="warn" live>
          <b>The gateway does not answer, so the run paused by itself.</b> We ask it every minute, and the run goes on by itself
          once it answers. What is without an answer stays so until then: nothing of it is charged again, and nothing counts as
          failed.
        </Note>
      )
    case 'right_missing':
      return (
        <Note tone="danger" live>
          <b>The gateway did not allow the charge, so the run paused by itself.</b> {missingRightText(run.pause_right)} Nothing
          was taken since; then press Resume.
        </Note>
      )
    default:
      return (
        <Note tone="danger" live>
          <b>The gateway refused our keys, so the run paused by itself.</b> Nothing was taken since. Have the keys put right
          (STRIPE_SECRET_KEY) and Afterfund started again, then press Resume.
        </Note>
      )
  }
}

/** What came of it, once it is over. */
export function Result({ campaign, run }: CampaignRunProps) {
  if (run.state !== 'done' && run.state !== 'stopped') return null
  const { succeeded, declined, refused } = run.orders
  const waiting = cardsOf(run).stopped.count
  const failed = declined + refused
  const charged = (
    <>
      {plural(succeeded, 'card', 'cards')} charged, <Money minor={run.amounts.succeeded} currency={campaign.currency} />.
    </>
  )
  if (succeeded === 0 && run.orders.nothing_owed === 0) {
    return (
      <Note tone="warn" live>
        <b>No card was charged.</b> {failed > 0 && `${plural(failed, 'charge', 'charges')} failed, as below.`}
        {waiting > 0 && ` ${plural(waiting, 'card stays', 'cards stay')} as it was.`}
      </Note>
    )
  }
  return (
    <Note tone="good" live>
      <b>{charged}</b>{' '}
      {declined > 0 && (
        <>
          {countText(declined)} {declined === 1 ? 'was declined; its backer was' : 'were declined; their backers were'} mailed
          why, with a link to mend it.{' '}
          <Link to={paths.orders(campaign.id, { operation: run.id, status: 'errored' })}>See who has not mended it yet</Link>.{' '}
        </>
      )}
      {refused > 0 &&
        `${countText(refused)} ${refused === 1 ? 'was' : 'were'} not carried out by the gateway: nothing was taken. `}
      {waiting > 0 && `${countText(waiting)} were not charged, since the run was stopped.`}
    </Note>
  )
}

/** What happened without the gateway, and who was not asked. */
export function Beside({ campaign, run }: CampaignRunProps) {
  const { nothing_owed } = run.orders
  const isOver = run.state === 'done' || run.state === 'stopped'
  if (nothing_owed === 0 && run.orders.unknown === 0) return null
  return (
    <>
      {nothing_owed > 0 && (
        <Note tone="info">
          <b>
            <Link to={paths.charge_orders(campaign.id, run.id, { state: 'nothing_owed' })}>
              {plural(nothing_owed, 'order', 'orders')}
            </Link>{' '}
            {isOver ? 'owed' : nothing_owed === 1 ? 'owes' : 'owe'} nothing
          </b>{' '}
          and {isOver ? 'became' : nothing_owed === 1 ? 'becomes' : 'become'} paid without the gateway.
        </Note>
      )}
      {run.orders.unknown > 0 && (
        <Note tone="warn">
          <b>No answer yet for {plural(run.orders.unknown, 'card', 'cards')}.</b> We ask the gateway every minute; nothing is
          charged again meanwhile.
        </Note>
      )}
    </>
  )
}
