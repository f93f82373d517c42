import { sql } from 'kysely'
import { z } from 'zod'
import type { Row } from '../../db/types.ts'
import { MAIL_ADDRESS, mailStateOf } from '../../lib/mail-address.ts'
import type { Actor } from '../shared/actor.ts'
import { invalid } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import type { BackerKey } from '../shared/keys.ts'
import type { Tx } from '../shared/tx.ts'
import { refreshSearch } from './search.ts'
import { saveBacker, takeBacker } from './take-backer.ts'

export const contactSchema = z.strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  email: z.string().trim().max(254).regex(MAIL_ADDRESS, 'Enter a mail address like ada@example.com').optional(),
  reason: z.string().trim().max(1_000).nullish(),
})
export type ContactInput = BackerKey & z.infer<typeof contactSchema>

/**
 * Corrects name or mail of a backer. Guarantees: a later report never overwrites them; a bounced address counts as good again, until it
 * bounces; a relay address is flagged; the event holds field names only. Refuses a correction of nothing (422 `nothing_to_do`).
 */
export async function correctContact(tx: Tx, actor: Actor, input: ContactInput): Promise<Row<'backers'>> {
  const { backer } = await takeBacker(tx, actor, input)
  const name = input.name?.trim() ?? backer.name
  const email = input.email?.trim() ?? backer.email
  if (name === '') throw invalid('Enter a name.', [{ field: 'name', code: 'invalid', message: 'Enter a name.' }])
  const fields = [...(name === backer.name ? [] : ['name']), ...(email === backer.email ? [] : ['email'])]
  // The same address sent again says "it is right": its mails are tried again.
  const isVouched = input.email !== undefined && backer.email_state === 'bounced'
  if (fields.length === 0 && !isVouched) throw invalid('Nothing was changed.', [], 'nothing_to_do')
  const email_state = input.email === undefined ? backer.email_state : mailStateOf(email)
  const saved = await saveBacker(tx, backer, { name, email, email_state, contact_saved_here: true })
  await refreshSearch(tx.db, backer.campaign_id, sql`b.id = ${backer.id}`)
  await appendEvent(tx, actor, {
    campaign_id: backer.campaign_id,
    kind: 'backer_corrected',
    backer_id: backer.id,
    reason: input.reason ?? null,
    data: { fields: fields.length > 0 ? fields : ['email_state'] },
  })
  return saved
}
