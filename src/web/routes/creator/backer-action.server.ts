import { data, redirect } from 'react-router'
import type { z } from 'zod'
import { contactSchema, correctContact } from '../../../domain/backers/correct-contact.ts'
import { decidePledge, PLEDGE_DECISIONS } from '../../../domain/backers/decide-pledge.ts'
import { resendLink, revokeLink, showLink } from '../../../domain/backers/links.ts'
import { noteSchema, saveNote } from '../../../domain/backers/save-note.ts'
import { withdrawPledge } from '../../../domain/backers/withdraw-pledge.ts'
import type { Tx } from '../../../domain/shared/tx.ts'
import { isId } from '../../../lib/id.ts'
import { typedFields } from '../../form.server.ts'
import { paths, withQuery } from '../../paths.ts'
import { attempt, type PageArgs, type Refusal, requireCampaign } from './session.server.ts'

type Desk = Awaited<ReturnType<typeof requireCampaign>>
interface Key {
  campaign_id: string
  backer_id: string
}
type Fields = Record<string, string>

type Deed = (tx: Tx, desk: Desk, key: Key, fields: Fields) => Promise<unknown>

/** What can be done on a backer's page, by the button that was pressed. Each is one command of the domain. */
const DEEDS: Record<string, Deed> = {
  resend: (tx, desk, key, fields) =>
    resendLink(tx, desk.actor, { ...key, smtp: desk.deps.mailer !== null, reason: fields.reason || null }),
  revoke: (tx, desk, key, fields) => revokeLink(tx, desk.actor, { ...key, reason: fields.reason || null }),
  withdraw: (tx, desk, key, fields) => withdrawPledge(tx, desk.actor, { ...key, reason: fields.reason ?? '' }),
}

/** What a refused form is answered with, or the link that was asked for. */
export interface BackerAnswer {
  /** the form it belongs to */
  intent: string
  errors: Record<string, string[]>
  typed: Fields
  refusal: Refusal | null
  link: string | null
}

/** Carries out what was pressed on a backer's page, and leads back to it; a refusal stands at its form. */
export async function changeBacker(args: PageArgs & { params: { campaign: string; backer: string } }) {
  const desk = await requireCampaign(args)
  const typed = await typedFields(args.request)
  const intent = typed.intent ?? ''
  const key = { campaign_id: desk.campaign.id, backer_id: args.params.backer }
  if (!isId(key.backer_id)) throw data(null, { status: 404 })
  const answer = (more: Partial<BackerAnswer>, status: number) =>
    data<BackerAnswer>({ intent, errors: {}, typed, refusal: null, link: null, ...more }, status)
  if (intent === 'show_link') {
    const maker = { key: desk.deps.linkSecret, public_url: desk.deps.config.publicUrl }
    const { done, refusal } = await attempt(desk, (tx) => showLink(tx, desk.actor, { ...key, maker }))
    return refusal ? answer({ refusal }, 409) : answer({ link: done }, 200)
  }
  const checked = CHECKED[intent]?.(typed)
  if (checked?.errors) return answer({ errors: checked.errors }, 422)
  const deed = checked?.deed ?? DEEDS[intent]
  if (!deed) throw data(null, { status: 400 })
  const { refusal } = await attempt(desk, (tx) => deed(tx, desk, key, typed))
  if (!refusal) throw redirect(withQuery(paths.backer(key.campaign_id, key.backer_id), { done: intent }), { status: 303 })
  const errors = Object.fromEntries(refusal.fields.map(({ field, message }) => [field, [message]]))
  return answer({ refusal, errors }, refusal.fields.length > 0 ? 422 : 409)
}

interface Checked {
  deed?: Deed
  errors?: BackerAnswer['errors']
}

/** Forms whose fields are checked first. */
const CHECKED: Record<string, (fields: Fields) => Checked> = {
  contact: ({ name, email, email_before, email_vouched, reason }) => {
    // The same address sent again says that it is right, so it goes along only where somebody meant it.
    const sent = email !== email_before || email_vouched === 'on' ? { email } : {}
    const parsed = contactSchema.safeParse({ name, reason, ...sent })
    if (!parsed.success) return { errors: errorsOf(parsed.error) }
    return { deed: (tx, desk, key) => correctContact(tx, desk.actor, { ...key, ...parsed.data }) }
  },
  // What decides about money is never guessed from a form that does not say it.
  decide: ({ decision, reason = '' }) => {
    const chosen = PLEDGE_DECISIONS.find((one) => one === decision)
    if (!chosen) return { errors: { decision: ['Choose what became of the pledge.'] } }
    return { deed: (tx, desk, key) => decidePledge(tx, desk.actor, { ...key, decision: chosen, reason }) }
  },
  note: ({ note }) => {
    const parsed = noteSchema.safeParse({ note })
    if (!parsed.success) return { errors: errorsOf(parsed.error) }
    return { deed: (tx, desk, key) => saveNote(tx, desk.actor, { ...key, ...parsed.data }) }
  },
}

function errorsOf({ issues }: z.ZodError): BackerAnswer['errors'] {
  return Object.fromEntries(issues.map(({ path, message }) => [path.join('.'), [message]]))
}
