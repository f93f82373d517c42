import { addressFormOf } from '../../../domain/shipping/address-form.ts'
import { STEP_NAME } from '../../../domain/surveys/steps.ts'
import type { SurveyView } from '../../../domain/surveys/survey-view.ts'
import { countriesByName } from '../../../lib/countries.ts'
import type { WholeSurveyProps } from '../../components/survey/whole-survey.tsx'
import {
  addonProps,
  answersProps,
  asksCountry,
  contentsProps,
  isServed,
  moneyProps,
  placeProps,
  pledgeProps,
  questionProps,
} from './fields.server.ts'

/** All steps of a survey at once, for staff who look at it. */
export function wholeSurvey(view: SurveyView): WholeSurveyProps {
  const country = view.data.address?.country || view.data.country
  return {
    by: view.campaign.creator_name,
    currency: view.campaign.currency,
    steps: view.steps.map((id) => ({ id, name: STEP_NAME[id] })),
    pledge: pledgeProps(view),
    country,
    countries: asksCountry(view) ? countriesByName() : null,
    served: country === null || isServed(view, country),
    places: placeProps(view),
    questions: questionProps(view),
    addons: addonProps(view),
    address_form: country ? addressFormOf(country, view.campaign.ship_from_country) : [],
    address: view.data.address ?? {},
    contents: contentsProps(view),
    answers: answersProps(view),
    money: moneyProps(view, view.composition.quote, view.balance),
    balance: view.balance,
  }
}
