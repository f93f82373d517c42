import { z } from '@hono/zod-openapi'
import { id, money, time } from './openapi.ts'

/** What the API answers about imports of a report. */

const proposal = z
  .object({
    levels: z.array(
      z.object({
        platform_reward_id: z.string().nullable(),
        report_name: z.string().nullable(),
        name: z.string(),
        rows: z.int(),
        proposed_price: money.nullable(),
        items: z.array(z.object({ name: z.string(), quantity: z.int() })),
      }),
    ),
    items: z.array(z.string()),
    addons: z.array(z.object({ platform_id: z.string(), name: z.string(), rows: z.int() })),
    questions: z.array(z.object({ prompt: z.string(), levels: z.array(z.string()).nullable() })),
  })
  .openapi('CatalogueProposal')

export const importView = z
  .object({
    id,
    file_name: z.string(),
    file_size: z.int(),
    generation: z.string().nullable().describe('K1 to K6: which of Kickstarter’s layouts it is'),
    state: z.enum(['reading', 'previewed', 'refused', 'applied', 'discarded', 'failed']),
    rows_total: z.int(),
    counts: z
      .record(z.string(), z.int())
      .describe('new, changed, unchanged, problem, twice, gone; after apply also repriced and held'),
    imported: z.int().nullable().describe('After apply: rows in the books. With reported these are all rows of the file'),
    reported: z.int().nullable().describe('After apply: rows that are listed instead'),
    outcomes: z
      .array(z.object({ code: z.string(), outcome: z.enum(['applied', 'reported']), count: z.int() }))
      .describe('Changed rows that cannot be applied as a whole, by reason; empty in lists'),
    fault: z
      .object({
        code: z.string(),
        file: z.string(),
        line: z.int().nullable(),
        column: z.string().nullable(),
        message: z.string(),
        fix: z.string(),
      })
      .nullable()
      .describe('Why the file was refused'),
    files: z.array(z.object({ file: z.string(), generation: z.string(), rows: z.int(), headers: z.array(z.string()) })),
    ignored: z.array(z.object({ name: z.string(), reason: z.string() })),
    proposal: proposal.nullable().describe('The catalogue that the report describes'),
    created_at: time,
    applied_at: time.nullable(),
  })
  .openapi('Import')

export const importRow = z
  .object({
    n: z.int(),
    file: z.string(),
    line: z.int(),
    kind: z.enum(['new', 'changed', 'unchanged', 'problem', 'twice']).nullable(),
    outcome: z.enum(['applied', 'reported']).nullable(),
    uid: z.string().nullable(),
    backer_id: id.nullable(),
    name: z.string(),
    email: z.string(),
    pledge_amount: money,
    pledged_status: z.string(),
    problems: z.array(
      z.object({
        code: z.string(),
        column: z.string().nullable(),
        value: z.string().nullable(),
        message: z.string(),
        fix: z.string(),
      }),
    ),
  })
  .openapi('ImportRow')
