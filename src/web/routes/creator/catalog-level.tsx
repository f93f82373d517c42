import { Link } from 'react-router'
import { deleteLevel, saveLevel } from '../../../domain/catalog/save-level.ts'
import { levelInputSchema } from '../../../domain/catalog/schema.ts'
import { paths } from '../../paths.ts'
import { TextField } from '../../ui/field.tsx'
import { Money } from '../../ui/numbers.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/catalog-level'
import { changeEntry, contentsRows, openEntry, readContents } from './catalog-entry.server.ts'
import { ContentsSheet, EntryPage } from './catalog-entry.tsx'

export async function loader(args: Route.LoaderArgs) {
  const { desk, catalog, entry } = await openEntry(args, 'levels')
  return {
    campaign: { id: desk.campaign.id, name: desk.campaign.name, currency: desk.campaign.currency },
    name: entry?.name ?? null,
    price: entry?.price ?? null,
    contents: contentsRows(catalog, entry?.contents ?? []),
  }
}

export async function action(args: Route.ActionArgs) {
  return await changeEntry(args, { part: 'levels', schema: levelInputSchema, read, save: saveLevel, remove: deleteLevel })
}

function read(fields: Record<string, string>) {
  const { items, errors } = readContents(fields)
  return { input: { name: fields.name, items }, errors }
}

export default function Level({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, name, price, contents } = loaderData
  const typed = actionData && Object.keys(actionData.typed).length > 0 ? actionData.typed : undefined
  const errors = actionData?.errors ?? {}
  return (
    <EntryPage
      campaign={campaign}
      noun="pledge level"
      name={name}
      facts={
        <>
          {price === null ? 'No price yet' : <Money minor={price} currency={campaign.currency} />} ·{' '}
          <Link to={paths.prices(campaign.id)}>Prices</Link>
        </>
      }
      answer={actionData}
      delete_note="A level that backers pledged for stays. Its shipping fees and questions go with it."
    >
      <Sheet title="Pledge level">
        <div className="form">
          <TextField
            name="name"
            label="Name"
            help="As on the platform, so that your backers know it again."
            defaultValue={typed?.name ?? name ?? ''}
            errors={errors.name}
            dir="auto"
            maxLength={200}
            required
          />
        </div>
      </Sheet>
      <ContentsSheet
        campaign_id={campaign.id}
        rows={contents}
        typed={typed}
        errors={errors}
        help="How many of each item one pledge of this level gets. Once an order of this level exists, this stays."
      />
    </EntryPage>
  )
}
