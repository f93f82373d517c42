import { z } from '@hono/zod-openapi'
import { ORDER_STATUSES, SURVEY_STATES } from '../domain/orders/lifecycle.ts'
import { id, money, time } from './openapi.ts'
import { address, moneyLine, quote } from './order-schemas.ts'

/** What is filled in: SurveyData. */
export const filledSurvey = z
  .object({
    answers: z.record(z.string(), z.string()).describe('By question id'),
    options: z.record(z.string(), z.string()).describe('SKU id by option key'),
    addons: z.record(z.string(), z.int()).describe('Quantity by add-on id'),
    country: z.string().nullable(),
    address: address.nullable(),
    address_accepted: z.boolean(),
  })
  .openapi('FilledSurvey')

export const survey = z
  .object({
    survey: z.enum(SURVEY_STATES),
    data: filledSurvey,
    draft: z.object({ state: z.enum(['active', 'overtaken']), updated_at: time }).nullable(),
    order: z.object({ id, number: z.int(), status: z.enum(ORDER_STATUSES), version: z.int() }).nullable(),
    lines: z.array(moneyLine).describe('What confirming it now would cost'),
    total: money,
    problems: z
      .array(z.object({ field: z.string(), code: z.string(), message: z.string() }))
      .describe('What stops it from being confirmed'),
  })
  .openapi('Survey')

const contents = z.array(
  z.object({
    item_id: id,
    name: z.string(),
    kind: z.enum(['physical', 'digital']),
    quantity: z.int(),
    options: z.array(z.object({ sku_id: id, name: z.string() })),
  }),
)

export const surveyPreview = z
  .object({
    level: z.object({ id, name: z.string(), price: money.nullable() }).nullable(),
    country: z.string().nullable(),
    served: z.boolean(),
    region_name: z.string().nullable(),
    contents,
    questions: z.array(
      z.object({
        id,
        prompt: z.string(),
        help: z.string(),
        kind: z.enum(['text', 'choice']),
        choices: z.array(z.string()),
        required: z.boolean(),
      }),
    ),
    addons: z.array(
      z.object({
        id,
        name: z.string(),
        description: z.string(),
        price: money,
        limit_per_backer: z.int().nullable(),
        left: z.int().nullable(),
        shipping_fee: money,
        contents,
      }),
    ),
    ships: z.boolean(),
    shipping_fee: money.nullable(),
    quote,
  })
  .openapi('SurveyPreview')
