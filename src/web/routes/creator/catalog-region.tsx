import { deleteRegion, saveRegion } from '../../../domain/catalog/save-region.ts'
import { regionInputSchema } from '../../../domain/catalog/schema.ts'
import { countryFromText } from '../../../lib/countries.ts'
import { countriesOfGroup } from '../../../lib/country-groups.ts'
import { countryName } from '../../../lib/country-name.ts'
import { moneyField, readMoneyField } from '../../money-field.server.ts'
import { Option, OptionGroup, TextArea, TextField } from '../../ui/field.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/catalog-region'
import { changeEntry, openEntry } from './catalog-entry.server.ts'
import { EntryPage } from './catalog-entry.tsx'

export async function loader(args: Route.LoaderArgs) {
  const { desk, catalog, entry } = await openEntry(args, 'regions')
  const { id, name, currency } = desk.campaign
  const fee = (fees: Record<string, number> | undefined, of: string) => moneyField(fees?.[of] ?? null, currency)
  return {
    campaign: { id, name, currency },
    name: entry?.name ?? null,
    kind: entry?.kind ?? 'countries',
    served: entry?.served ?? true,
    countries: (entry?.countries ?? []).map((code) => countryName(code)).join('\n'),
    levels: catalog.levels.map((level) => ({ id: level.id, name: level.name, fee: fee(entry?.level_fees, level.id) })),
    addons: catalog.addons.map((addon) => ({ id: addon.id, name: addon.name, fee: fee(entry?.addon_fees, addon.id) })),
  }
}

export async function action(args: Route.ActionArgs) {
  return await changeEntry(args, { part: 'shipping', schema: regionInputSchema, read, save: saveRegion, remove: deleteRegion })
}

const codesOf = (text: string): readonly string[] => countriesOfGroup(text) ?? [countryFromText(text) ?? []].flat()

/** Countries are typed by name or by code, a line or a comma each; "EU" stands for its members. */
function read(fields: Record<string, string>, { campaign }: { campaign: { currency: string } }) {
  const errors: Record<string, string[]> = {}
  const written = (fields.countries ?? '')
    .split(/[\n;]+/)
    .flatMap((line) => (codesOf(line).length > 0 ? [line] : line.split(',')))
  const named = written.map((text) => text.trim()).filter(Boolean)
  const unknown = named.filter((text) => codesOf(text).length === 0)
  const isGroup = fields.kind === 'countries'
  if (isGroup && unknown.length > 0) errors.countries = [`No country is called ${unknown.map((text) => `“${text}”`).join(', ')}.`]
  const fees = { level_fees: {} as Record<string, number>, addon_fees: {} as Record<string, number> }
  const served = fields.served === 'on'
  for (const [field, text] of Object.entries(fields)) {
    const [kind, id] = field.split('.')
    if (!id || !served || (kind !== 'level_fees' && kind !== 'addon_fees')) continue
    const { minor, problem } = readMoneyField(text, campaign.currency)
    if (problem) errors[field] = [problem]
    else if (minor !== null) fees[kind][id] = minor
  }
  const countries = isGroup ? [...new Set(named.flatMap(codesOf))] : []
  const input = { name: fields.name, kind: fields.kind, served, countries, ...fees }
  return { input, errors, place: (field: string) => field.replace(/^countries\..*/, 'countries') }
}

export default function Region({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, name, levels, addons } = loaderData
  const typed = actionData && Object.keys(actionData.typed).length > 0 ? actionData.typed : undefined
  const errors = actionData?.errors ?? {}
  const kind = typed ? typed.kind : loaderData.kind
  const fees = (of: 'level_fees' | 'addon_fees', rows: typeof levels) => (
    <FeeFields of={of} rows={rows} currency={campaign.currency} typed={typed} errors={errors} />
  )
  return (
    <EntryPage
      campaign={campaign}
      noun="shipping region"
      name={name}
      facts="Confirmed orders keep the shipping they were quoted until their country or contents change."
      answer={actionData}
      delete_note="Its countries then belong to everywhere else, or are not shipped to."
    >
      <Sheet title="Where">
        <div className="form">
          <TextField
            name="name"
            label="Name"
            help="Backers read it beside the fee, like “European Union”."
            defaultValue={typed?.name ?? name ?? ''}
            errors={errors.name}
            dir="auto"
            maxLength={120}
            required
          />
          <OptionGroup id="kind" label="Which countries" errors={errors.kind}>
            <Option
              type="radio"
              name="kind"
              value="countries"
              label="The countries named below"
              defaultChecked={kind !== 'everywhere_else'}
            />
            <Option
              type="radio"
              name="kind"
              value="everywhere_else"
              label="Everywhere else"
              help="Every country that no other region names. There is one of these at most."
              defaultChecked={kind === 'everywhere_else'}
            />
          </OptionGroup>
          <TextArea
            name="countries"
            label="Countries"
            help="One in a line, by name or two-letter code; EU stands for its 27 members. A country stands in one region only."
            defaultValue={typed?.countries ?? loaderData.countries}
            errors={errors.countries}
            rows={6}
          />
          <Option
            type="checkbox"
            name="served"
            value="on"
            defaultChecked={typed ? typed.served === 'on' : loaderData.served}
            label="We ship there"
            help="Untick it and backers there are told so before they go on; the fees below then count for nothing."
          />
        </div>
      </Sheet>
      <Sheet title="Fee for the pledge level">
        <p className="meta">
          For one pledge, whatever it holds. Empty: no charge. A pledge without reward pays only for its add-ons.
        </p>
        {levels.length === 0 && <p>There is no pledge level yet.</p>}
        {fees('level_fees', levels)}
      </Sheet>
      <Sheet title="Fee for each add-on">
        <p className="meta">For each piece, on top of the level’s fee. Empty: no charge.</p>
        {addons.length === 0 && <p>There is no add-on yet.</p>}
        {fees('addon_fees', addons)}
      </Sheet>
    </EntryPage>
  )
}

interface FeeProps {
  of: 'level_fees' | 'addon_fees'
  rows: readonly { id: string; name: string; fee: string }[]
  currency: string
  typed: Record<string, string> | undefined
  errors: Record<string, string[]>
}

function FeeFields({ of, rows, currency, typed, errors }: FeeProps) {
  return (
    <div className="fields">
      {rows.map((row) => {
        const name = `${of}.${row.id}`
        return (
          <TextField
            key={row.id}
            name={name}
            label={<bdi>{row.name}</bdi>}
            defaultValue={typed?.[name] ?? row.fee}
            errors={errors[name]}
            placeholder="0"
            suffix={currency}
            inputMode="decimal"
            width_ch={12}
          />
        )
      })}
    </div>
  )
}
