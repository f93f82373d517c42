import { ledgerAccountWords, quoteLineWords } from '../../lib/quote-text.ts'
import { SelectField, TextField } from '../ui/field.tsx'
import { Ledger, type LedgerRow } from '../ui/ledger.tsx'
import { Money } from '../ui/numbers.tsx'
import { Sheet } from '../ui/sheet.tsx'
import type { AddonProps } from './survey/addon-fields.tsx'
import type { MoneyProps } from './survey/money-lines.tsx'
import { type ContentsEntry, ContentsList } from './survey/pledge-parts.tsx'

interface AddonsProps {
  rows: readonly AddonProps[]
  currency: string
  errors: Readonly<Record<string, readonly string[] | undefined>>
}

/** Add-ons as staff choose them for a backer: a number each, and the options of what it holds. */
export function AddonQuantities({ rows, currency, errors }: AddonsProps) {
  return (
    <div className="fields">
      {rows.map((row) => (
        <div key={row.name} className="form">
          <TextField
            name={row.name}
            label={<bdi>{row.title}</bdi>}
            help={
              <>
                <Money minor={row.price} currency={currency} /> each{limits(row)}
              </>
            }
            errors={errors[row.name]}
            defaultValue={row.quantity}
            inputMode="numeric"
            readOnly={row.max === 0 && row.quantity === 0}
            width_ch={5}
          />
          {row.places.map((place) => (
            <SelectField
              key={place.name}
              name={place.name}
              label={
                <>
                  Which <bdi>{place.item}</bdi>
                </>
              }
              errors={errors[place.name]}
              placeholder="Choose an option"
              options={place.options}
              defaultValue={place.value}
            />
          ))}
        </div>
      ))}
    </div>
  )
}

/** " · 2 from the pledge · up to 4 · 17 left" */
function limits(row: AddonProps): string {
  const words = [
    row.pledged > 0 && `${row.pledged} from the pledge`,
    row.state === 'sold_out' && 'sold out',
    row.state === 'withdrawn' && 'not offered any more',
    row.state === 'not_shipped' && 'not shipped to this country',
    row.state === 'offered' && row.limit !== null && `up to ${row.limit}`,
    row.state === 'offered' && row.left !== null && `${row.left} left`,
  ]
  return words.flatMap((word) => (word ? [` · ${word}`] : [])).join('')
}

interface TotalProps {
  currency: string
  contents: readonly ContentsEntry[]
  money: MoneyProps
}

/** What they would get and owe, as worked out last. */
export function AnswersTotal({ currency, contents, money }: TotalProps) {
  const rows: LedgerRow[] = money.lines.map((line) => {
    const { label, why } = quoteLineWords(line, currency)
    return { label: <bdi>{label}</bdi>, reason: why && <bdi>{why}</bdi>, amount: line.amount }
  })
  for (const { account, amount } of money.booked) {
    const words = ledgerAccountWords(account)
    rows.push({ label: words?.label ?? account, reason: words?.why, amount })
  }
  rows.push({ label: money.balance < 0 ? 'Credit' : 'They owe', amount: money.balance, kind: 'due' })
  return (
    <Sheet title="What it comes to" aside={<span className="meta">{currency}</span>}>
      {contents.length > 0 ? <ContentsList entries={contents} /> : <p className="meta">Nothing to send yet.</p>}
      <Ledger caption="What they owe and why" currency={currency} rows={rows} />
      <p className="meta">As worked out last. After a change, work out the total again.</p>
    </Sheet>
  )
}
