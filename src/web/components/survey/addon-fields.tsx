import { SelectField } from '../../ui/field.tsx'
import { Money } from '../../ui/numbers.tsx'
import { AddonRow } from '../backer/addon-row.tsx'
import type { FieldErrors, PlaceProps } from './choice-fields.tsx'

/** One add-on as this backer may choose it. Amounts in minor units. */
export interface AddonProps {
  /** form field: `addons.<id>` */
  name: string
  title: string
  text: string
  price: number
  /** for each piece, to the backer's country */
  shipping_fee: number
  quantity: number
  /** of these, bought on the platform */
  pledged: number
  max: number
  /** null: no stock limit */
  left: number | null
  limit: number | null
  state: 'offered' | 'sold_out' | 'withdrawn' | 'not_shipped'
  places: PlaceProps[]
}

/** The add-ons with what is left, what one may take, and their options. */
export function AddonFields({ rows, currency, errors }: { rows: readonly AddonProps[]; currency: string; errors: FieldErrors }) {
  return rows.map((row) => (
    <AddonRow
      key={row.name}
      name={row.name}
      title={row.title}
      text={row.text ? <bdi>{row.text}</bdi> : undefined}
      price={row.price}
      currency={currency}
      quantity={row.quantity}
      max={row.max}
      limit_text={<LimitWords row={row} currency={currency} />}
      sold_out={row.state === 'sold_out' || row.state === 'not_shipped'}
      closed_text={row.state === 'not_shipped' ? 'Not shipped to your country' : 'Sold out'}
      errors={errors[row.name]}
    >
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
    </AddonRow>
  ))
}

/** "2 from your pledge · up to 4 · 17 left · shipping $3.00 each" */
function LimitWords({ row, currency }: { row: AddonProps; currency: string }) {
  const words = [
    row.pledged > 0 && `${row.pledged} from your pledge`,
    row.state === 'withdrawn' && 'not offered any more',
    row.state === 'offered' && row.limit !== null && `up to ${row.limit}`,
    row.state === 'offered' && row.left !== null && `${row.left} left`,
  ].filter((word) => word !== false)
  return (
    <>
      {words.join(' · ')}
      {row.shipping_fee > 0 && (
        <>
          {words.length > 0 && ' · '}shipping <Money minor={row.shipping_fee} currency={currency} /> each
        </>
      )}
    </>
  )
}
