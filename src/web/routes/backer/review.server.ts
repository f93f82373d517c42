import { confirmSurvey } from '../../../domain/orders/change-order.ts'
import { draftChanged } from '../../../domain/orders/refusals.ts'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { describeChanges } from '../../../domain/surveys/describe-changes.ts'
import { discardDraft, draftMark, saveDraft } from '../../../domain/surveys/drafts.ts'
import { stepOfField } from '../../../domain/surveys/steps.ts'
import { findSurveyView, type SurveyView } from '../../../domain/surveys/survey-view.ts'
import { paths } from '../../paths.ts'
import type { FormProblem } from '../../ui/error-summary.tsx'
import { type Pledge, refusedBy, seeOther, textOf } from './pledge.server.ts'
import { closedOf, unsaved } from './step.server.ts'

/** Something that stops the order from being confirmed, with the page where it is put right. */
export interface ReviewProblem extends FormProblem {
  to: string
  step: string
}

export function reviewProblems(pledge: Pledge, view: SurveyView): ReviewProblem[] {
  const { campaign_id, backer_id } = pledge.key
  return view.problems.map(({ field, message }) => {
    const step = stepOfField(field)
    return { message, step, to: `${paths.pledge_step(campaign_id, backer_id, step, { next: 'review' })}#${field}` }
  })
}

/**
 * Confirms what the review showed: refused when the draft is another one by now (saved in a second window), when the total is another
 * than the one agreed to, and for everything `confirmSurvey` refuses. A second press finds the order and leads to it.
 */
export async function confirmReview(pledge: Pledge, view: SurveyView, form: FormData) {
  const { key, actor, deps } = pledge
  const done = paths.pledge(key.campaign_id, key.backer_id, { done: 'order' })
  const draft = view.file.draft?.state === 'active' ? view.file.draft : null
  if (view.file.order && !draft && view.file.order.status === 'open') throw seeOther(done)
  const seen_draft = textOf(form, 'draft')
  if (seen_draft !== draftMark(draft)) return unsaved({ refused: refusedBy(draftChanged()).refused }, 409)
  try {
    const agreed_total = Number(textOf(form, 'agreed_total'))
    await inTransaction(deps, (tx) => confirmSurvey(tx, actor, { ...key, agreed_total, seen_draft }))
  } catch (error) {
    return await refusedConfirm(pledge, view, error)
  }
  throw seeOther(done)
}

async function refusedConfirm(pledge: Pledge, view: SurveyView, error: unknown) {
  const { refused, status } = refusedBy(error)
  const now = await findSurveyView(pledge.deps.db, pledge.actor, pledge.key)
  const closed = closedOf(now, describeChanges(view.catalog, now.file, view.data), true)
  return unsaved({ refused, closed }, status)
}

/** The backer's changes on top of the order as it stands now: they look at the outcome before they confirm it. */
export async function keepChanges(pledge: Pledge, view: SurveyView): Promise<string> {
  const { key, actor, deps } = pledge
  await inTransaction(deps, async (tx) => {
    await discardDraft(tx, actor, key)
    await saveDraft(tx, actor, { ...key, data: view.data })
  })
  return paths.pledge_step(key.campaign_id, key.backer_id, 'review')
}

/** Drops an edit: the order stays as it was confirmed. Before there is an order nothing is dropped. */
export async function dropChanges(pledge: Pledge, view: SurveyView): Promise<string> {
  const { key, actor, deps } = pledge
  if (view.file.order) await inTransaction(deps, (tx) => discardDraft(tx, actor, key))
  return paths.pledge(key.campaign_id, key.backer_id, { done: 'dropped' })
}

/** Runs what only wants something saved, and leads on; a refusal is answered where the button stands. */
export async function leadOn(run: () => Promise<string>) {
  let path: string
  try {
    path = await run()
  } catch (error) {
    const { refused, status } = refusedBy(error)
    return unsaved({ refused }, status)
  }
  throw seeOther(path)
}
