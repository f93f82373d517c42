import { optionPlaces } from '../../../domain/orders/order-facts.ts'
import type { SurveyInput } from '../../../domain/surveys/schema.ts'
import type { SurveyView } from '../../../domain/surveys/survey-view.ts'
import { countryName } from '../../../lib/country-name.ts'
import { StickyFoot } from '../../components/backer/backer-page.tsx'
import { AddonFields } from '../../components/survey/addon-fields.tsx'
import { Button } from '../../ui/button.tsx'
import { Money } from '../../ui/numbers.tsx'
import type { Route } from './+types/addons'
import { addonProps } from './fields.server.ts'
import { textOf } from './pledge.server.ts'
import { openStep, problemsOfStep, saveStep, withTyped } from './step.server.ts'
import { errorsByField, FormFacts, StepPage } from './step-page.tsx'

const TITLE = 'Add to your parcel'

export async function loader(args: Route.LoaderArgs) {
  const { view, page } = await openStep(args, 'addons')
  // Only what is gone is said before anything was posted; the rest is told when it is saved.
  const gone = new Set(view.problems.filter(({ code }) => code === 'out_of_stock').map(({ field }) => field))
  return { page, ...fieldsOf(view), gone: problemsOfStep(view, 'addons').filter(({ id }) => gone.has(id ?? '')) }
}

export async function action(args: Route.ActionArgs) {
  const stay = (form: FormData) => form.get('intent') === 'total'
  return withTyped(await saveStep(args, { step: 'addons', read: readAddons, stay }), fieldsOf)
}

function fieldsOf(view: SurveyView) {
  const country = view.data.address?.country || view.data.country
  return {
    rows: addonProps(view),
    currency: view.campaign.currency,
    balance: view.balance,
    shipping: view.composition.quote.shipping,
    country: country ? countryName(country) : null,
    ships: view.composition.ships,
  }
}

function readAddons(form: FormData, view: SurveyView): SurveyInput {
  const addons: Record<string, number> = {}
  const options: Record<string, string> = {}
  for (const { addon } of view.addons) {
    const typed = textOf(form, `addons.${addon.id}`)
    if (/^\d{1,3}$/.test(typed)) addons[addon.id] = Number(typed)
    for (const { key, contents } of optionPlaces(null, [], [{ addon }])) {
      const sku = textOf(form, `options.${key}`)
      if (contents.item.skus.some(({ id }) => id === sku)) options[key] = sku
    }
  }
  return { addons, options }
}

export default function Addons({ loaderData, actionData }: Route.ComponentProps) {
  const { page, gone } = loaderData
  const shown = actionData?.typed ?? loaderData
  const problems = actionData ? actionData.problems : gone
  return (
    <StepPage page={page} answer={actionData} problems={gone} title={TITLE} lead={<Lead shown={shown} />}>
      <form method="post" noValidate>
        <FormFacts page={page} />
        <h2 className="visually-hidden">Add-ons</h2>
        <AddonFields rows={shown.rows} currency={shown.currency} errors={errorsByField(problems)} />
        <StickyFoot
          label={shown.balance < 0 ? 'Left to spend' : 'To pay so far'}
          sum={<Money minor={Math.abs(shown.balance)} currency={shown.currency} />}
          update={
            <Button variant="text" name="intent" value="total" formNoValidate>
              Update<span className="visually-hidden"> the total</span>
            </Button>
          }
        >
          <Button variant="primary">Save and continue</Button>
        </StickyFoot>
      </form>
    </StepPage>
  )
}

function Lead({ shown }: { shown: ReturnType<typeof fieldsOf> }) {
  const money = (minor: number) => <Money minor={minor} currency={shown.currency} />
  return (
    <>
      Only if you like. You pay nothing today.
      {shown.balance < 0 && <> You have {money(-shown.balance)} to spend.</>}
      {shown.ships && shown.country && (
        <>
          {' '}
          Shipping to {shown.country}: {money(shown.shipping)}.
        </>
      )}
    </>
  )
}
