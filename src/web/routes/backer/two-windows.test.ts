import { expect, test } from 'vitest'
import { useTestBackerPages } from '../../../../test/setup/backer-pages.ts'
import { confirmSurvey } from '../../../domain/orders/change-order.ts'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { action as saveQuestions } from './questions.tsx'
import { action as confirm, loader as reviewPage } from './review.tsx'

const { program, campaign, backerOf, ask, answer, orderOf, colour, game } = useTestBackerPages()

type Backer = Awaited<ReturnType<typeof backerOf>>

const edit = (backer: Backer, option: string, answered: string) =>
  ask(saveQuestions, backer, { form: { [game()]: option, [colour()]: answered } })

async function reviewForm(backer: Backer) {
  const { data } = await ask(reviewPage, backer)
  return { draft: String(data?.draft), agreed_total: String(data?.total), intent: 'confirm' }
}

test('a review of an earlier edit does not confirm a later one, though each is the first save of its edit', async () => {
  const backer = await backerOf()
  await answer(backer)
  await edit(backer, campaign.skus.german, 'Red')
  const earlier = await reviewForm(backer)
  expect((await ask(confirm, backer, { form: earlier })).status).toBe(303)
  await edit(backer, campaign.skus.english, 'Blue')
  expect((await ask(confirm, backer, { form: earlier })).data?.refused).toMatchObject({ code: 'draft_changed' })
  expect(await orderOf(backer)).toMatchObject({ version: 2, answers: { [campaign.questions.colour]: 'Red' } })
})

test('what is saved between the page’s look and its confirmation is not confirmed unseen', async () => {
  const backer = await backerOf()
  await answer(backer)
  await edit(backer, campaign.skus.german, 'Red')
  const { draft: seen_draft } = await reviewForm(backer)
  await edit(backer, campaign.skus.english, 'Blue')
  const input = { campaign_id: campaign.id, backer_id: backer.id, seen_draft }
  await expect(inTransaction(program.deps, (tx) => confirmSurvey(tx, campaign.staff, input))).rejects.toMatchObject({
    code: 'draft_changed',
  })
})
