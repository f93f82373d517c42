import { beforeAll } from 'vitest'
import type { Row } from '../../src/db/types.ts'
import { confirmSurvey } from '../../src/domain/orders/change-order.ts'
import { transitionOrders } from '../../src/domain/orders/transition-orders.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { newId } from '../../src/lib/id.ts'
import { sessionCookie } from '../../src/web/backer-session.server.ts'
import { captainAnswers, makeSurveyBacker, makeSurveyCampaign, type SurveyCampaign } from '../factories/survey-campaign.ts'
import { askPage, type PageQuestion } from './ask-page.ts'
import { useTestProgram } from './deps.ts'

/** A campaign whose backers' pages are asked without a server: loaders and actions, called as React Router calls them. */
export function useTestBackerPages() {
  const program = useTestProgram()
  const campaign = {} as SurveyCampaign

  beforeAll(async () => {
    const { db, clock } = program.deps
    const now = clock.now()
    const id = newId()
    await db
      .insertInto('accounts')
      .values({ id, name: 'Ilse', email: 'ilse@example.com', image: null, created_at: now, updated_at: now })
      .execute()
    Object.assign(campaign, await makeSurveyCampaign(program.deps, id, { stock: 3 }))
  })

  const backerOf = (over: Partial<Row<'backers'>> = {}) => makeSurveyBacker(program.deps, campaign, over)

  function cookieOf(backer: Row<'backers'>): string {
    const place = { secret: program.deps.linkSecret, is_https: false, now: program.deps.clock.now() }
    return String(sessionCookie(backer, place).split(';')[0])
  }

  /** Asks a page as this backer's browser does; a form names its backer. */
  async function ask(handler: unknown, backer: Row<'backers'>, over: Partial<PageQuestion> = {}) {
    const params = { campaign: backer.campaign_id, backer: backer.id }
    const form = over.form && { backer: backer.id, ...over.form }
    return await askPage(program.deps, handler, { params, cookie: cookieOf(backer), ...over, ...(form ? { form } : {}) })
  }

  const at = (backer: Row<'backers'>, step = '') => `/b/${backer.campaign_id}/${backer.id}${step && `/${step}`}`

  async function answer(backer: Row<'backers'>, data: Parameters<typeof confirmSurvey>[2]['data'] = {}) {
    const key = { campaign_id: campaign.id, backer_id: backer.id }
    const input = { ...key, data: { ...captainAnswers(campaign), ...data } }
    return await inTransaction(program.deps, (tx) => confirmSurvey(tx, campaign.staff, input))
  }

  const orderOf = (backer: Row<'backers'>) =>
    program.deps.db
      .selectFrom('orders')
      .selectAll()
      .where('campaign_id', '=', campaign.id)
      .where('backer_id', '=', backer.id)
      .executeTakeFirst()
  const draftOf = (backer: Row<'backers'>) =>
    program.deps.db
      .selectFrom('drafts')
      .selectAll()
      .where('campaign_id', '=', campaign.id)
      .where('backer_id', '=', backer.id)
      .executeTakeFirst()

  async function lock(order_id: string) {
    return await inTransaction(program.deps, (tx) =>
      transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'lock', selection: { ids: [order_id] } }),
    )
  }

  const colour = () => `answers.${campaign.questions.colour}`
  const credits = () => `answers.${campaign.questions.credits}`
  const game = () => `options.${campaign.game_place}`
  const expansion = () => `addons.${campaign.addons.expansion}`

  const toPortugal = {
    mode: 'draft',
    'address.country': 'PT',
    'address.name': 'Mei-Ling Okonkwo-Fairweather',
    'address.line1': 'Rua das Flores 118',
    'address.postcode': '4050-262',
    'address.city': 'Porto',
  }

  return {
    program,
    campaign,
    backerOf,
    cookieOf,
    ask,
    at,
    answer,
    orderOf,
    draftOf,
    lock,
    colour,
    credits,
    game,
    expansion,
    toPortugal,
  }
}
