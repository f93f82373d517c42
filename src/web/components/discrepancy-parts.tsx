import { Form, Link } from 'react-router'
import type { Resolution } from '../../domain/discrepancies/decisions.ts'
import type { ShownDiscrepancy } from '../../domain/discrepancies/list.ts'
import { decisionText, discrepancyText, discrepancyTitle } from '../../lib/discrepancy-text.ts'
import { formatMoney } from '../../lib/money.ts'
import { paths } from '../paths.ts'
import { Button } from '../ui/button.tsx'
import { FieldNotes, Option, OptionGroup, TextArea } from '../ui/field.tsx'
import { Money, plural } from '../ui/numbers.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { Empty } from '../ui/states.tsx'
import { Head, Pages, Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { Status } from './status.tsx'

function wordsOf({ kind, amount, currency, data: { asked } }: ShownDiscrepancy) {
  const text = (minor: number) => formatMoney(minor, currency)
  return discrepancyText({ kind, amount: text(amount), asked: typeof asked === 'number' ? text(asked) : null })
}

interface OfKind {
  campaign_id: string
  data: readonly ShownDiscrepancy[]
  count: number
  is_first: boolean
  /** where all of this kind stand; null: here */
  more_to: string | null
  /** what was sent and refused */
  sent: { errors: Record<string, string[]>; ids: string[]; resolution?: Resolution | undefined; reason: string } | null
}

/** All of one kind, and one decision for those that are ticked. */
export function DiscrepanciesOfKind({ campaign_id, data, count, is_first, more_to, sent }: OfKind) {
  const [first] = data
  if (!first) return null
  const { kind } = first
  const { title, advice } = wordsOf(first)
  const errors = sent?.errors ?? {}
  return (
    <Sheet title={title} aside={more_to ? <Link to={more_to}>See all {plural(count, 'of them', 'of them')}</Link> : null}>
      <Form method="post" action={paths.discrepancies(campaign_id)} className="form grid-cols-1">
        <input type="hidden" name="kind" value={kind} />
        <p>{advice}</p>
        <div id={`${kind}-id`} tabIndex={-1}>
          <FieldNotes id={`${kind}-id`} error={errors[`${kind}-id`]?.[0]} />
        </div>
        <Rows campaign_id={campaign_id} data={data} ticked={sent?.ids ?? []} />
        <Choice kind={kind} decisions={first.decisions} chosen={sent?.resolution} errors={errors[`${kind}-resolution`]} />
        <TextArea
          id={`${kind}-reason`}
          name="reason"
          label="Why"
          help="Kept with the order."
          errors={errors[`${kind}-reason`]}
          defaultValue={sent?.reason ?? ''}
          rows={2}
          maxLength={1000}
          required
        />
        <div className="row">
          <Button type="submit" variant={is_first ? 'primary' : 'outlined'}>
            {data.length === 1 ? 'Decide about it' : 'Decide about those ticked'}
          </Button>
        </div>
      </Form>
    </Sheet>
  )
}

/** Each with what both sides say. One alone is ticked by itself. */
function Rows({ campaign_id, data, ticked }: { campaign_id: string; data: readonly ShownDiscrepancy[]; ticked: string[] }) {
  const isOne = data.length === 1
  return (
    <>
      {data.map(({ id }) => (
        <input key={id} type="hidden" name={isOne ? 'id' : 'shown'} value={id} />
      ))}
      {!isOne && <Option type="checkbox" name="all" value="1" label={`All ${plural(data.length, 'of these', 'of these')}`} />}
      <div className="w-full overflow-x-auto">
        <Table caption={discrepancyTitle(data[0]?.kind ?? '')}>
          <thead>
            <tr>
              {!isOne && <Head hidden>Tick</Head>}
              <Head>Order</Head>
              <Head>What the gateway says, and the books</Head>
              <Head number>Amount</Head>
              <Head>Found</Head>
            </tr>
          </thead>
          <tbody>
            {data.map((one) => (
              <tr key={one.id} data-row>
                {!isOne && (
                  <td>
                    <input
                      type="checkbox"
                      name="id"
                      value={one.id}
                      defaultChecked={ticked.includes(one.id)}
                      aria-label={`${one.order ? `Order ${one.order.number}` : 'Unknown order'}, ${formatMoney(one.amount, one.currency)}`}
                    />
                  </td>
                )}
                <td className="wraps">
                  <OrderOf campaign_id={campaign_id} one={one} />
                </td>
                <td className="wraps">
                  <Said one={one} />
                </td>
                <td className="number">
                  <Money minor={one.amount} currency={one.currency} />
                </td>
                <td>
                  <Time at={one.found_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
    </>
  )
}

function OrderOf({ campaign_id, one }: { campaign_id: string; one: ShownDiscrepancy }) {
  if (!one.order) return <span className="quiet">Not here</span>
  return (
    <>
      <Link className="row-link" data-open to={paths.order(campaign_id, one.order.id)}>
        {one.order.number}
      </Link>{' '}
      <Status status={one.order.status} />
      {one.backer && (
        <small className="row-small">
          <bdi>{one.backer.name}</bdi>
        </small>
      )}
    </>
  )
}

function Said({ one }: { one: ShownDiscrepancy }) {
  const { gateway, books } = wordsOf(one)
  return (
    <>
      {gateway} {books}
      <small className="row-small">
        At the gateway: <bdi>{one.subject}</bdi>
      </small>
    </>
  )
}

interface ChoiceProps {
  kind: string
  decisions: readonly Resolution[]
  chosen: Resolution | undefined
  errors: string[] | undefined
}

function Choice({ kind, decisions, chosen, errors }: ChoiceProps) {
  const [only] = decisions
  if (decisions.length === 1 && only) {
    const { verb, help } = decisionText(only)
    return (
      <p>
        <input type="hidden" name="resolution" value={only} />
        <b>{verb}.</b> {help}
      </p>
    )
  }
  return (
    <OptionGroup id={`${kind}-resolution`} label="What becomes of it" errors={errors}>
      {decisions.map((one) => {
        const { verb, help } = decisionText(one)
        return (
          <Option
            key={one}
            id={`${kind}-${one}`}
            type="radio"
            name="resolution"
            value={one}
            defaultChecked={one === chosen}
            label={verb}
            help={help}
          />
        )
      })}
    </OptionGroup>
  )
}

interface Settled {
  campaign_id: string
  data: readonly ShownDiscrepancy[]
  next_cursor: string | null
  is_first: boolean
}

/** What was decided, by whom and why; the newest first. */
export function SettledDiscrepancies({ campaign_id, data, next_cursor, is_first }: Settled) {
  if (data.length === 0) {
    return (
      <Sheet label="Decided">
        <Empty title="Nothing was decided yet">Each decision stands here with its reason.</Empty>
      </Sheet>
    )
  }
  return (
    <Sheet title="Decided" body="flush">
      <Table caption="Decided discrepancies, newest first">
        <thead>
          <tr>
            <Head>Order</Head>
            <Head>What it was</Head>
            <Head number>Amount</Head>
            <Head>Decision</Head>
            <Head>When</Head>
          </tr>
        </thead>
        <tbody>
          {data.map((one) => (
            <tr key={one.id} data-row>
              <td className="wraps">
                <OrderOf campaign_id={campaign_id} one={one} />
              </td>
              <td className="wraps">
                {discrepancyTitle(one.kind)}
                <small className="row-small">
                  <bdi>{one.subject}</bdi>
                </small>
              </td>
              <td className="number">
                <Money minor={one.amount} currency={one.currency} />
              </td>
              <td className="wraps">
                {one.settled_by ? decisionText(one.resolution ?? '').done : 'Ended by itself'}
                <small className="row-small">
                  {one.settled_by?.name && <bdi>{one.settled_by.name}: </bdi>}
                  <bdi>{one.reason}</bdi>
                </small>
              </td>
              <td>{one.settled_at && <Time at={one.settled_at} />}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      <Pages
        newer_to={is_first ? null : paths.discrepancies(campaign_id, { state: 'settled' })}
        older_to={next_cursor ? paths.discrepancies(campaign_id, { state: 'settled', cursor: next_cursor }) : null}
      />
    </Sheet>
  )
}
