import { z } from 'zod'
import { isCurrency } from '../../lib/currencies.ts'
import { MAIL_ADDRESS } from '../../lib/mail-address.ts'
import { isCountry } from '../shipping/country-formats.ts'

/** A country by its ISO 3166 code, in capitals. */
export const countrySchema = z
  .string()
  .trim()
  .toUpperCase()
  .refine(isCountry, 'Choose a country of the list, by its two letters.')
  .describe('ISO 3166-1 alpha-2')

const lineOfText = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'Fill this in.')
    .max(most, `At most ${most} characters.`)
    .refine((text) => !hasControls(text), 'One line of text, please.')

const fields = {
  name: lineOfText(120).describe('As backers know the campaign'),
  creator_name: lineOfText(120).describe('"by ..." on backers\' pages and in mails; left out: the account\'s name'),
  ship_from_country: countrySchema,
  time_zone: z
    .string()
    .trim()
    .refine(isTimeZone, 'Choose a time zone of the list, such as Europe/Berlin.')
    .describe('IANA time zone'),
  support_email: z
    .string()
    .trim()
    .max(254, 'At most 254 characters.')
    .regex(MAIL_ADDRESS, 'Write it like name@example.com.')
    .describe('Backers answer to this address'),
  lockdown_on: z.iso
    .date('Write the date as YYYY-MM-DD.')
    .nullable()
    .describe('The deadline that backers are shown; it locks nothing'),
  charge_on: z.iso
    .date('Write the date as YYYY-MM-DD.')
    .nullable()
    .describe('The planned day of the charge; it charges nothing. 14 days before, backers whose card expires by then are mailed'),
  retry_failed_cards: z
    .boolean()
    .describe('Try failed cards again by themselves, within the limits of the card networks; on unless changed'),
  payment_method_required: z.boolean().describe('Ask every backer for a payment method, owed or not'),
  undo_ship_hours: z
    .int('A whole number of hours.')
    .min(0, 'Between 0 and 720 hours.')
    .max(720, 'Between 0 and 720 hours.')
    .describe('How long after shipping it can be taken back; 24 unless changed'),
}

const currency = z
  .string()
  .trim()
  .toUpperCase()
  .refine(isCurrency, 'Choose a currency of the list, by its three letters.')
  .describe('ISO 4217; fixed when the campaign is made')
const mode = z.enum(['test', 'live']).describe('Fixed when the campaign is made; in test no money moves')

/** What a new campaign is made of. */
export const campaignInputSchema = z.strictObject({
  ...fields,
  creator_name: fields.creator_name.optional(),
  lockdown_on: fields.lockdown_on.optional(),
  charge_on: fields.charge_on.optional(),
  payment_method_required: fields.payment_method_required.optional(),
  retry_failed_cards: fields.retry_failed_cards.optional(),
  undo_ship_hours: fields.undo_ship_hours.optional(),
  currency,
  mode,
})
export type CampaignInput = z.infer<typeof campaignInputSchema>

/** What can be changed later; currency and mode are taken only to say that they are fixed. */
export const campaignChangeSchema = z
  .strictObject({
    ...fields,
    currency,
    mode,
    expected_version: z.int().describe('The version you saw; refused with `changed_meanwhile` when it is another'),
  })
  .partial()
export type CampaignChange = z.infer<typeof campaignChangeSchema>

function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text)
}

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
