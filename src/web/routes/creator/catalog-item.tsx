import { deleteItem, saveItem } from '../../../domain/catalog/save-item.ts'
import { itemInputSchema } from '../../../domain/catalog/schema.ts'
import { Button } from '../../ui/button.tsx'
import { Option, OptionGroup, TextField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/catalog-item'
import { changeEntry, openEntry, wholeNumber } from './catalog-entry.server.ts'
import { EntryPage } from './catalog-entry.tsx'

export async function loader(args: Route.LoaderArgs) {
  const { desk, entry } = await openEntry(args, 'items')
  return {
    campaign: { id: desk.campaign.id, name: desk.campaign.name },
    name: entry?.name ?? null,
    kind: entry?.kind ?? 'physical',
    skus: (entry?.skus ?? []).map(({ id, code, option_name, weight_g, stock_on_hand }) => ({
      id,
      code,
      option_name,
      weight_g,
      stock_on_hand,
    })),
  }
}

export async function action(args: Route.ActionArgs) {
  return await changeEntry(args, { part: 'items', schema: itemInputSchema, read, save: saveItem, remove: deleteItem })
}

/** A row that is empty and new is none; an error stands beside the row it was typed in. */
function read(fields: Record<string, string>) {
  const rows = rowsIn(fields).filter((row) => {
    const text = (part: string) => fields[`skus.${row}.${part}`]?.trim()
    const isEmpty = [text('id'), text('code'), text('option_name'), text('weight_g'), text('stock_on_hand')].every((one) => !one)
    return text('remove') !== 'on' && !isEmpty
  })
  const skus = rows.map((row) => {
    const text = (part: string) => fields[`skus.${row}.${part}`]?.trim() ?? ''
    return {
      ...(text('id') ? { id: text('id') } : {}),
      ...(text('code') ? { code: text('code') } : {}),
      option_name: text('option_name'),
      weight_g: wholeNumber(text('weight_g')),
      stock_on_hand: wholeNumber(text('stock_on_hand')),
    }
  })
  const place = (field: string) => field.replace(/^skus\.(\d+)\./, (_, index: string) => `skus.${rows[Number(index)] ?? 0}.`)
  const errors: Record<string, string[]> = {}
  skus.forEach(({ weight_g, stock_on_hand }, index) => {
    if (Number.isNaN(stock_on_hand)) errors[`skus.${rows[index]}.stock_on_hand`] = ['Enter a whole number of pieces, like 250.']
    if (Number.isNaN(weight_g)) errors[`skus.${rows[index]}.weight_g`] = ['Enter whole grams, like 1500.']
  })
  // An item without options has one SKU that needs no words.
  return { input: { name: fields.name, kind: fields.kind, skus: skus.length > 0 ? skus : [{}] }, errors, place }
}

function rowsIn(fields: Record<string, string>): number[] {
  const rows = Object.keys(fields).flatMap((field) => /^skus\.(\d{1,3})\./.exec(field)?.[1] ?? [])
  return [...new Set(rows.map(Number))].sort((a, b) => a - b)
}

const SPARE_ROWS = 2

export default function Item({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, name, kind, skus } = loaderData
  const typed = actionData?.typed
  const errors = actionData?.errors ?? {}
  const isTyped = typed !== undefined && Object.keys(typed).length > 0
  const shownKind = isTyped ? typed.kind : kind
  const rows = isTyped ? rowsIn(typed).length + (typed.intent === 'rows' ? 4 : 0) : Math.max(1, skus.length + SPARE_ROWS)
  const sku = (row: number, part: SkuPart) => (isTyped ? (typed[`skus.${row}.${part}`] ?? '') : String(skus[row]?.[part] ?? ''))
  return (
    <EntryPage
      campaign={campaign}
      noun="item"
      name={name}
      answer={actionData}
      delete_note="An item that is part of a level or add-on, or of an order, stays."
    >
      <Sheet title="Item">
        <div className="form">
          <TextField
            name="name"
            label="Name"
            help="Backers and the warehouse read it."
            defaultValue={isTyped ? typed.name : (name ?? '')}
            errors={errors.name}
            dir="auto"
            maxLength={200}
            required
          />
          <OptionGroup id="kind" label="Kind" errors={errors.kind}>
            <Option
              type="radio"
              name="kind"
              value="physical"
              label="A thing that is shipped"
              defaultChecked={shownKind !== 'digital'}
            />
            <Option
              type="radio"
              name="kind"
              value="digital"
              label="Digital: nothing is shipped"
              defaultChecked={shownKind === 'digital'}
            />
          </OptionGroup>
        </div>
      </Sheet>
      <Sheet title="Options and SKUs" id="skus">
        <p className="meta">
          An item that comes in one kind needs one row without an option. With two rows or more, each backer chooses one option. A
          code that is left empty is made from the names. Empty rows count for nothing.
        </p>
        {errors.skus && <Note tone="danger">{errors.skus[0]}</Note>}
        {Array.from({ length: rows }, (_, row) => row).map((row) => (
          <SkuFields
            key={row}
            row={row}
            value={(part) => sku(row, part)}
            errors={errors}
            removable={sku(row, 'id') !== '' && skus.length > 1}
            removed={typed?.[`skus.${row}.remove`] === 'on'}
          />
        ))}
        <Button name="intent" value="rows">
          Show more rows
        </Button>
      </Sheet>
    </EntryPage>
  )
}

type SkuPart = 'id' | 'code' | 'option_name' | 'weight_g' | 'stock_on_hand'

interface SkuProps {
  row: number
  value: (part: SkuPart) => string
  errors: Record<string, string[]>
  removable: boolean
  removed: boolean
}

function SkuFields({ row, value, errors, removable, removed }: SkuProps) {
  const field = (part: Exclude<SkuPart, 'id'>) => {
    const name = `skus.${row}.${part}`
    return { name, defaultValue: value(part), errors: errors[name] }
  }
  return (
    <fieldset className="border-b border-line pb-4">
      <legend className="fieldset-legend">{`Row ${row + 1}`}</legend>
      <input type="hidden" name={`skus.${row}.id`} value={value('id')} />
      <div className="fields">
        <TextField {...field('option_name')} label="Option" help="Such as “Blue, XL”." dir="auto" maxLength={120} />
        <TextField {...field('code')} label="Code" help="The SKU in your warehouse." maxLength={60} />
        <TextField
          {...field('weight_g')}
          label="Weight"
          help="Packed, if you know it."
          inputMode="numeric"
          suffix="g"
          width_ch={8}
        />
        <TextField
          {...field('stock_on_hand')}
          label="Stock on hand"
          help="As you counted it."
          inputMode="numeric"
          suffix="pieces"
          width_ch={8}
        />
      </div>
      {removable && (
        <Option type="checkbox" name={`skus.${row}.remove`} value="on" defaultChecked={removed} label="Take this option away" />
      )}
    </fieldset>
  )
}
