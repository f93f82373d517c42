import { data } from 'react-router'
import type { Row } from '../../../db/types.ts'
import { refusalOfChange } from '../../../domain/orders/lifecycle.ts'
import type { SurveyProblem } from '../../../domain/orders/order-facts.ts'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { describeChanges } from '../../../domain/surveys/describe-changes.ts'
import { mergeData, saveDraft } from '../../../domain/surveys/drafts.ts'
import { type SurveyInput, surveyDataSchema } from '../../../domain/surveys/schema.ts'
import { STEP_NAME, type SurveyStep, stepAfter, stepOfField } from '../../../domain/surveys/steps.ts'
import { findSurveyView, type SurveyView, surveyView } from '../../../domain/surveys/survey-view.ts'
import { paths } from '../../paths.ts'
import type { FormProblem } from '../../ui/error-summary.tsx'
import type { Closed } from './closed.tsx'
import {
  frameOf,
  openPledge,
  type Pledge,
  type PledgeArgs,
  type Refused,
  readForm,
  refusedBy,
  seeOther,
  textOf,
} from './pledge.server.ts'
import type { StepFrame } from './step-page.tsx'

/** What a step's action answers when it did not save: what is wrong, and what was typed. */
export interface Unsaved {
  problems: FormProblem[]
  refused: Refused | null
  closed: Closed | null
  /** the survey with what was typed merged in */
  view: SurveyView | null
}

/** Opens a step. A survey nobody may fill in leads to the pledge's page, a step that asks nothing to the next one. */
export async function openStep(
  args: PledgeArgs,
  step: SurveyStep,
): Promise<{ pledge: Pledge; view: SurveyView; page: StepFrame }> {
  const pledge = await openPledge(args)
  const view = await findSurveyView(pledge.deps.db, pledge.actor, pledge.key)
  refuseNotOpen(pledge, view)
  const { campaign_id, backer_id } = pledge.key
  const closed = closedOf(view)
  const next = new URL(args.request.url).searchParams.get('next') === 'review' || view.file.order ? 'review' : null
  if (!closed && !view.steps.includes(step)) {
    throw seeOther(paths.pledge_step(campaign_id, backer_id, stepAfter(view.steps, step), { next }))
  }
  return { pledge, view, page: stepFrame(pledge, view, step, { closed, next }) }
}

function stepFrame(
  pledge: Pledge,
  view: SurveyView,
  step: SurveyStep,
  rest: { closed: Closed | null; next: 'review' | null },
): StepFrame {
  const { order } = view.file
  const index = view.steps.indexOf(step)
  const before = view.steps[index - 1]
  const { campaign_id, backer_id } = pledge.key
  return {
    frame: frameOf(view.campaign, pledge.deps.clock.now(), order?.number),
    backer_id,
    names: view.steps.map((each) => STEP_NAME[each]),
    now: Math.max(0, index),
    order_number: order?.number ?? null,
    back_to: rest.next
      ? paths.pledge_step(campaign_id, backer_id, 'review')
      : before
        ? paths.pledge_step(campaign_id, backer_id, before)
        : null,
    order_path: paths.pledge(campaign_id, backer_id),
    ...rest,
  }
}

/** Why the choices of this order cannot be changed now; null while they can. */
export function closedOf(view: SurveyView, typed: Closed['typed'] = [], while_open = false): Closed | null {
  const { order } = view.file
  const code = order ? refusalOfChange(order.status, 'choices') : null
  if (!order || !code) return null
  return { code, since: sinceOf(order, code), typed, while_open }
}

/** When what refuses a change came about (ISO). */
export function sinceOf(order: Row<'orders'>, code: string): string | null {
  const at: Record<string, Date | null> = {
    order_canceled: order.canceled_at,
    already_shipped: order.shipped_at,
    reopen_first: order.address_finalized_at,
  }
  return (code in at ? at[code] : order.locked_at)?.toISOString() ?? null
}

interface SaveStep {
  step: SurveyStep
  /** Takes only what the survey asks; the rest of a form is ignored. */
  read: (form: FormData, view: SurveyView) => SurveyInput
  /** What is wrong with the step once it is merged in; left out: what the survey's own problems say of it. */
  check?: (after: SurveyView) => FormProblem[]
  /** Back to the same step instead of on: a button that works out the total anew. */
  stay?: (form: FormData) => boolean
}

/**
 * Saves one step: reads what was posted, refuses what is wrong with it (422, nothing saved, everything typed kept), saves the draft and
 * leads on. Choices that were locked meanwhile are refused with what was typed.
 */
export async function saveStep(args: PledgeArgs, { step, read, check, stay }: SaveStep) {
  const pledge = await openPledge(args)
  const form = await readForm(args.request, pledge)
  const before = await findSurveyView(pledge.deps.db, pledge.actor, pledge.key)
  refuseNotOpen(pledge, before)
  const parsed = surveyDataSchema.safeParse(read(form, before))
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path }) => ({
      id: path.join('.'),
      message: 'This is too long, or not what was asked.',
    }))
    return unsaved({ problems }, 422)
  }
  const after = surveyView(before.campaign, before.catalog, before.file, mergeData(before.data, parsed.data))
  const closed = closedOf(before, describeChanges(after.catalog, after.file, after.data), true)
  if (closed) return unsaved({ closed, view: after }, 409)
  const problems = check ? check(after) : problemsOfStep(after, step)
  if (problems.length > 0) return unsaved({ problems, view: after }, 422)
  try {
    await inTransaction(pledge.deps, (tx) => saveDraft(tx, pledge.actor, { ...pledge.key, data: parsed.data, step }))
  } catch (error) {
    return await refusedSave(pledge, after, error)
  }
  const { campaign_id, backer_id } = pledge.key
  const next = textOf(form, 'next') === 'review' ? 'review' : null
  if (stay?.(form)) throw seeOther(paths.pledge_step(campaign_id, backer_id, step, { next }))
  throw seeOther(nextPath(pledge, after, step, next))
}

/** A survey that nobody may fill in now is explained on the pledge's own page. */
export function refuseNotOpen(pledge: Pledge, view: SurveyView): void {
  const { campaign_id, backer_id } = pledge.key
  if (['not_sent', 'waiting', 'withdrawn'].includes(view.file.backer.survey)) throw seeOther(paths.pledge(campaign_id, backer_id))
}

async function refusedSave(pledge: Pledge, after: SurveyView, error: unknown) {
  const { refused, status } = refusedBy(error)
  const now = await findSurveyView(pledge.deps.db, pledge.actor, pledge.key)
  const closed = closedOf(now, describeChanges(after.catalog, now.file, after.data), true)
  return unsaved({ refused, closed, view: after }, status)
}

/** Where a saved step leads: on to the next, or back to the review it was changed from, unless another step has a problem now. */
export function nextPath(pledge: Pledge, after: SurveyView, step: SurveyStep, back: 'review' | null): string {
  const { campaign_id, backer_id } = pledge.key
  if (!back) return paths.pledge_step(campaign_id, backer_id, stepAfter(after.steps, step))
  const wrong = new Set(after.problems.map(({ field }) => stepOfField(field)))
  const next = after.steps.find((each) => wrong.has(each)) ?? 'review'
  return paths.pledge_step(campaign_id, backer_id, next, next === 'review' ? {} : { next: 'review' })
}

export function unsaved(answer: Partial<Unsaved>, status: number) {
  return data({ problems: [], refused: null, closed: null, view: null, ...answer } satisfies Unsaved, { status })
}

/** The answer as a page takes it: what was typed as its own fields, instead of the whole survey. */
export function withTyped<T>(answer: ReturnType<typeof unsaved>, fieldsOf: (view: SurveyView) => T) {
  const { view, ...rest } = answer.data
  return data({ ...rest, typed: view && fieldsOf(view) }, answer.init ?? undefined)
}

/** The problems of one step, to be shown at its fields. */
export function problemsOfStep(view: SurveyView, step: SurveyStep): FormProblem[] {
  return view.problems.filter(({ field }) => stepOfField(field) === step).map(asFormProblem)
}

export function asFormProblem({ field, message }: Pick<SurveyProblem, 'field' | 'message'>): FormProblem {
  return { id: field, message }
}
