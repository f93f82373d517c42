import { Link } from 'react-router'
import { paths } from '../paths.ts'
import { Option, OptionGroup, TextField } from '../ui/field.tsx'
import { Money, plural } from '../ui/numbers.tsx'

type Typed = Record<string, string> | undefined

const NOTICE_HELP = {
  lock: 'The backers of these orders are mailed now; the clock locks what is still open and qualifies then. You can move or withdraw it.',
  finalize_address:
    'The backers of these orders are mailed now the address that we have and the time; the clock finalizes what is still paid and passes then. You can move or withdraw it.',
}

/** Now, or after a notice that backers are told. */
export function When({ kind, hours, fields }: { kind: keyof typeof NOTICE_HELP; hours: number; fields: Typed }) {
  const when = fields?.when ?? 'now'
  return (
    <>
      <OptionGroup id="when" label="When">
        <Option
          type="radio"
          name="when"
          value="now"
          defaultChecked={when === 'now'}
          label="Now"
          help="Backers are not told beforehand."
        />
        <Option
          type="radio"
          name="when"
          value="notice"
          defaultChecked={when === 'notice'}
          label="With notice"
          help={NOTICE_HELP[kind]}
        />
      </OptionGroup>
      <TextField
        name="hours"
        label="Hours of notice"
        help="Counts only with notice. Mails leave one after the other, about 10 a second: for tens of thousands of orders give a day or more."
        type="number"
        min={1}
        max={1440}
        defaultValue={fields?.hours ?? hours}
        width_ch={8}
      />
    </>
  )
}

interface ParcelProps {
  values: { carrier?: string | undefined; tracking_number?: string | undefined; tracking_url?: string | undefined }
  errors: Record<string, string[]>
}

/** Who carries a parcel, and its number: all of it may come later. */
export function ParcelFields({ values, errors }: ParcelProps) {
  return (
    <div className="fields">
      <TextField
        name="carrier"
        label="Carrier"
        help="Such as DHL or USPS."
        optional
        defaultValue={values.carrier}
        errors={errors.carrier}
        maxLength={100}
        autoComplete="off"
        dir="auto"
      />
      <TextField
        name="tracking_number"
        label="Tracking number"
        help="As the carrier gave it."
        optional
        defaultValue={values.tracking_number}
        errors={errors.tracking_number}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
      />
      <TextField
        name="tracking_url"
        label="Page to follow it on"
        help="Else the carrier’s own."
        optional
        inputMode="url"
        defaultValue={values.tracking_url}
        errors={errors.tracking_url}
        maxLength={1000}
        autoComplete="off"
        spellCheck={false}
      />
    </div>
  )
}

interface DecisionProps {
  /** orders with money taken here that is not given back, and how much; minor units */
  taken: { orders: number; amount: number }
  currency: string
  fields: Typed
  errors: Record<string, string[]>
}

/** What becomes of the money that was taken here, for all of the selection. */
export function RefundDecisionField({ taken, currency, fields, errors }: DecisionProps) {
  const option = (value: 'refund' | 'keep') => ({
    type: 'radio' as const,
    name: 'refund_decision',
    value,
    defaultChecked: fields?.refund_decision === value,
    required: true,
  })
  return (
    <>
      <input type="hidden" name="asks_refund" value="1" />
      <OptionGroup
        id="refund_decision"
        label="What becomes of the money"
        help={
          <>
            <Money minor={taken.amount} currency={currency} /> was charged here for {plural(taken.orders, 'order', 'orders')} of
            these and is not given back.
          </>
        }
        errors={errors.refund_decision}
      >
        <Option
          {...option('refund')}
          label="Give it all back to the cards"
          help="It leaves at once, and each backer is mailed."
        />
        <Option
          {...option('keep')}
          label="Keep it"
          help="The reason below stays on record with each order. It can still be given back later."
        />
      </OptionGroup>
    </>
  )
}

interface DealProps {
  campaign_id: string
  code: string
  /** the act of the preview, and the status that it starts from */
  deed: string
  status: string | null
  /** the filter of the selection; null where orders were ticked */
  query: Record<string, string | string[]> | null
  sample: string | undefined
}

/** A way to deal with those that stay. */
export function Deal({ campaign_id, code, deed, status, query, sample }: DealProps) {
  if (code === 'payment_method_missing' && deed === 'lock') return <Link to={paths.survey_ask(campaign_id)}>Mail these…</Link>
  const narrowed = query && FILTERS[code]
  if (narrowed) {
    return <Link to={paths.orders(campaign_id, { ...query, ...(status ? { status } : {}), ...narrowed })}>Show them</Link>
  }
  return sample ? <Link to={paths.order(campaign_id, sample)}>Show one</Link> : null
}

/** The reasons that the orders list can be filtered by. */
const FILTERS: Record<string, Record<string, string>> = {
  on_hold: { hold: 'yes' },
  address_invalid: { address: 'invalid' },
}
