import { Form, Link, useSubmit } from 'react-router'
import type { ChargeRunPreview } from '../../domain/payments/charge-run-preview.ts'
import { formatMoney } from '../../lib/money.ts'
import { paths } from '../paths.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Option } from '../ui/field.tsx'
import { Note } from '../ui/note.tsx'
import { plural } from '../ui/numbers.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Time } from '../ui/time.tsx'
import type { WayBack } from '../way-back.ts'
import { NotSetUp, RunUnderWay } from './charge-notes.tsx'
import { ChargePreview, durationText } from './charge-preview.tsx'
import { HowThisWorks } from './how-this-works.tsx'

type Query = Record<string, string | string[]>

interface Props {
  campaign: { id: string; name: string; currency: string; mode: 'test' | 'live' }
  counted: ChargeRunPreview
  /** what was written down, to be started; null where nothing could be */
  signed: {
    id: string
    created_at: string
    actor_name: string | null
    is_over: 'preview_too_old' | 'preview_overtaken' | null
  } | null
  retry: boolean
  /** the selection */
  query: Query
  from: string | null
  back: WayBack | null
  is_set_up: boolean
}

/** What a run would charge, to be looked at and signed off: just these orders and amounts are charged once it is started. */
export function SignOff(props: Props) {
  const { campaign, counted, signed, query, from, back, is_set_up } = props
  const { charge, nothing_owed } = counted
  // Another act over the same orders leads back to where one came from, too.
  const onward = from === null ? query : { ...query, from }
  const cards = plural(charge.orders, 'card', 'cards')
  const title = charge.orders > 0 || nothing_owed === 0 ? `Charge ${cards}` : `Settle ${plural(nothing_owed, 'order', 'orders')}`
  return (
    <>
      <title>{`${title} · ${campaign.name}`}</title>
      <PageHead
        title={title}
        crumbs={back ?? { label: 'Charges', to: paths.charges(campaign.id) }}
        facts={<Counted {...props} />}
        help={<HowThisWorks act="charging" />}
      />
      {!is_set_up && <NotSetUp mode={campaign.mode} />}
      {counted.run_under_way && <RunUnderWay to={paths.charge(campaign.id, counted.run_under_way)} />}
      {signed?.is_over && <Over {...props} why={signed.is_over} onward={onward} />}
      <Sheet label="Outcome">
        <ChargePreview campaign={campaign} preview={counted} query={onward} />
        {signed && !signed.is_over && (
          <p>
            <Link to={paths.charge_orders(campaign.id, signed.id)}>See each order</Link> with its amount.
          </p>
        )}
        {counted.expired_cards > 0 && (
          <Note tone="warn">
            <b>{plural(counted.expired_cards, 'card of these has', 'cards of these have')} expired.</b> They are tried all the
            same: the bank often has the new card’s date. What fails is mailed like any other.
          </Note>
        )}
        <RetryTick {...props} onward={onward} />
        <Meaning {...props} />
        {!signed?.is_over && <Start {...props} />}
      </Sheet>
    </>
  )
}

/** When it was counted, and what that means. */
function Counted({ signed }: Props) {
  if (!signed) return 'Counted just now. Nothing has changed yet.'
  return (
    <>
      Counted <Time at={signed.created_at} as="moment" />
      {signed.actor_name && (
        <>
          {' '}
          by <bdi>{signed.actor_name}</bdi>
        </>
      )}
      . Nothing has changed yet. Just these amounts are charged: an order that owes another amount by its turn is left out.
    </>
  )
}

const OVER = {
  preview_too_old: 'This was counted more than a day ago, or was put away for newer ones.',
  preview_overtaken: 'Another charge run was started since this was counted.',
}

/** It can be started no more; one press makes it anew. */
function Over({ campaign, why, retry, onward }: Props & { why: keyof typeof OVER; onward: Query }) {
  return (
    <Note
      tone="warn"
      live
      end={
        <ButtonLink to={paths.new_charge(campaign.id, { ...onward, ...(retry ? { retry: '1' } : {}) })} variant="primary">
          Count again
        </ButtonLink>
      }
    >
      <b>{OVER[why]}</b> Nothing was started by it. Count again to see what would be charged now.
    </Note>
  )
}

/** Counting anew with errored orders, or without; by itself where there is script. */
function RetryTick({ campaign, onward, retry }: Props & { onward: Query }) {
  const submit = useSubmit()
  const fields = Object.entries(onward).flatMap(([name, value]) => [value].flat().map((one) => ({ name, value: one })))
  return (
    <Form
      method="get"
      action={paths.new_charge(campaign.id)}
      className="form"
      onChange={(event) => void submit(event.currentTarget, { preventScrollReset: true })}
    >
      {fields.map(({ name, value }) => (
        <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
      ))}
      <Option
        key={String(retry)}
        type="checkbox"
        name="retry"
        value="1"
        defaultChecked={retry}
        label="Try failed cards again"
        help="Errored orders too. A card is tried three times a day at most, and never again once its bank refused it for good."
      />
      <noscript>
        <Button>Count again</Button>
      </noscript>
    </Form>
  )
}

/** What it means for backers and money, and how long it takes. */
function Meaning({ counted, campaign }: Props) {
  const { charge, pace, minutes, nothing_owed } = counted
  if (charge.orders === 0) return <p>{nothing_owed > 0 && 'No card is asked: these orders owe nothing and become paid.'}</p>
  return (
    <Note tone="info">
      About {plural(pace, 'card', 'cards')} a second: done {durationText(minutes)}. Each backer whose card is charged gets a
      receipt at once. Whoever’s card fails is mailed at once why, with a link to try it again or put in another; their order is
      errored until then. You can pause or stop at any time, and close the page: {formatMoney(charge.amount, campaign.currency)}{' '}
      is asked for once, whatever happens in between.
    </Note>
  )
}

function Start({ counted, campaign, signed, query, back, is_set_up }: Props) {
  const { charge, nothing_owed } = counted
  const act =
    charge.orders === 0 && nothing_owed > 0
      ? `Mark ${plural(nothing_owed, 'order', 'orders')} as paid`
      : `Charge ${plural(charge.orders, 'card', 'cards')}, ${formatMoney(charge.amount, campaign.currency)}`
  const reason = !is_set_up
    ? 'Charging is not set up.'
    : counted.run_under_way
      ? 'A run is under way; it takes no further orders.'
      : charge.orders + nothing_owed === 0
        ? 'No order can be charged now; the reasons stand above.'
        : null
  const isAll = Object.keys(query).length === 0
  return (
    <Form method="post" className="form" {...(signed ? { action: paths.charge(campaign.id, signed.id) } : {})}>
      <div className="row">
        <ButtonLink to={back?.to ?? (isAll ? paths.charges(campaign.id) : paths.orders(campaign.id, withoutIds(query)))}>
          Charge nobody
        </ButtonLink>
        <Button type="submit" name="intent" value="start" variant="primary" disabled_reason={reason}>
          {act}
        </Button>
      </div>
    </Form>
  )
}

/** The list knows filters, not ticks. */
function withoutIds({ id: _, ...query }: Query) {
  return query
}
