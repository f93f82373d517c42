import { Link } from 'react-router'
import type { Catalog } from '../../../domain/catalog/load-catalog.ts'
import { loadCatalog } from '../../../domain/catalog/load-catalog.ts'
import { findCatalogueWarnings } from '../../../domain/surveys/catalogue-warnings.ts'
import { countryName } from '../../../lib/country-name.ts'
import { AddonsTable, ItemsTable, LevelsTable, QuestionsTable, RegionsTable } from '../../components/catalogue-tables.tsx'
import { CatalogueWarnings } from '../../components/catalogue-warnings.tsx'
import { paths } from '../../paths.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Empty } from '../../ui/states.tsx'
import type { Route } from './+types/catalog'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const search = new URL(args.request.url).searchParams
  const catalog = await loadCatalog(deps.db, campaign.id)
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency },
    warnings: await findCatalogueWarnings(deps.db, campaign),
    done: search.get('done'),
    part: search.get('part'),
    ...namedEntry(catalog, search.get('part'), search.get('entry')),
    ...shownCatalog(catalog),
  }
}

/** What was just added or saved, by its name; a region with how many countries it holds. */
function namedEntry(catalog: Catalog, part: string | null, id: string | null): { named: string | null; countries: number } {
  const { items, levels, addons, regions, questions } = catalog
  const region = part === 'shipping' ? regions.find((each) => each.id === id) : undefined
  const others = [...items, ...levels, ...addons, ...questions.map((each) => ({ id: each.id, name: each.prompt }))]
  const found = region ?? others.find((each) => each.id === id)
  return { named: found?.name ?? null, countries: region?.countries.length ?? 0 }
}

/** Only what the page shows, in the creator's order. */
function shownCatalog(catalog: Catalog) {
  const held = (contents: Catalog['levels'][number]['contents']) =>
    contents.map(({ item, quantity }) => ({ id: item.id, name: item.name, quantity }))
  const levelNames = new Map(catalog.levels.map(({ id, name }) => [id, name]))
  return {
    items: catalog.items.map(({ id, name, kind, skus }) => ({
      id,
      name,
      kind,
      skus: skus.map(({ id: sku_id, code, option_name, weight_g }) => ({ id: sku_id, code, option_name, weight_g })),
    })),
    levels: catalog.levels.map(({ id, name, price, contents }) => ({ id, name, price, contents: held(contents) })),
    addons: catalog.addons.map(({ id, name, price, limit_per_backer, stock, held: taken, offered, contents }) => ({
      id,
      name,
      price,
      limit_per_backer,
      stock,
      held: taken,
      offered,
      contents: held(contents),
    })),
    regions: catalog.regions.map(({ id, name, kind, served, countries, level_fees, addon_fees }) => ({
      id,
      name,
      kind,
      served,
      countries: countries.map((code) => countryName(code)),
      fees: Object.values(level_fees),
      addon_fees: Object.values(addon_fees).filter((fee) => fee > 0).length,
    })),
    questions: catalog.questions.map(({ id, prompt, kind, choices, level_id, required }) => ({
      id,
      prompt,
      kind,
      choices,
      required,
      level: level_id === null ? null : (levelNames.get(level_id) ?? null),
    })),
  }
}

const DONE: Record<string, string> = { added: 'added', saved: 'saved', deleted: 'deleted' }
const NOUNS: Record<string, string> = {
  items: 'The item',
  levels: 'The pledge level',
  addons: 'The add-on',
  shipping: 'The shipping region',
  questions: 'The question',
}

export default function Catalogue({ loaderData }: Route.ComponentProps) {
  const { campaign, warnings, items, levels, addons, regions, questions } = loaderData
  const hidden = addons.filter(({ offered }) => !offered).length
  const done = DONE[loaderData.done ?? '']
  const noun = NOUNS[loaderData.part ?? '']
  const add = (part: Parameters<typeof paths.catalog_part>[1], label: string) => (
    <Link to={paths.catalog_part(campaign.id, part, 'new')}>{label}</Link>
  )
  return (
    <>
      <title>{`Catalogue · ${campaign.name}`}</title>
      <PageHead
        title="Catalogue"
        facts="What backers get, what they can add, what it costs to send, and what you ask them."
        actions={
          <>
            <ButtonLink to={paths.prices(campaign.id)}>Prices</ButtonLink>
            <ButtonLink to={paths.survey(campaign.id)}>Go on to the survey</ButtonLink>
          </>
        }
      />
      {done && noun && (
        <Note tone="good" live dismiss_to={paths.catalog(campaign.id)}>
          {noun} {loaderData.named ? <bdi>“{loaderData.named}”</bdi> : null} is {done}.{' '}
          {loaderData.countries > 0 && `It holds ${plural(loaderData.countries, 'country', 'countries')}.`}
        </Note>
      )}
      <CatalogueWarnings warnings={warnings} />
      <Sheet title="Items" id="items" body={items.length > 0 ? 'flush' : 'padded'} aside={add('items', 'Add an item…')}>
        {items.length > 0 ? (
          <ItemsTable campaign={campaign} rows={items} />
        ) : (
          <Empty title="Start with the items">The things you make: a game, a shirt in four sizes, a file to download.</Empty>
        )}
      </Sheet>
      <Sheet
        title="Pledge levels"
        id="levels"
        body={levels.length > 0 ? 'flush' : 'padded'}
        aside={add('levels', 'Add a level…')}
      >
        {levels.length > 0 ? (
          <LevelsTable campaign={campaign} rows={levels} />
        ) : (
          <Empty title="Levels come with your backers">Import a report and its levels are here; then say what each holds.</Empty>
        )}
      </Sheet>
      {hidden > 0 && (
        <Note tone="info">
          {plural(hidden, 'add-on is', 'add-ons are')} not offered, so nobody can add more of {hidden === 1 ? 'it' : 'them'}. Open
          one and tick “Backers can add this”; its price is proposed.
        </Note>
      )}
      <Sheet title="Add-ons" id="addons" body={addons.length > 0 ? 'flush' : 'padded'} aside={add('addons', 'Add an add-on…')}>
        {addons.length > 0 ? (
          <AddonsTable campaign={campaign} rows={addons} />
        ) : (
          <Empty title="No add-ons">Offer more of what you make: backers pick it in the survey and pay for it here.</Empty>
        )}
      </Sheet>
      <Sheet
        title="Shipping"
        id="shipping"
        body={regions.length > 0 ? 'flush' : 'padded'}
        aside={add('shipping', 'Add a region…')}
      >
        {regions.length > 0 ? (
          <RegionsTable campaign={campaign} rows={regions} />
        ) : (
          <Empty title="You ship everywhere at no charge">
            Add a region to charge shipping, or to say where you do not ship.
          </Empty>
        )}
      </Sheet>
      <Sheet
        title="Questions"
        id="questions"
        body={questions.length > 0 ? 'flush' : 'padded'}
        aside={add('questions', 'Add a question…')}
      >
        {questions.length > 0 ? (
          <QuestionsTable campaign={campaign} rows={questions} />
        ) : (
          <Empty title="No questions">
            Options of items and the address are asked anyway. Ask here what else you need to know.
          </Empty>
        )}
      </Sheet>
    </>
  )
}
