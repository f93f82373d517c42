import { z } from 'zod'
import { countrySchema } from '../campaigns/schema.ts'

const MOST_MONEY = 100_000_000_000

const text = (most: number) => z.string().trim().max(most, `At most ${most} characters.`)
const name = (most: number) => text(most).min(1, 'Fill this in.')
const position = z.int().min(0).max(100_000).describe('Place in the list; left out: where it is, or last').optional()
const money = z.int('A whole number of minor units.').min(0, 'Not below zero.').max(MOST_MONEY, 'This amount is too large.')

const contents = z
  .array(
    z.strictObject({
      item_id: z.uuid(),
      quantity: z.int().min(1, 'At least one.').max(1_000, 'At most 1,000.'),
    }),
  )
  .max(200)
  .refine((rows) => isDistinct(rows.map((row) => row.item_id)), 'An item is named twice: say how many instead.')
export type ContentsInput = z.infer<typeof contents>

const skuInputSchema = z.strictObject({
  id: z.uuid().optional().describe('Left out: a new SKU'),
  code: text(60).optional().describe('Unique in the campaign; left out: made from the names'),
  option_name: text(120).default('').describe('What a backer chooses, such as "Blue, XL"; empty where the item has one SKU'),
  weight_g: z.int().min(0).max(1_000_000).nullable().default(null).describe('Grams'),
  stock_on_hand: z
    .int()
    .min(0)
    .max(10_000_000)
    .nullable()
    .optional()
    .describe('Counted in the warehouse; left out: stays as it is'),
})
export type SkuInput = z.infer<typeof skuInputSchema>

/** An item with all its SKUs: what is not listed any more is taken away. */
export const itemInputSchema = z.strictObject({
  name: name(200),
  kind: z.enum(['physical', 'digital']).default('physical'),
  skus: z.array(skuInputSchema).min(1, 'An item has at least one SKU.').max(200),
  position,
})
export type ItemInput = z.infer<typeof itemInputSchema>

/** A pledge level and what it holds. Its price belongs to "What the pledge paid for". */
export const levelInputSchema = z.strictObject({
  name: name(200),
  items: contents.describe('What one pledge of this level holds'),
  position,
})
export type LevelInput = z.infer<typeof levelInputSchema>

export const addonInputSchema = z.strictObject({
  name: name(200),
  description: text(2_000).default(''),
  price: money.describe('What one costs here, in minor units'),
  limit_per_backer: z
    .int()
    .min(1)
    .max(999)
    .nullable()
    .default(null)
    .describe('Counts pledged and added together; null: no limit'),
  stock: z
    .int()
    .min(0)
    .max(100_000_000)
    .nullable()
    .default(null)
    .describe('How many may be added here, on top of what was pledged; null: no limit'),
  offered: z.boolean().default(true).describe('false: nobody can add it any more; who has it keeps it'),
  items: contents.min(1, 'An add-on holds at least one item.').describe('What one piece holds'),
  position,
})
export type AddonInput = z.infer<typeof addonInputSchema>

const fees = z.record(z.uuid(), money)

export const regionInputSchema = z.strictObject({
  name: name(120),
  kind: z.enum(['countries', 'everywhere_else']),
  served: z.boolean().default(true).describe('false: we do not ship there'),
  countries: z
    .array(countrySchema)
    .max(300)
    .default([])
    .transform((codes) => [...new Set(codes)].sort()),
  level_fees: fees.default({}).describe('Fee by level id, in minor units; left out: 0'),
  addon_fees: fees.default({}).describe('Fee for each piece by add-on id, in minor units; left out: 0'),
  position,
})
export type RegionInput = z.infer<typeof regionInputSchema>

export const questionInputSchema = z.strictObject({
  prompt: name(500),
  help: text(2_000).default(''),
  kind: z.enum(['text', 'choice']),
  choices: z.array(name(200)).max(100).default([]).refine(isDistinct, 'A choice is named twice.'),
  level_id: z.uuid().nullable().default(null).describe('null: asked of every backer'),
  required: z.boolean().default(false),
  position,
})
export type QuestionInput = z.infer<typeof questionInputSchema>

/** A row's own ids: `id` left out makes a new one. */
export type Saved<T> = T & { campaign_id: string; id?: string }

function isDistinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length
}
