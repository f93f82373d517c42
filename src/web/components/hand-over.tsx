import { Form, Link } from 'react-router'
import type { ExportCounts } from '../../domain/fulfilment/export-ready.ts'
import { paths } from '../paths.ts'
import { Button } from '../ui/button.tsx'
import { Option, OptionGroup } from '../ui/field.tsx'
import { countText, plural } from '../ui/numbers.tsx'
import { Sheet } from '../ui/sheet.tsx'

interface Props {
  campaign: { id: string }
  /** what narrows the list; empty: all that is ready */
  query: Record<string, string | string[]>
  hand_over: ExportCounts
  /** SKUs that stand in ready orders */
  skus: readonly { id: string; code: string; name: string; option: string; pieces: number }[]
}

/** The list for the warehouse: what is in it, in which form, and the button that takes it. */
export function HandOver({ campaign, query, hand_over, skus }: Props) {
  const isNarrowed = Object.keys(query).length > 0
  const rest = withoutSkus(query)
  const isSelection = Object.keys(rest).length > 0
  return (
    <Sheet title="1. Hand over">
      <p role="status">
        <b>{plural(hand_over.orders, 'order', 'orders')}</b>, {plural(hand_over.pieces, 'piece', 'pieces')}:{' '}
        {isSelection
          ? 'what is ready to ship of your selection.'
          : isNarrowed
            ? 'the ready orders that contain only the ticked SKUs.'
            : 'everything that is ready to ship.'}{' '}
        {leftText(hand_over)}
        {isNarrowed && <Link to={paths.shipping(campaign.id)}>Take everything that is ready</Link>}
      </p>
      {skus.length > 1 && !('id' in query) && <OnlySkus campaign={campaign} query={query} rest={rest} skus={skus} />}
      <Form method="post" action={paths.ready_orders_csv(campaign.id, query)} reloadDocument className="form">
        <OptionGroup id="form" label="Rows">
          <Option
            type="radio"
            name="form"
            value="orders"
            defaultChecked
            label="A row for each order"
            help="With a column for each SKU."
          />
          <Option
            type="radio"
            name="form"
            value="lines"
            label="A row for each order and SKU"
            help="With item, quantity and weight."
          />
        </OptionGroup>
        <OptionGroup id="audience" label="Who reads it">
          <Option
            type="radio"
            name="audience"
            value="people"
            defaultChecked
            label="People, in a spreadsheet"
            help="Nothing in it is run as a formula."
          />
          <Option type="radio" name="audience" value="machines" label="A program" help="Every text exactly as it is." />
        </OptionGroup>
        <p className="meta">
          Order number, name, address, phone, mail, delivery notes, SKUs and weight. Orders in any other status are never in it.
          Who downloaded it, and when, is kept.
        </p>
        <div className="row">
          <Button
            type="submit"
            variant="primary"
            disabled_reason={hand_over.orders === 0 ? 'No order is ready to be handed over.' : null}
          >
            {`Download ${plural(hand_over.orders, 'order', 'orders')}`}
          </Button>
        </div>
      </Form>
    </Sheet>
  )
}

function leftText({ on_hold, nothing_ships }: ExportCounts): string {
  const parts = [
    on_hold > 0 && `${countText(on_hold)} on hold`,
    nothing_ships > 0 && `${countText(nothing_ships)} with nothing that is a parcel`,
  ].filter(Boolean)
  return parts.length > 0 ? `Left out: ${parts.join(', ')}. ` : ''
}

/** Only orders that hold nothing but these. */
function OnlySkus({ campaign, query, rest, skus }: Pick<Props, 'campaign' | 'query' | 'skus'> & { rest: Props['query'] }) {
  const ticked = [query.only_sku ?? []].flat()
  return (
    <details open={ticked.length > 0} className="fold">
      <summary>Only orders with certain SKUs</summary>
      <Form method="get" action={paths.shipping(campaign.id)} className="form" key={ticked.join()} preventScrollReset>
        {Object.entries(rest).flatMap(([name, value]) =>
          [value].flat().map((one) => <input key={`${name} ${one}`} type="hidden" name={name} value={one} />),
        )}
        <OptionGroup
          id="only_sku"
          label="SKUs that are there"
          help="An order is taken when everything of it that ships is among these: nobody gets half a parcel."
        >
          {skus.map((sku) => (
            <Option
              key={sku.id}
              type="checkbox"
              name="only_sku"
              value={sku.id}
              defaultChecked={ticked.includes(sku.id)}
              label={
                <>
                  <bdi>{sku.code}</bdi> · <bdi>{[sku.name, sku.option].filter(Boolean).join(', ')}</bdi>
                </>
              }
              end={<>{plural(sku.pieces, 'piece', 'pieces')} ready</>}
            />
          ))}
        </OptionGroup>
        <Button type="submit">Count orders with only these</Button>
      </Form>
    </details>
  )
}

function withoutSkus({ only_sku: _, ...rest }: Props['query']): Props['query'] {
  return rest
}
