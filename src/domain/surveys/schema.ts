import { z } from 'zod'
import { type Address, addressInputSchema } from '../shipping/address.ts'

/** What a backer fills in: the draft, and the body of "answer for a backer". Every part may be left out. */
export const surveyDataSchema = z
  .strictObject({
    answers: z.record(z.uuid(), z.string().max(5_000)).describe('By question id'),
    options: z
      .record(z.string().max(120), z.uuid())
      .describe('SKU id by option key: `level:<item id>` or `addon:<add-on id>:<item id>`'),
    addons: z.record(z.uuid(), z.int().min(0).max(999)).describe('Quantity by add-on id, those bought on the platform included'),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .nullable()
      .describe('Where it goes, until there is an address'),
    address: addressInputSchema.nullable(),
    address_accepted: z.boolean().describe('The address is right as it is, although it looks unusual'),
  })
  .partial()
export type SurveyInput = z.infer<typeof surveyDataSchema>

/** A whole draft. */
export interface SurveyData {
  answers: Record<string, string>
  options: Record<string, string>
  addons: Record<string, number>
  country: string | null
  address: Address | null
  address_accepted: boolean
}

/** Under which key the chosen SKU of an item stands: a level has each item once, an add-on asks for its own. */
export function optionKey(source: 'level' | 'addon', source_id: string | null, item_id: string): string {
  return source === 'level' ? `level:${item_id}` : `addon:${source_id}:${item_id}`
}
