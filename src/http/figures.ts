import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { findFigures } from '../domain/campaigns/figures.ts'
import { ASKING_MAILINGS } from '../domain/campaigns/figures-answers.ts'
import { ownCampaign } from '../domain/shared/policy.ts'
import { actorOf, newRoutes } from './context.ts'
import { campaignParams, id, json, money, problems } from './openapi.ts'

const day = z.iso.date().describe("A day of the campaign's time zone")

const figures = z
  .object({
    time_zone: z.string(),
    currency: z.string(),
    asked: z.int().describe('Backers who got the survey, answered or not'),
    answers: z.object({
      answered: z.int().describe('Surveys answered: as many as there are orders, canceled ones too'),
      days: z
        .array(z.object({ day, answers: z.int().describe('Its orders: ?answered=day'), total: z.int() }))
        .describe('Days with an answer, in order'),
      mailings: z
        .array(z.object({ operation_id: id, kind: z.enum(ASKING_MAILINGS), day, backers: z.int() }))
        .describe('Invitations and reminders that reached somebody, in order'),
      today: day,
    }),
    money: z.object({
      pledged: money.describe('What the platform took, as far as it counts for orders'),
      added: money.describe('What orders are worth beyond that: collected + settled + open'),
      collected: money.describe('Taken from cards here, less what went back'),
      settled: money.describe('Settled without a card: paid elsewhere or waived'),
      open: money.describe('Still owed'),
      credit: money.describe("In backers' favour"),
      canceled_kept: money.describe('Taken from cards here, and kept after the order was canceled'),
    }),
    countries: z
      .array(z.object({ country: z.string().nullable().describe('null: ?country=none'), orders: z.int() }))
      .describe('Orders that are not canceled by the country they go to, the most first'),
    failures: z
      .object({
        orders: z.int(),
        amount: money,
        by_code: z.array(z.object({ code: z.string(), count: z.int(), amount: money.describe('What these orders owe now') })),
      })
      .describe('Errored orders by what their last charge failed with: ?status=errored&failure=code'),
  })
  .openapi('Figures')

const read = createRoute({
  method: 'get',
  path: '/campaigns/{campaign_id}/figures',
  operationId: 'readFigures',
  summary: 'Answers by day, where the money stands, countries, and failed payments by reason',
  tags: ['Counts'],
  request: { params: campaignParams },
  responses: { 200: json(figures, 'The figures behind the pictures of the dashboard'), ...problems },
})

/** The figures of the dashboard. */
export function figureRoutes(deps: Deps) {
  return newRoutes().openapi(read, async (c) => {
    const campaign = await ownCampaign(deps.db, actorOf(c), c.req.valid('param').campaign_id)
    const { time_zone, currency } = campaign
    return c.json({ time_zone, currency, ...(await findFigures(deps.db, campaign, deps.clock.now())) }, 200)
  })
}
