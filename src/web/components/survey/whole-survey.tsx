import type { ReactNode } from 'react'
import type { Address } from '../../../domain/shipping/address.ts'
import type { AddressFormField } from '../../../domain/shipping/address-form.ts'
import type { SurveyStep } from '../../../domain/surveys/steps.ts'
import { Money } from '../../ui/numbers.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { AddressFields } from '../address-fields.tsx'
import { AddonFields, type AddonProps } from './addon-fields.tsx'
import { ChoiceFields, type PlaceProps, type QuestionProps } from './choice-fields.tsx'
import { MoneyLines, type MoneyProps } from './money-lines.tsx'
import { type ContentsEntry, ContentsList, CountryField, PledgeParts, type PledgeProps } from './pledge-parts.tsx'
import type { AnswerProps } from './review-parts.tsx'

/** Every step of a survey, as it stands. Amounts in minor units. */
export interface WholeSurveyProps {
  by: string
  currency: string
  steps: { id: SurveyStep; name: string }[]
  pledge: PledgeProps
  country: string | null
  countries: { value: string; label: string }[] | null
  served: boolean
  places: PlaceProps[]
  questions: QuestionProps[]
  addons: AddonProps[]
  address_form: AddressFormField[]
  address: Partial<Address>
  contents: ContentsEntry[]
  answers: AnswerProps[]
  money: MoneyProps
  balance: number
}

/** All steps under each other, with the fields that a backer fills in; nothing can be typed or pressed. */
export function WholeSurvey({ survey }: { survey: WholeSurveyProps }) {
  return (
    <fieldset disabled className="whole-survey">
      <legend className="visually-hidden">The survey, to look at only</legend>
      {survey.steps.map(({ id, name }, index) => (
        <section key={id} aria-labelledby={`step-${id}`}>
          <h2 id={`step-${id}`} className="whole-step">
            Step {index + 1} of {survey.steps.length}: {name}
          </h2>
          {STEPS[id](survey)}
        </section>
      ))}
    </fieldset>
  )
}

const STEPS: Record<SurveyStep, (survey: WholeSurveyProps) => ReactNode> = {
  start: (survey) => (
    <>
      <PledgeParts pledge={survey.pledge} />
      {survey.countries && <CountryField name="country" country={survey.country} countries={survey.countries} />}
      {!survey.served && (
        <p>
          <bdi>{survey.by}</bdi> does not ship to this country: a backer there cannot go on.
        </p>
      )}
    </>
  ),
  questions: ({ places, questions }) => <ChoiceFields places={places} questions={questions} errors={{}} />,
  addons: ({ addons, currency }) => <AddonFields rows={addons} currency={currency} errors={{}} />,
  address: ({ address_form, address, country }) =>
    country ? (
      <AddressFields form={address_form} values={address} prefix="address." />
    ) : (
      <p className="quiet">Choose a country to see its form.</p>
    ),
  payment: ({ balance, currency }) => (
    <p>
      <Money minor={Math.max(0, balance)} currency={currency} /> would be owed. A card is added here, on the page of the payment
      service, or put off.
    </p>
  ),
  review: ({ money, contents }) => (
    <>
      <Sheet title="What the order would hold">
        {contents.length > 0 ? <ContentsList entries={contents} /> : <p className="quiet">Nothing chosen yet.</p>}
      </Sheet>
      <Sheet title="What it would cost">
        <MoneyLines money={money} due="You will pay" />
      </Sheet>
    </>
  ),
}
