import type { Row } from '../../db/types.ts'
import { newId } from '../../lib/id.ts'
import type { Actor } from '../shared/actor.ts'
import { invalid } from '../shared/errors.ts'
import { jsonb } from '../shared/events.ts'
import type { Tx } from '../shared/tx.ts'
import {
  beginCatalogueChange,
  type CatalogueKey,
  countText,
  inUse,
  nextPosition,
  noteChange,
  refuseUnknown,
  refuseUnknownIds,
} from './catalogue-parts.ts'
import type { QuestionInput, Saved } from './schema.ts'
import { countAnswers } from './usage.ts'

/**
 * Makes a question, or changes one as a whole. Refuses: a choice with fewer than two choices (`choices_missing`), a level this campaign does
 * not have (`unknown`), and what would change the meaning of an answer in an order: another text or kind, or taking away a choice that
 * was made (`question_answered`). Help, order, "required", new choices and the level may change any time.
 */
export async function saveQuestion(tx: Tx, actor: Actor, input: Saved<QuestionInput>): Promise<Row<'questions'>> {
  await beginCatalogueChange(tx, actor, input.campaign_id)
  const key = { campaign_id: input.campaign_id, id: input.id ?? newId() }
  if (input.id) await refuseUnknown(tx.db, 'questions', key, 'question')
  if (input.kind === 'choice' && input.choices.length < 2) {
    const message = 'Name at least two choices.'
    throw invalid(message, [{ field: 'choices', code: 'choices_missing', message }], 'choices_missing')
  }
  if (input.level_id) await refuseUnknownIds(tx.db, 'levels', key.campaign_id, [input.level_id], 'level_id')
  const before = await findQuestion(tx, key)
  if (before) await refuseOtherMeaning(tx, before, input)
  const { prompt, help, kind, level_id, required } = input
  const position = input.position ?? before?.position ?? (await nextPosition(tx.db, 'questions', key.campaign_id))
  const columns = { prompt, help, kind, level_id, required, position, choices: jsonb(kind === 'choice' ? input.choices : []) }
  const saved = await tx.db
    .insertInto('questions')
    .values({ ...key, ...columns, created_at: tx.now })
    .onConflict((conflict) => conflict.columns(['campaign_id', 'id']).doUpdateSet(columns))
    .returningAll()
    .executeTakeFirstOrThrow()
  await noteChange(tx, actor, { ...key, noun: 'question', done: before ? 'changed' : 'added' })
  return saved
}

/** Takes a question away. Refuses one that an order answers (`question_answered`). */
export async function deleteQuestion(tx: Tx, actor: Actor, key: CatalogueKey): Promise<void> {
  await beginCatalogueChange(tx, actor, key.campaign_id)
  await refuseUnknown(tx.db, 'questions', key, 'question')
  const answered = total(await countAnswers(tx.db, key.campaign_id, key.id))
  if (answered > 0) throw inUse('question_answered', `${orders(answered)} this question, so it stays.`, answered)
  await tx.db.deleteFrom('questions').where('campaign_id', '=', key.campaign_id).where('id', '=', key.id).execute()
  await noteChange(tx, actor, { ...key, noun: 'question', done: 'deleted' })
}

async function findQuestion(tx: Tx, key: CatalogueKey): Promise<Row<'questions'> | undefined> {
  return await tx.db
    .selectFrom('questions')
    .selectAll()
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.id)
    .executeTakeFirst()
}

async function refuseOtherMeaning(tx: Tx, before: Row<'questions'>, input: QuestionInput): Promise<void> {
  const answers = await countAnswers(tx.db, before.campaign_id, before.id)
  const answered = total(answers)
  if (answered === 0) return
  if (before.prompt !== input.prompt || before.kind !== input.kind) {
    const message = `${orders(answered)} this question, so its text and kind stay. Add to its help, or ask another question.`
    throw inUse('question_answered', message, answered)
  }
  const gone = before.choices.find((choice) => !input.choices.includes(choice) && answers.has(choice))
  if (gone === undefined) return
  const count = answers.get(gone) ?? 0
  const who = `${countText(count, 'order')} chose`
  throw inUse('question_answered', `${who} “${gone}”, so it stays.`, count)
}

function total(answers: Map<string, number>): number {
  return [...answers.values()].reduce((sum, n) => sum + n, 0)
}

function orders(count: number): string {
  return `${countText(count, 'order')} ${count === 1 ? 'answers' : 'answer'}`
}
