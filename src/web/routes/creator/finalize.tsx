import { useEffect, useState } from 'react'
import { data, Form, Link, redirect, useNavigate } from 'react-router'
import { type FinalizeChoice, finalizeChoices } from '../../../domain/fulfilment/finalize.ts'
import { piecesToFinalize } from '../../../domain/fulfilment/finalize-pieces.ts'
import { MOST_STOCK, saveStockOnHand } from '../../../domain/fulfilment/stock.ts'
import { previewTransition } from '../../../domain/orders/transition-orders.ts'
import { isId } from '../../../lib/id.ts'
import { FinalizeCount } from '../../components/finalize-count.tsx'
import { FinalizeTable } from '../../components/finalize-table.tsx'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { storable } from '../../form.server.ts'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ErrorSummary, titleWith } from '../../ui/error-summary.tsx'
import { Note } from '../../ui/note.tsx'
import { plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Empty } from '../../ui/states.tsx'
import type { Route } from './+types/finalize'
import { wholeNumber } from './catalog-entry.server.ts'
import { attempt, requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, actor, campaign, now } = await requireCampaign(args)
  const search = new URL(args.request.url).searchParams
  const key = { campaign_id: campaign.id }
  const choices = await finalizeChoices(deps.db, actor, key, now)
  const asked = new Set(search.getAll('only_sku').filter(isId))
  const ticked = choices.flatMap(({ sku_id }) => (asked.has(sku_id) ? [sku_id] : []))
  const preview = (only_sku?: string[]) =>
    previewTransition(
      deps.db,
      actor,
      { ...key, name: 'finalize_address', selection: { filter: { status: ['paid'], ...(only_sku ? { only_sku } : {}) } } },
      now,
    )
  const selection = { filter: { status: ['paid' as const], only_sku: ticked } }
  return {
    campaign: { id: campaign.id, name: campaign.name },
    choices,
    ticked,
    paid: await preview(),
    counted:
      ticked.length === 0
        ? null
        : { ...(await preview(ticked)), pieces: await piecesToFinalize(deps.db, actor, { ...key, selection }, now) },
    saved: search.get('saved'),
  }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const form = await args.request.formData()
  const intent = String(form.get('intent') ?? '')
  const typed = Object.fromEntries(
    [...form].flatMap(([name, value]) =>
      name.startsWith('stock.') && typeof value === 'string' ? [[name, storable(value)]] : [],
    ),
  )
  const { skus, errors } = readStock(typed, (sku_id) => String(form.get(`was.${sku_id}`) ?? ''))
  let only_sku = form.getAll('only_sku').map(String).filter(isId)
  const again = (message: string | null) => data({ errors, typed, message, ticked: only_sku }, 422)
  if (Object.keys(errors).length > 0) return again(null)
  const key = { campaign_id: desk.campaign.id }
  const { done, refusal } = await attempt(desk, (tx) => saveStockOnHand(tx, desk.actor, { ...key, skus }))
  if (refusal) return again(refusal.message)
  if (intent === 'in_stock') only_sku = inStock(await finalizeChoices(desk.deps.db, desk.actor, key, desk.now))
  if (intent === 'in_stock' && only_sku.length === 0) {
    return again('Nothing is in stock beyond what ready orders take. Type in what you counted, and select again.')
  }
  if (intent === 'none') only_sku = []
  if (intent === 'count' && only_sku.length === 0) return again('Tick the SKUs that are there, then count.')
  throw redirect(paths.finalize(key.campaign_id, { only_sku, saved: intent === 'stock' ? done.changed : null }), { status: 303 })
}

/** The counts that were typed. What stands as it was shown is left alone: somebody else may have counted meanwhile. */
function readStock(typed: Record<string, string>, shown: (sku_id: string) => string) {
  const errors: Record<string, string[]> = {}
  const skus: Record<string, number | null> = {}
  for (const [name, text] of Object.entries(typed)) {
    const sku_id = name.slice('stock.'.length)
    if (text.trim() === shown(sku_id)) continue
    const count = wholeNumber(text)
    if (Number.isNaN(count) || (count ?? 0) > MOST_STOCK) errors[name] = ['Enter a whole number of pieces, like 250.']
    else skus[sku_id] = count
  }
  return { skus, errors }
}

/** What is there beyond what ready orders take from it. */
function inStock(choices: readonly FinalizeChoice[]): string[] {
  return choices.flatMap(({ sku_id, stock_on_hand, ready_quantity }) => ((stock_on_hand ?? 0) > ready_quantity ? [sku_id] : []))
}

export default function Finalize({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, choices, paid, counted, saved } = loaderData
  const errors: Record<string, string[]> = actionData?.errors ?? {}
  const problems = Object.entries(errors).map(([id, messages]) => ({ id, message: messages[0] ?? '' }))
  return (
    <>
      <title>{titleWith(problems, `Finalize addresses · ${campaign.name}`)}</title>
      <PageHead
        title="Finalize addresses"
        facts="Do this when the items are there to be packed. After it, backers can no longer change their address themselves, so finalize in waves: only the orders that can leave now."
        help={<HowThisWorks act="finalizing" />}
        actions={
          <ButtonLink
            to={paths.orders_transition(campaign.id, 'finalize_address', { all: '1', status: 'paid' })}
            disabled_reason={paid.total === 0 ? 'No order is paid yet.' : null}
            reason_as="description"
          >
            Finalize all that are paid…
          </ButtonLink>
        }
      />
      <ErrorSummary problems={problems} />
      {actionData?.message && (
        <Note tone="warn" live>
          {actionData.message}
        </Note>
      )}
      {saved !== null && !actionData && (
        <Note tone="good" live dismiss_to={paths.finalize(campaign.id, { only_sku: loaderData.ticked })}>
          {Number(saved) > 0 ? `The stock of ${plural(Number(saved), 'SKU', 'SKUs')} is saved.` : 'No count was different.'}
        </Note>
      )}
      {choices.length === 0 ? (
        <Sheet label="SKUs">
          <Empty
            title="Nothing of this campaign ships"
            action={<ButtonLink to={paths.catalog(campaign.id)}>Go to the catalogue</ButtonLink>}
          >
            SKUs of items that are shipped are listed here. Orders without any can be finalized with all that are paid.
          </Empty>
        </Sheet>
      ) : (
        <>
          {paid.total === 0 && <NothingPaid {...loaderData} />}
          <Choice {...loaderData} actionData={actionData} />
          {counted && <FinalizeCount {...loaderData} counted={counted} />}
        </>
      )}
    </>
  )
}

function NothingPaid({ campaign }: Pick<Route.ComponentProps['loaderData'], 'campaign'>) {
  return (
    <Note tone="info" end={<Link to={paths.charges(campaign.id)}>Charges</Link>}>
      <b>No order waits here.</b> An order can be finalized once it is paid: charged, or with nothing owed. You can count your
      stock meanwhile.
    </Note>
  )
}

/** Ticks count at once where there is script, and by a button where there is none; every button saves the stock that was typed. */
function Choice({ campaign, choices, ticked: read, counted, actionData }: ChoiceProps) {
  const navigate = useNavigate()
  const [ticked, setTicked] = useState<readonly string[]>(actionData?.ticked ?? read)
  const readKey = read.join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was read counts when it is other than before, not on every render
  useEffect(() => setTicked(read), [readKey])
  const tick = (sku_id: string, on: boolean) => {
    const next = on ? [...ticked, sku_id] : ticked.filter((one) => one !== sku_id)
    setTicked(next)
    void navigate(paths.finalize(campaign.id, { only_sku: next }), { replace: true, preventScrollReset: true })
  }
  return (
    <Form method="post" action={paths.finalize(campaign.id, { only_sku: ticked })} preventScrollReset>
      <Sheet title="Tick what has arrived" aside={<span className="meta">then count; stock may be left empty</span>} body="flush">
        <FinalizeTable
          choices={choices}
          ticked={ticked}
          onTick={tick}
          typed={actionData?.typed ?? {}}
          errors={actionData?.errors ?? {}}
        />
      </Sheet>
      <div className="row below-table">
        <Button type="submit" name="intent" value="stock">
          Save stock counts
        </Button>
        <Button type="submit" name="intent" value="in_stock">
          Select all in stock
        </Button>
        {ticked.length > 0 && (
          <Button type="submit" name="intent" value="none" variant="text">
            Select none
          </Button>
        )}
        <Button type="submit" name="intent" value="count" variant={counted ? 'outlined' : 'primary'}>
          Count orders with only these items
        </Button>
      </div>
    </Form>
  )
}

type ChoiceProps = Route.ComponentProps['loaderData'] & Pick<Route.ComponentProps, 'actionData'>
