import { optionPlaces, questionsFor } from '../../../domain/orders/order-facts.ts'
import type { SurveyInput } from '../../../domain/surveys/schema.ts'
import type { SurveyView } from '../../../domain/surveys/survey-view.ts'
import { ChoiceFields } from '../../components/survey/choice-fields.tsx'
import { Button } from '../../ui/button.tsx'
import type { Route } from './+types/questions'
import { placeProps, questionProps } from './fields.server.ts'
import { textOf } from './pledge.server.ts'
import { openStep, saveStep, withTyped } from './step.server.ts'
import { errorsByField, FormFacts, StepPage } from './step-page.tsx'

const TITLE = 'Make it yours'

export async function loader(args: Route.LoaderArgs) {
  const { view, page } = await openStep(args, 'questions')
  return { page, ...fieldsOf(view) }
}

export async function action(args: Route.ActionArgs) {
  return withTyped(await saveStep(args, { step: 'questions', read: readChoices }), fieldsOf)
}

function fieldsOf(view: SurveyView) {
  return { places: placeProps(view), questions: questionProps(view) }
}

function readChoices(form: FormData, view: SurveyView): SurveyInput {
  const level = view.catalog.levels.find(({ id }) => id === view.file.backer.level_id)
  const places = optionPlaces(level?.id ?? null, level?.contents ?? [], [])
  const chosen = places.flatMap(({ key, contents }) => {
    const sku = textOf(form, `options.${key}`)
    return contents.item.skus.some(({ id }) => id === sku) ? [[key, sku]] : []
  })
  const questions = questionsFor(view.catalog, view.file.backer.level_id)
  return {
    options: Object.fromEntries(chosen),
    answers: Object.fromEntries(questions.map(({ id }) => [id, textOf(form, `answers.${id}`)])),
  }
}

export default function Questions({ loaderData, actionData }: Route.ComponentProps) {
  const { page } = loaderData
  const { places, questions } = actionData?.typed ?? loaderData
  return (
    <StepPage page={page} answer={actionData} title={TITLE} lead="Tell us which one you want.">
      <form method="post" noValidate>
        <FormFacts page={page} />
        <ChoiceFields places={places} questions={questions} errors={errorsByField(actionData?.problems ?? [])} />
        <Button variant="primary" wide>
          Save and continue
        </Button>
      </form>
    </StepPage>
  )
}
