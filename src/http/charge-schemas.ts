import { z } from '@hono/zod-openapi'
import { ATTEMPT_STATES } from '../domain/payments/attempts.ts'
import { RUN_ORDER_STATES } from '../domain/payments/statuses.ts'
import { campaignParams, id, money, time } from './openapi.ts'
import { leftOut } from './order-schemas.ts'

/** What the API answers about charges. The names are those of the columns. */

export const runParams = campaignParams.extend({ run_id: id })

export const runOrderState = z
  .enum(RUN_ORDER_STATES)
  .openapi('RunOrderState')
  .describe('unknown: no answer yet, never counted as failed; refused: the gateway took nothing and said so')

const byState = <T extends z.ZodType>(figure: T) =>
  z.object(Object.fromEntries(RUN_ORDER_STATES.map((state) => [state, figure])) as Record<(typeof RUN_ORDER_STATES)[number], T>)

export const listedRun = z
  .object({
    id,
    state: z
      .enum(['previewed', 'running', 'paused', 'stopped', 'done'])
      .describe('previewed: counted, and started by nobody yet'),
    pause_code: z
      .string()
      .nullable()
      .describe(
        'Why it paused by itself: gateway_refused_keys, right_missing (pause_right names it), gateway_silent (it goes on by itself). Null: staff paused it',
      ),
    pause_right: z.string().nullable().describe('What the restricted key lacks'),
    retry_errored: z.boolean().describe('Errored orders are tried again'),
    pace: z.number().describe('Charges a second; halved when the gateway says that it is too many'),
    full_pace: z.number().describe('What it began with: a pace that was halved rises to it again'),
    actor: z.object({ kind: z.string(), name: z.string().nullable() }),
    created_at: time.describe('When it was counted'),
    started_at: time.nullable(),
    swept_at: time.nullable().describe("When the gateway's payments had been listed, which comes before its first charge"),
    finished_at: time.nullable(),
    total: z.int().describe('Orders the run was started for'),
    orders: byState(z.int()).describe('How many of them are in each state'),
    amounts: byState(money).describe('Their sums'),
  })
  .openapi('ChargeRun')

export const runOrder = z
  .object({
    order: z.object({ id, number: z.int() }),
    backer: z.object({ id, name: z.string() }),
    state: runOrderState,
    amount: money,
    code: z.string().nullable().describe("The bank's code of a decline, or the reason code why it was left out"),
    attempt_id: id.nullable(),
    at: time.nullable(),
  })
  .openapi('RunOrder')

export const wholeRun = listedRun
  .extend({
    failures: z
      .array(z.object({ outcome: z.enum(['declined', 'refused']), code: z.string(), count: z.int(), amount: money }))
      .describe('Why cards failed, the most frequent first'),
    left: z.array(z.object({ code: z.string(), count: z.int(), amount: money })).describe('Who was left out, by reason'),
    speed: z.number().nullable().describe('Charges a second as measured over the last minute'),
    ends_at: time.nullable().describe('When it will be done at that speed; null when it does not run, or only waits for answers'),
    unknowns: z
      .array(z.object({ code: z.string(), count: z.int(), amount: money, since: time, next_try_at: time.nullable() }))
      .describe('Attempts without an answer, by why; next_try_at: when the gateway is asked about one of them next'),
    latest: z.array(runOrder).describe('The orders that changed last'),
  })
  .openapi('WholeChargeRun')

const sum = z.object({ orders: z.int(), amount: money })

/** What a run would do. */
export const runPreview = z
  .object({
    total: z.int().describe('Orders of the selection in a status that the run is about'),
    charge: sum.describe('Cards to be charged; send it as `expected` and exactly this is started'),
    nothing_owed: z.int().describe('Become paid without the gateway'),
    left: z.array(leftOut).describe('Who cannot be charged, by reason'),
    below_minimum: sum.describe('Of those left out: balances that a waiver would forgive, and how much of them'),
    expired_cards: z.int().describe('Of those charged: cards past their date, which may fail'),
    errored_left_out: z.int().describe('Errored orders of the selection, where they are not tried again'),
    pace: z.number().describe('Charges a second'),
    minutes: z.int().describe('How long it takes at that pace'),
    run_under_way: id.nullable().describe('The run that is running or paused now: there is one at a time'),
  })
  .openapi('ChargeRunPreview')

/** What the counting or the start of a run answers. */
export const startAnswer = runPreview.extend({
  preview: id.nullable().describe('What a dry run has written down, to be started. Null where nothing could be started'),
  run: wholeRun.nullable().describe('Null with a dry run'),
})

export const attempt = z
  .object({
    id,
    number: z.int().describe('Counts within the order'),
    order: z.object({ id, number: z.int() }),
    backer: z.object({ id, name: z.string() }),
    state: z.enum(ATTEMPT_STATES).describe('created, sent and unknown are not over; an order has one of those at most'),
    amount: money,
    currency: z.string(),
    code: z.string().nullable(),
    decline_class: z.enum(['soft', 'needs_backer', 'hard']).nullable(),
    payment_method: z.object({ brand: z.string(), last4: z.string(), exp_month: z.int(), exp_year: z.int() }),
    run_id: id.nullable().describe('Null: its backer asked for it'),
    payment: z.string().nullable().describe("The gateway's own id of the payment"),
    created_at: time,
    sent_at: time.nullable(),
    settled_at: time.nullable(),
    ask_until: time
      .nullable()
      .describe('Its backer was led to their bank: until then their answer is waited for, and nothing else is charged'),
    age_seconds: z.int().describe('How long it has been under way, or was until it was over'),
  })
  .openapi('Attempt')
