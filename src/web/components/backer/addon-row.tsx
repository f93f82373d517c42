import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Icon } from '../../ui/icon.tsx'
import { Money } from '../../ui/numbers.tsx'

interface AddonRowProps {
  /** Name of the select: `addon.<id>`. */
  name: string
  title: string
  text?: ReactNode
  price: number
  currency: string
  picture_url?: string | null
  quantity: number
  /** Most that may be chosen now: the limit, the stock and what this backer holds already, whichever is least. */
  max: number
  /** "up to 4", "17 left" */
  limit_text?: ReactNode
  /** Stays listed, without a select. */
  sold_out?: boolean
  /** Instead of "Sold out". */
  closed_text?: string
  /** Below the quantity: the options of what it holds. */
  children?: ReactNode
  errors?: readonly string[] | undefined
}

/** One add-on: picture, name and price, one line about it, and how many. */
export function AddonRow(props: AddonRowProps) {
  const { name, title, text, price, currency, picture_url, quantity, max, limit_text, sold_out, closed_text, children, errors } =
    props
  const error = errors?.[0]
  return (
    <div className="addon" data-plain={picture_url ? undefined : ''}>
      {picture_url && <img className="addon-picture" src={picture_url} alt="" width={64} height={64} loading="lazy" />}
      <div>
        <h3 className="addon-head" id={`${name}-title`}>
          <span>
            <bdi>{title}</bdi>
          </span>
          <span className="number">
            <Money minor={price} currency={currency} />
          </span>
        </h3>
        {text && <p>{text}</p>}
        {error && (
          <span className="field-error" id={`${name}-error`}>
            <Icon of={CircleAlert} />
            <span>{error}</span>
          </span>
        )}
        {sold_out && quantity === 0 ? (
          <p className="addon-quantity">{closed_text ?? 'Sold out'}</p>
        ) : (
          <div className="addon-quantity">
            <select
              className="input"
              id={name}
              name={name}
              defaultValue={String(quantity)}
              aria-label={`How many: ${title}`}
              aria-invalid={error ? true : undefined}
              aria-describedby={error ? `${name}-error` : undefined}
            >
              {Array.from({ length: Math.max(max, quantity) + 1 }, (_, count) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the count is the option
                <option key={count} value={count}>
                  {count}
                </option>
              ))}
            </select>
            {limit_text && <span>{limit_text}</span>}
          </div>
        )}
        {!(sold_out && quantity === 0) && children}
      </div>
    </div>
  )
}
