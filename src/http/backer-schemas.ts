import { z } from '@hono/zod-openapi'
import { ORDER_STATUSES, SURVEY_STATES } from '../domain/orders/lifecycle.ts'
import { campaignParams, id, money, time } from './openapi.ts'

export const backerParams = campaignParams.extend({ backer_id: id })

export const backer = z
  .object({
    id,
    number: z.int().nullable().describe('The number of the report; not stable'),
    name: z.string(),
    email: z.string(),
    email_state: z.enum(['ok', 'relay', 'bounced']),
    level_id: id.nullable(),
    level_name: z.string().nullable(),
    pledge_status: z.string(),
    pledge_amount: money,
    country: z.string().nullable(),
    survey: z.enum(SURVEY_STATES),
    survey_sent_at: time.nullable(),
    reminders: z.int(),
    reminded_at: time.nullable(),
    note: z.string().describe("Staff's note"),
    version: z.int(),
    order: z.object({ id, number: z.int(), status: z.enum(ORDER_STATUSES), balance_due: money, on_hold: z.boolean() }).nullable(),
    link: z.string().optional().describe('The secret link, where it was asked for'),
  })
  .openapi('Backer')

export const wholeBacker = backer
  .extend({
    contact_saved_here: z.boolean().describe('Name or mail were corrected here: a report never overwrites them'),
    pledge_minimum: money,
    pledge_shipping: money.describe('Shipping already paid'),
    pledge_bonus: money.nullable(),
    pledged_at: z.string().nullable().describe('Local time of the platform, without zone'),
    platform_uid: z.string().nullable(),
    pledged_addons: z.array(z.object({ addon_id: id, name: z.string(), quantity: z.int() })),
    report_note: z.string(),
    link_version: z.int(),
    survey_started_at: time.nullable(),
    created_at: time,
  })
  .openapi('WholeBacker')

export const reason = z.string().trim().max(1_000).nullish().describe("Staff's words, kept with the event")
export const givenReason = z.string().trim().min(1).max(1_000).describe("Staff's words, kept with the event")
