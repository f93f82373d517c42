import { type RawBuilder, sql } from 'kysely'
import { newId } from '../../lib/id.ts'
import { refuseWithoutSmtp } from '../messages/refuse-without-smtp.ts'
import type { LeftOut } from '../operations/result.ts'
import { recordOperation } from '../operations/write-operation.ts'
import { isSet, type Selection, selectionCondition } from '../orders/selection.ts'
import type { Actor } from '../shared/actor.ts'
import { ownCampaign, staffOnly } from '../shared/policy.ts'
import { type Db, planForSets, type Tx } from '../shared/tx.ts'
import { readSets } from './read-sets.ts'
import { queueMessagesOfShipments } from './shipment-mails.ts'

export interface TrackingMailsInput {
  campaign_id: string
  /** orders: those of them that have shipped are meant */
  selection: Selection
}

export interface TrackingMailsPreview {
  /** parcels of the selection that left */
  total: number
  /** mails that would go out: one for each parcel */
  mails: number
  /** parcels without a number: nothing to tell */
  without_number: number
  /** parcels whose backer was mailed this number already */
  mailed_before: number
  /** the others that get none, by reason; sample_ids are orders */
  left: LeftOut[]
}

/** The parcels `s` of a selection that left, with what becomes of each. Aliases `o` and `b` as in filter.ts. */
function judged({ campaign_id, selection }: TrackingMailsInput): RawBuilder<unknown> {
  return sql`select s.id, s.order_id, case
      when s.tracking_number = '' and s.tracking_url = '' then 'without_number'
      when s.mailed_at is not null and s.mailed_number = s.tracking_number then 'mailed_before'
      when b.email_state = 'bounced' then 'mail_bounced'
    end as code
    from shipments s
    join orders o on o.campaign_id = s.campaign_id and o.id = s.order_id and o.status = 'shipped'
    join backers b on b.campaign_id = o.campaign_id and b.id = o.backer_id
    where s.campaign_id = ${campaign_id} and s.state = 'left' and ${selectionCondition(selection)}`
}

/** Counts the tracking mails that a selection would get now. Changes nothing. */
export async function previewTrackingMails(db: Db, actor: Actor, input: TrackingMailsInput): Promise<TrackingMailsPreview> {
  await ownCampaign(db, actor, input.campaign_id)
  staffOnly(actor)
  const counted = sql<{ code: string | null; count: number; sample_ids: string[] }>`select code, count(*)::int as count,
      (array_agg(order_id order by order_id))[1:5] as sample_ids
    from (${judged(input)}) j group by 1 order by 2 desc, 1`
  const { rows } = await readSets(db, input.selection, (each) => counted.execute(each))
  const count = (code: string | null) => rows.find((row) => row.code === code)?.count ?? 0
  const left = rows.flatMap(({ code, ...row }) => (code === 'mail_bounced' ? [{ code, ...row }] : []))
  return {
    total: rows.reduce((sum, row) => sum + row.count, 0),
    mails: count(null),
    without_number: count('without_number'),
    mailed_before: count('mailed_before'),
    left,
  }
}

/**
 * Mails the backers of a selection where their parcels can be followed: parcels that left, with a number, not mailed with this number
 * before. One operation, one event each. Pressed twice it mails nobody twice; a corrected number can be mailed again. `smtp`: whether a
 * mail server is set up (a live campaign needs it: `smtp_missing`).
 */
export async function sendTrackingMails(
  tx: Tx,
  actor: Actor,
  input: TrackingMailsInput & { smtp: boolean },
): Promise<{ queued: number; operation: string }> {
  const campaign = await ownCampaign(tx.db, actor, input.campaign_id)
  staffOnly(actor)
  refuseWithoutSmtp(campaign, input.smtp)
  const { total, mails, without_number, mailed_before, left } = await previewTrackingMails(tx.db, actor, input)
  if (isSet(input.selection)) await planForSets(tx.db)
  const operation = newId()
  const now = tx.now
  const { rows } = await sql<{ id: string }>`with due as (select id from (${judged(input)}) j where code is null),
    marked as (
      update shipments s set mailed_at = ${now}, mailed_number = s.tracking_number, updated_at = ${now}
      from due where s.campaign_id = ${input.campaign_id} and s.id = due.id and s.state = 'left'
        and (s.mailed_at is null or s.mailed_number is distinct from s.tracking_number)
      returning s.id, s.order_id
    ), written as (
      insert into events (campaign_id, kind, backer_id, order_id, actor_kind, actor_id, operation_id, data, at)
      select ${input.campaign_id}::uuid, 'tracking_mails_sent', o.backer_id, o.id, ${actor.kind}::text, ${actor.id}::text,
        ${operation}::uuid, jsonb_build_object('shipment_id', m.id, 'shipments', 1), ${now}::timestamptz
      from marked m join orders o on o.campaign_id = ${input.campaign_id} and o.id = m.order_id
    ) select id from marked`.execute(tx.db)
  const ids = rows.map(({ id }) => id)
  const queued = await queueMessagesOfShipments(tx, input.campaign_id, {
    kind: 'tracking',
    where: sql`s.id = any(${ids}::uuid[])`,
  })
  const left_out = [
    { code: 'without_number', count: without_number, sample_ids: [] },
    { code: 'mailed_before', count: mailed_before + mails - ids.length, sample_ids: [] },
    ...left,
  ].filter(({ count }) => count > 0)
  const { campaign_id, selection } = input
  await recordOperation(
    tx,
    actor,
    { campaign_id, id: operation, kind: 'tracking_mails', input: { selection } },
    { total, moved: queued, left: left_out },
  )
  return { queued, operation }
}
