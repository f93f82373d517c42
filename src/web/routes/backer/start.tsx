import type { SurveyInput } from '../../../domain/surveys/schema.ts'
import type { SurveyView } from '../../../domain/surveys/survey-view.ts'
import { countriesByName } from '../../../lib/countries.ts'
import { countryName } from '../../../lib/country-name.ts'
import { CountryField, PledgeParts } from '../../components/survey/pledge-parts.tsx'
import { Button } from '../../ui/button.tsx'
import type { FormProblem } from '../../ui/error-summary.tsx'
import { Note } from '../../ui/note.tsx'
import type { Route } from './+types/start'
import { asksCountry, isServed, levelShips, pledgeProps } from './fields.server.ts'
import { SupportLink } from './frame.tsx'
import { plannedDay, textOf } from './pledge.server.ts'
import { openStep, saveStep, withTyped } from './step.server.ts'
import { errorsByField, FormFacts, StepPage } from './step-page.tsx'

export async function loader(args: Route.LoaderArgs) {
  const { view, page } = await openStep(args, 'start')
  const country = view.data.address?.country || view.data.country
  return {
    page,
    pledge: pledgeProps(view),
    country,
    countries: asksCountry(view) ? countriesByName() : null,
    deadline: plannedDay(view.campaign, new Date(page.frame.now)),
    not_served: country && levelShips(view) && !isServed(view, country) ? countryName(country) : null,
  }
}

export async function action(args: Route.ActionArgs) {
  const answer = await saveStep(args, {
    step: 'start',
    read: (form, view) => (asksCountry(view) ? readCountry(view, textOf(form, 'country')) : {}),
    check: (after) => (asksCountry(after) ? countryProblems(after) : []),
  })
  return withTyped(answer, ({ data }) => ({ country: data.country }))
}

/** A country other than the address's moves the address there; what only the old country's form asks for is dropped. */
function readCountry({ data }: SurveyView, country: string): SurveyInput {
  if (!data.address || data.address.country === country) return { country: country || null }
  return { country: country || null, address: { ...data.address, country, region: '', postcode: '' }, address_accepted: false }
}

function countryProblems(view: SurveyView): FormProblem[] {
  const { country } = view.data
  if (!country) return [{ id: 'country', message: 'Choose the country it goes to.' }]
  if (!levelShips(view) || isServed(view, country)) return []
  const message = `${view.campaign.creator_name} does not ship to ${countryName(country)}. Choose another country, or write to them.`
  return [{ id: 'country', message }]
}

export default function Start({ loaderData, actionData }: Route.ComponentProps) {
  const { page, pledge, countries, deadline, not_served } = loaderData
  const errors = errorsByField(actionData?.problems ?? [])
  return (
    <StepPage
      page={page}
      answer={actionData}
      title="Thank you for your pledge"
      lead={<Lead deadline={deadline} by={page.frame.campaign.by} />}
    >
      <PledgeParts pledge={pledge} />
      {not_served && !actionData && (
        <Note tone="warn">
          <b>
            <bdi>{page.frame.campaign.by}</bdi> does not ship to {not_served}.
          </b>{' '}
          Choose another country if you can receive it there, or <SupportLink frame={page.frame}>write to them</SupportLink>.
        </Note>
      )}
      <form method="post" noValidate>
        <FormFacts page={page} />
        {countries && (
          <CountryField
            name="country"
            country={actionData?.typed ? actionData.typed.country : loaderData.country}
            countries={countries}
            help="Shipping depends on it. You enter the address later."
            errors={errors.country}
          />
        )}
        <Button variant="primary" wide>
          Save and continue
        </Button>
      </form>
    </StepPage>
  )
}

function Lead({ deadline, by }: { deadline: string | null; by: string }) {
  return (
    <>
      A few steps tell <bdi>{by}</bdi> what to send you. Each step is saved; come back with the same link whenever you like.
      {deadline && <> Please be done by {deadline}.</>}
    </>
  )
}
