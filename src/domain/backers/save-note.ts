import { sql } from 'kysely'
import { z } from 'zod'
import type { Row } from '../../db/types.ts'
import type { Actor } from '../shared/actor.ts'
import { appendEvent } from '../shared/events.ts'
import type { BackerKey } from '../shared/keys.ts'
import type { Tx } from '../shared/tx.ts'
import { refreshSearch } from './search.ts'
import { saveBacker, takeBacker } from './take-backer.ts'

export const noteSchema = z.strictObject({ note: z.string().trim().max(5_000).describe('Empty: no note') })

/** Saves staff's note about a backer, whole. Saving the same note again does nothing. */
export async function saveNote(tx: Tx, actor: Actor, input: BackerKey & { note: string }): Promise<Row<'backers'>> {
  const { backer } = await takeBacker(tx, actor, input)
  const staff_note = input.note.trim()
  if (staff_note === backer.staff_note) return backer
  const saved = await saveBacker(tx, backer, { staff_note })
  await refreshSearch(tx.db, backer.campaign_id, sql`b.id = ${backer.id}`)
  await appendEvent(tx, actor, {
    campaign_id: backer.campaign_id,
    kind: 'note_saved',
    backer_id: backer.id,
    data: { fields: ['staff_note'] },
  })
  return saved
}
