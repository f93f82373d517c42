import { deleteAddon, saveAddon } from '../../../domain/catalog/save-addon.ts'
import { addonInputSchema } from '../../../domain/catalog/schema.ts'
import { moneyField, readMoneyField } from '../../money-field.server.ts'
import { Option, TextArea, TextField } from '../../ui/field.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/catalog-addon'
import { changeEntry, contentsRows, openEntry, readContents, wholeNumber } from './catalog-entry.server.ts'
import { ContentsSheet, EntryPage } from './catalog-entry.tsx'

export async function loader(args: Route.LoaderArgs) {
  const { desk, catalog, entry } = await openEntry(args, 'addons')
  const { id, name, currency } = desk.campaign
  // An add-on of the report costs 0 here until somebody says more: offered as it is, it would be given away.
  const isUnpriced = entry !== null && entry.platform_price !== null && entry.price === 0 && !entry.offered
  return {
    campaign: { id, name, currency },
    name: entry?.name ?? null,
    is_price_proposed: isUnpriced,
    values: {
      description: entry?.description ?? '',
      price: moneyField((isUnpriced ? entry.platform_price : entry?.price) ?? null, currency),
      limit_per_backer: String(entry?.limit_per_backer ?? ''),
      stock: String(entry?.stock ?? ''),
    },
    held: entry?.held ?? 0,
    offered: entry?.offered ?? true,
    contents: contentsRows(catalog, entry?.contents ?? []),
  }
}

export async function action(args: Route.ActionArgs) {
  return await changeEntry(args, { part: 'addons', schema: addonInputSchema, read, save: saveAddon, remove: deleteAddon })
}

function read(fields: Record<string, string>, { campaign }: { campaign: { currency: string } }) {
  const { items, errors } = readContents(fields)
  const price = readMoneyField(fields.price, campaign.currency)
  if (price.problem) errors.price = [price.problem]
  else if (price.minor === null) errors.price = ['Say what one costs; 0 is a price too.']
  const limit_per_backer = wholeNumber(fields.limit_per_backer)
  const stock = wholeNumber(fields.stock)
  const isWrong = (number: number | null) => Number.isNaN(number)
  if (isWrong(limit_per_backer)) errors.limit_per_backer = ['Enter a whole number, or leave it empty.']
  if (isWrong(stock)) errors.stock = ['Enter a whole number, or leave it empty.']
  const input = {
    name: fields.name,
    description: fields.description,
    price: price.minor ?? 0,
    limit_per_backer: isWrong(limit_per_backer) ? null : limit_per_backer,
    stock: isWrong(stock) ? null : stock,
    offered: fields.offered === 'on',
    items,
  }
  return { input, errors }
}

export default function Addon({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, name, values, is_price_proposed, held, offered, contents } = loaderData
  const typed = actionData && Object.keys(actionData.typed).length > 0 ? actionData.typed : undefined
  const errors = actionData?.errors ?? {}
  const field = (of: keyof typeof values) => ({ name: of, defaultValue: typed?.[of] ?? values[of], errors: errors[of] })
  return (
    <EntryPage
      campaign={campaign}
      noun="add-on"
      name={name}
      facts="What backers can add to their pledge here. A change leaves confirmed orders as they are."
      answer={actionData}
      delete_note="An add-on that somebody pledged for or has in an order stays. Stop offering it instead."
    >
      <Sheet title="Add-on">
        <div className="form">
          <TextField
            name="name"
            label="Name"
            defaultValue={typed?.name ?? name ?? ''}
            errors={errors.name}
            dir="auto"
            maxLength={200}
            required
          />
          <TextArea {...field('description')} label="One line about it" optional rows={2} dir="auto" maxLength={2000} />
          <TextField
            {...field('price')}
            label="Price"
            help={is_price_proposed ? 'What one costs here. Proposed: what it cost on the platform.' : 'What one costs here.'}
            suffix={campaign.currency}
            inputMode="decimal"
            width_ch={12}
            required
          />
          <TextField
            {...field('limit_per_backer')}
            label="Limit per backer"
            help="Pledged and added together. Empty: no limit."
            inputMode="numeric"
            optional
            width_ch={6}
          />
          <TextField
            {...field('stock')}
            label="Stock"
            help={`How many may be added here, on top of what was pledged. Empty: no limit.${held > 0 ? ` Orders hold ${held} now.` : ''}`}
            inputMode="numeric"
            optional
            width_ch={8}
          />
          <Option
            type="checkbox"
            name="offered"
            value="on"
            defaultChecked={typed ? typed.offered === 'on' : offered}
            label="Backers can add this"
            help="Untick it and nobody can add it any more; who has it keeps it."
          />
        </div>
      </Sheet>
      <ContentsSheet
        campaign_id={campaign.id}
        rows={contents}
        typed={typed}
        errors={errors}
        help="How many of each item one piece holds. Once an order has this add-on, this stays."
      />
    </EntryPage>
  )
}
