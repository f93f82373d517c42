/** The steps of a backer's survey. Pure, since pages read it; which of them a backer has depends on what there is to ask. */
export const SURVEY_STEPS = ['start', 'questions', 'addons', 'address', 'payment', 'review'] as const
export type SurveyStep = (typeof SURVEY_STEPS)[number]

/** "Step 2 of 5: choices" */
export const STEP_NAME: Record<SurveyStep, string> = {
  start: 'your pledge',
  questions: 'choices',
  addons: 'add-ons',
  address: 'address',
  payment: 'payment',
  review: 'check',
}

export interface StepFacts {
  /** options of the level and questions */
  asks_choices: boolean
  /** add-ons that are offered, or held already */
  has_addons: boolean
  /** something of the order is physical */
  ships: boolean
  /** something is owed, or the campaign asks everybody for a payment method */
  pays: boolean
}

/** The steps that have something to ask, in order: a step without a question is skipped and not counted. */
export function stepsOf(facts: StepFacts): SurveyStep[] {
  const asked: Record<SurveyStep, boolean> = {
    start: true,
    questions: facts.asks_choices,
    addons: facts.has_addons,
    address: facts.ships,
    payment: facts.pays,
    review: true,
  }
  return SURVEY_STEPS.filter((step) => asked[step])
}

/** The step after `step`: the next one that has something to ask; the review is the last. */
export function stepAfter(steps: readonly SurveyStep[], step: SurveyStep): SurveyStep {
  const place = SURVEY_STEPS.indexOf(step)
  return steps.find((each) => SURVEY_STEPS.indexOf(each) > place) ?? 'review'
}

/** The step where a problem of the survey's data is put right. `field` is the key in the data. */
export function stepOfField(field: string): SurveyStep {
  if (field.startsWith('addons.') || field.startsWith('options.addon:')) return 'addons'
  if (field.startsWith('options.') || field.startsWith('answers.')) return 'questions'
  return field === 'country' ? 'start' : 'address'
}

/**
 * Where a backer goes on: the first step up to the one they saved last that has a problem, else the one after it. `reached` is null
 * for a backer who has saved nothing.
 */
export function resumeAt(
  steps: readonly SurveyStep[],
  reached: SurveyStep | null,
  problem_fields: readonly string[],
): SurveyStep {
  if (!reached) return 'start'
  const wrong = new Set(problem_fields.map(stepOfField))
  const place = SURVEY_STEPS.indexOf(reached)
  return steps.find((step) => wrong.has(step) && SURVEY_STEPS.indexOf(step) <= place) ?? stepAfter(steps, reached)
}
