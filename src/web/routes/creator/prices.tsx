import { data, Form, redirect } from 'react-router'
import { findPledgePrices, type PledgePricesPreview, previewPledgePrices } from '../../../domain/catalog/pledge-prices.ts'
import { type ProposedAddonPrice, proposeAddonPrices } from '../../../domain/catalog/propose-addon-prices.ts'
import { savePledgePrices } from '../../../domain/catalog/save-pledge-prices.ts'
import { StartingBalances } from '../../components/starting-balances.tsx'
import { typedFields } from '../../form.server.ts'
import { moneyField, readMoneyField } from '../../money-field.server.ts'
import { paths, withQuery } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ErrorSummary, problemsOf, titleWith } from '../../ui/error-summary.tsx'
import { Option, TextField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Empty } from '../../ui/states.tsx'
import type { Route } from './+types/prices'
import { attempt, requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, actor, campaign } = await requireCampaign(args)
  const search = new URL(args.request.url).searchParams
  const prices = await findPledgePrices(deps.db, actor, campaign.id)
  const isMissing = prices.addons.some(({ platform_price, backers }) => platform_price === null && backers > 0)
  const proposed = isMissing ? await proposeAddonPrices(deps.db, campaign.id) : []
  const proposalFor = (id: string) => proposed.find(({ addon_id }) => addon_id === id)
  const missing = prices.addons.filter(({ platform_price }) => platform_price === null).map(({ id }) => id)
  const addons = Object.fromEntries(
    proposed.flatMap(({ addon_id, price }) => (missing.includes(addon_id) ? [[addon_id, price]] : [])),
  )
  const stated = { campaign_id: campaign.id, levels: {}, addons, bonus_spendable: prices.bonus_spendable }
  const { currency } = campaign
  return {
    campaign: { id: campaign.id, name: campaign.name, currency },
    saved: search.has('saved'),
    is_saved: prices.saved_at !== null,
    bonus_spendable: prices.bonus_spendable,
    orders_kept: prices.orders_kept,
    levels: prices.levels.map(({ id, name, backers, price, proposed_price }) => ({
      id,
      name,
      backers,
      price: moneyField(price ?? proposed_price, currency),
      is_proposed: price === null && proposed_price !== null,
    })),
    addons: prices.addons.map(({ id, name, backers, platform_price }) => ({
      id,
      name,
      backers,
      price: moneyField(platform_price ?? proposalFor(id)?.price ?? null, currency),
      proposal: platform_price === null ? proposalText(proposalFor(id)) : null,
    })),
    preview: await previewPledgePrices(deps.db, actor, { ...stated, cursor: search.get('after') ?? undefined, limit: 20 }),
  }
}

/** "Proposed: 14 of 15 pledges with only this add-on add up with it." */
function proposalText(proposal: ProposedAddonPrice | undefined): string | null {
  if (!proposal) return null
  const { agreeing, pledges } = proposal
  return `proposed: ${agreeing} of ${plural(pledges, 'pledge', 'pledges')} with only this add-on ${agreeing === 1 ? 'adds' : 'add'} up with it`
}

/** "6 backers owe nothing if they change nothing, 1 owes something." */
function startText({ exact, owing }: PledgePricesPreview): string {
  const rest = owing > 0 ? `, ${plural(owing, 'owes', 'owe')} something: the reasons stand below` : ''
  return `${plural(exact, 'backer owes', 'backers owe')} exactly nothing if they change nothing${rest}.`
}

/** Reads the two kinds of amounts of the form; a field that is empty states nothing. */
function statedPrices(fields: Record<string, string>, currency: string) {
  const stated = { levels: {} as Record<string, number>, addons: {} as Record<string, number> }
  const errors: Record<string, string[]> = {}
  for (const [field, text] of Object.entries(fields)) {
    const [kind, id] = field.split('.')
    if (!id || (kind !== 'levels' && kind !== 'addons')) continue
    const { minor, problem } = readMoneyField(text, currency)
    if (problem) errors[field] = [problem]
    else if (minor !== null) stated[kind][id] = minor
  }
  return { stated, errors }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const fields = await typedFields(args.request)
  const { stated, errors } = statedPrices(fields, desk.campaign.currency)
  if (Object.keys(errors).length > 0) return data({ errors, typed: fields, refusal: null, preview: null }, 422)
  const input = { campaign_id: desk.campaign.id, ...stated, bonus_spendable: fields.bonus_spendable === 'on' }
  if (fields.intent === 'preview') {
    const { done, refusal } = await attempt(desk, (tx) => previewPledgePrices(tx.db, desk.actor, { ...input, limit: 20 }))
    return data({ errors: {}, typed: fields, refusal, preview: done })
  }
  const { refusal } = await attempt(desk, (tx) => savePledgePrices(tx, desk.actor, input))
  if (refusal) {
    const told = Object.fromEntries(refusal.fields.map(({ field, message }) => [field, [message]]))
    return data({ errors: told, typed: fields, refusal, preview: null }, 422)
  }
  throw redirect(withQuery(paths.prices(desk.campaign.id), { saved: '1' }), { status: 303 })
}

export default function Prices({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, levels, addons, orders_kept } = loaderData
  const errors: Record<string, string[]> = actionData?.errors ?? {}
  const problems = problemsOf(errors)
  const isJustSaved = loaderData.saved && !actionData
  const typed = actionData?.typed
  const bonus = typed ? typed.bonus_spendable === 'on' : loaderData.bonus_spendable
  if (levels.length === 0 && addons.length === 0) return <NoLevels campaign={campaign} />
  const amount = (kind: 'levels' | 'addons', one: { id: string; name: string; backers: number; price: string }, help: string) => (
    <TextField
      key={one.id}
      name={`${kind}.${one.id}`}
      label={<bdi>{one.name}</bdi>}
      help={help}
      errors={errors[`${kind}.${one.id}`]}
      defaultValue={typed?.[`${kind}.${one.id}`] ?? one.price}
      suffix={campaign.currency}
      inputMode="decimal"
      width_ch={12}
    />
  )
  return (
    <>
      <title>{titleWith(problems, `Prices · ${campaign.name}`)}</title>
      <PageHead
        title="Prices: what the pledge paid for"
        facts="So that a backer who changes nothing owes nothing. Needed before surveys can be sent."
      />
      <ErrorSummary problems={problems} />
      {actionData?.refusal && problems.length === 0 && <Note tone="danger">{actionData.refusal.message}</Note>}
      {isJustSaved && <Saved {...loaderData} />}
      {orders_kept > 0 && (
        <Note tone="info">{plural(orders_kept, 'order keeps', 'orders keep')} the price they were confirmed with.</Note>
      )}
      <Form method="post" className="sheets" preventScrollReset>
        <Sheet title="Pledge levels">
          <div className="fields">
            {levels.map((level) =>
              amount(
                'levels',
                level,
                `${plural(level.backers, 'backer', 'backers')}${level.is_proposed ? ' · proposed from the report' : ''}`,
              ),
            )}
          </div>
        </Sheet>
        {addons.length > 0 && (
          <Sheet title="Add-ons bought on the platform">
            <p className="meta">The report does not say what one cost there: check each price, or type what your backers paid.</p>
            <div className="fields">
              {addons.map((addon) =>
                amount(
                  'addons',
                  addon,
                  [`${plural(addon.backers, 'backer', 'backers')} pledged for it`, addon.proposal].filter(Boolean).join(' · '),
                ),
              )}
            </div>
          </Sheet>
        )}
        <Sheet title="Bonus support">
          <Option
            type="checkbox"
            name="bonus_spendable"
            value="on"
            defaultChecked={bonus}
            label="Bonus support may be spent here"
            help="What backers gave on top of their reward is credit for add-ons. Untick it to keep it as a gift."
          />
        </Sheet>
        <div className="row">
          <Button type="submit" name="intent" value="preview">
            Show what backers would owe
          </Button>
          <Button type="submit" name="intent" value="save" variant={isJustSaved ? 'outlined' : 'primary'}>
            Save prices
          </Button>
        </div>
      </Form>
      <StartingBalances
        campaign={campaign}
        preview={actionData?.preview ?? loaderData.preview}
        tried={Boolean(actionData?.preview) || !loaderData.is_saved}
        paged={!actionData?.preview}
      />
    </>
  )
}

/** Before anything was imported. */
function NoLevels({ campaign }: { campaign: { id: string; name: string } }) {
  return (
    <>
      <title>{`Prices · ${campaign.name}`}</title>
      <PageHead title="Prices: what the pledge paid for" />
      <Sheet label="Prices">
        <Empty
          title="The levels come with your backers"
          action={
            <ButtonLink to={paths.new_import(campaign.id)} variant="primary">
              Import a report…
            </ButtonLink>
          }
        >
          Import the report of your platform first. Then you say here what each level and add-on cost there.
        </Empty>
      </Sheet>
    </>
  )
}

/** What came of it, and the loudest way on. */
function Saved({ campaign, preview }: Route.ComponentProps['loaderData']) {
  return (
    <Note
      tone="good"
      live
      end={
        <ButtonLink to={paths.catalog(campaign.id)} variant="primary">
          Go on to the catalogue
        </ButtonLink>
      }
    >
      <b>The prices are saved.</b> {startText(preview)}
    </Note>
  )
}
