import { createRoute, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.server.ts'
import { backerSelectionSchema, NOT_ANSWERED, NOT_SENT, WITHOUT_PAYMENT_METHOD } from '../domain/backers/selection.ts'
import type { StepAnswer } from '../domain/operations/start-step.ts'
import type { MailingInput } from '../domain/surveys/mailing.ts'
import {
  askPaymentMethod,
  type MailingPreview,
  previewAskPaymentMethod,
  previewRemindBackers,
  remindBackers,
} from '../domain/surveys/remind-backers.ts'
import { previewSendSurveys, type SendPreview, sendSurveys } from '../domain/surveys/send-surveys.ts'
import { actorOf, newRoutes } from './context.ts'
import { commit } from './idempotency.ts'
import { campaignParams, id, json, jsonBody, problems } from './openapi.ts'

const tags = ['Surveys']
const dry_run = z.boolean().default(false).describe('Count who would get the mail, and mail nobody')

const body = (whom: string) => {
  const selection = backerSelectionSchema.optional().describe(`Backers, or a filter. Left out: ${whom}`)
  return { ...jsonBody(z.strictObject({ selection, dry_run })), required: false }
}
const warning = z.object({
  code: z
    .string()
    .describe('level_without_contents, addon_without_contents, shipping_not_set, shipping_fee_missing, country_not_served'),
  names: z.array(z.string()),
  backers: z.int().describe('How many it touches'),
})
const answer = z
  .object({
    state: z.enum(['preview', 'done', 'queued']).describe('queued: read the operation until it is done'),
    total: z.int().describe('How many backers the selection holds'),
    moved: z.int().describe('How many get the mail'),
    left: z
      .array(z.object({ code: z.string(), count: z.int(), sample_ids: z.array(id).describe('Up to five backer ids') }))
      .describe('Who was left out, by reason'),
    operation: id.nullable(),
    refusal: z.string().nullable().describe('With a dry run: why nothing could be sent now'),
    warnings: z.array(warning).describe('With a dry run of send: what looks unfinished in the catalogue'),
  })
  .openapi('MailingAnswer')
const responses = { 200: json(answer, 'Who gets the mail, and who was left out'), ...problems }

const send = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/surveys/send',
  operationId: 'sendSurveys',
  summary: 'Send the survey to all who have not got it, or to a selection',
  tags,
  request: { params: campaignParams, body: body('all whose survey was not sent') },
  responses,
})
const remind = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/surveys/remind',
  operationId: 'remindBackers',
  summary: 'Remind all who have not answered, or a selection of them',
  tags,
  request: { params: campaignParams, body: body('all who got the survey and have not confirmed it') },
  responses,
})
const ask = createRoute({
  method: 'post',
  path: '/campaigns/{campaign_id}/surveys/ask-payment-method',
  operationId: 'askPaymentMethod',
  summary: 'Mail the backers whose order lacks a payment method that it needs',
  tags,
  request: { params: campaignParams, body: body('all whose order needs one') },
  responses,
})

function fromPreview(preview: MailingPreview) {
  return { ...preview, state: 'preview' as const, operation: null, warnings: [] }
}
function fromSendPreview(preview: SendPreview) {
  return { ...preview, state: 'preview' as const, operation: null }
}
function fromAnswer(done: StepAnswer) {
  return { ...done, refusal: null, warnings: [] }
}

/** Mails to many backers at once. */
export function mailingRoutes(deps: Deps) {
  const smtp = deps.mailer !== null
  return newRoutes()
    .openapi(send, async (c) => {
      const { dry_run: isPreview, selection = NOT_SENT } = c.req.valid('json') ?? {}
      const input: MailingInput = { ...c.req.valid('param'), selection, smtp }
      if (isPreview) return c.json(fromSendPreview(await previewSendSurveys(deps.db, actorOf(c), input)), 200)
      return c.json(await commit(c, deps, async (tx) => fromAnswer(await sendSurveys(tx, actorOf(c), input))), 200)
    })
    .openapi(remind, async (c) => {
      const { dry_run: isPreview, selection = NOT_ANSWERED } = c.req.valid('json') ?? {}
      const input: MailingInput = { ...c.req.valid('param'), selection, smtp }
      if (isPreview) return c.json(fromPreview(await previewRemindBackers(deps.db, actorOf(c), input)), 200)
      return c.json(await commit(c, deps, async (tx) => fromAnswer(await remindBackers(tx, actorOf(c), input))), 200)
    })
    .openapi(ask, async (c) => {
      const { dry_run: isPreview, selection = WITHOUT_PAYMENT_METHOD } = c.req.valid('json') ?? {}
      const input: MailingInput = { ...c.req.valid('param'), selection, smtp }
      if (isPreview) return c.json(fromPreview(await previewAskPaymentMethod(deps.db, actorOf(c), input)), 200)
      return c.json(await commit(c, deps, async (tx) => fromAnswer(await askPaymentMethod(tx, actorOf(c), input))), 200)
    })
}
