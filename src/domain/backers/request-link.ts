import { sql } from 'kysely'
import { isId } from '../../lib/id.ts'
import { notFound } from '../shared/errors.ts'
import type { Tx } from '../shared/tx.ts'

/** An address gets at most one link in this time, however often it is typed. */
const QUIET_MS = 15 * 60_000

/**
 * The lost link page: mails the link to every backer of the campaign with this address, upper and lower case alike. Guarantees: nothing
 * is answered, known address or not; at most one mail in a quarter of an hour for each backer. Withdrawn pledges, those the platform has
 * not collected, canceled orders and bounced addresses get none. Refuses only a campaign that does not exist (404).
 * Requests from one network address are limited by the door (lib/request-limit.ts).
 */
export async function requestLink(tx: Tx, input: { campaign_id: string; email: string }): Promise<void> {
  if (!isId(input.campaign_id)) throw notFound('campaign')
  const campaign = await tx.db.selectFrom('campaigns').select('id').where('id', '=', input.campaign_id).executeTakeFirst()
  if (!campaign) throw notFound('campaign')
  const occasion = `asked:${Math.floor(tx.now.getTime() / QUIET_MS)}`
  const since = new Date(tx.now.getTime() - QUIET_MS)
  await sql`insert into messages (campaign_id, id, kind, backer_id, occasion, state, urgent, due_at, created_at)
    select b.campaign_id, gen_random_uuid(), 'link', b.id, ${occasion}, 'queued', true, ${tx.now}, ${tx.now}
    from backers b left join orders o on o.campaign_id = b.campaign_id and o.backer_id = b.id
    where b.campaign_id = ${campaign.id} and lower(b.email) = lower(${input.email.trim()})
      and b.survey not in ('waiting', 'withdrawn') and b.email_state <> 'bounced' and o.status is distinct from 'canceled'
      and not exists (select 1 from messages m where m.campaign_id = b.campaign_id and m.backer_id = b.id and m.kind = 'link'
        and m.occasion like 'asked:%' and m.created_at > ${since})
    on conflict (campaign_id, kind, backer_id, occasion) do nothing`.execute(tx.db)
  // Also when nobody matched: both cases do the same work.
  await tx.enqueue({ job: 'deliver_messages' })
}
