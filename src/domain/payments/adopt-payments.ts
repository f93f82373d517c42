import { sql } from 'kysely'
import { isId } from '../../lib/id.ts'
import { reportDiscrepancies } from '../discrepancies/report-discrepancies.ts'
import type { Tx } from '../shared/tx.ts'
import { type Attempt, closePayments, isNotOver } from './attempts.ts'
import type { GatewayPayment } from './gateway.ts'
import { settleAttempts } from './settle-attempts.ts'
import { type OwnPayment, writeAdopted } from './write-adopted.ts'

/** What became of the payments that were brought. */
export interface Adopted {
  /** booked for an attempt that the books knew */
  settled: number
  /** an attempt that the books did not know of was written down */
  adopted: number
  /** told as a discrepancy: they are not booked */
  reported: number
}

/**
 * Books what the gateway says of payments, however it came: a sweep, a webhook, one read afresh, a return from the bank. Whose they are says
 * their metadata; those of others are passed over. Guarantees: what was taken is booked once, to the cent, also when the books do not know
 * its attempt (a restored backup), and whatever the order's status; doing it again changes nothing; nothing that the gateway can say
 * makes it fail. A decline is believed only for an attempt that the books do not know: about one under way the lane asks afresh, since a
 * listing may be older than what was done meanwhile. Nobody is mailed about what is adopted: it was, before the backup.
 */
export async function adoptPayments(tx: Tx, payments: readonly GatewayPayment[]): Promise<Adopted> {
  const own = payments.flatMap(ownOf)
  const adopted: Adopted = { settled: 0, adopted: 0, reported: 0 }
  for (const campaign_id of [...new Set(own.map((each) => each.campaign_id))].sort()) {
    const campaign = await tx.db
      .selectFrom('campaigns')
      .select(['id', 'currency'])
      .where('id', '=', campaign_id)
      .executeTakeFirst()
    // Another installation at the same account, or a campaign that is gone.
    if (!campaign) continue
    await adoptOfCampaign(tx, campaign, { own: own.filter((each) => each.campaign_id === campaign_id), adopted })
  }
  return adopted
}

function ownOf(payment: GatewayPayment): OwnPayment[] {
  const { afterfund_campaign: campaign_id, afterfund_order: order_id, afterfund_attempt: attempt_id } = payment.metadata
  if (!campaign_id || !order_id || !attempt_id || ![campaign_id, order_id, attempt_id].every(isId)) return []
  return [{ payment, campaign_id, order_id, attempt_id }]
}

interface Known extends Pick<Attempt, 'id' | 'order_id' | 'state' | 'payment' | 'lease_id'> {}

async function adoptOfCampaign(
  tx: Tx,
  campaign: { id: string; currency: string },
  { own, adopted }: { own: OwnPayment[]; adopted: Adopted },
): Promise<void> {
  const { rows: known } = await sql<Known>`select id, order_id, state, payment, lease_id from payment_attempts
    where campaign_id = ${campaign.id} and (id = any(${own.map(({ attempt_id }) => attempt_id)}::uuid[])
      or payment = any(${own.map(({ payment }) => payment.id)}::text[]))`.execute(tx.db)
  const byPayment = new Map(known.map((attempt) => [attempt.payment, attempt]))
  const byId = new Map(known.map((attempt) => [attempt.id, attempt]))
  const succeeded: { attempt: Known; payment: GatewayPayment }[] = []
  const stale: string[] = []
  const canceled: string[] = []
  const unknown: OwnPayment[] = []
  const placed = new Set<string>()
  for (const each of own) {
    const { payment } = each
    const named = byId.get(each.attempt_id)
    // A key that was forgotten made a second payment for one attempt: it has a place of its own.
    const isFree = named !== undefined && (named.payment === null || isNotOver(named)) && !placed.has(named.id)
    const attempt = byPayment.get(payment.id) ?? (isFree ? named : undefined)
    if (payment.state === 'canceled') canceled.push(payment.id)
    else if (!attempt) unknown.push(each)
    else if (attempt.state === 'succeeded') continue
    else if (payment.state === 'succeeded') {
      succeeded.push({ attempt, payment })
      placed.add(attempt.id)
    } else if (isNotOver(attempt)) stale.push(attempt.id)
  }
  await closePayments(tx, campaign.id, canceled)
  await askAfresh(tx, campaign.id, stale)
  await settleAttempts(
    tx,
    campaign.id,
    succeeded.map(({ attempt: { id, lease_id }, payment }) => ({
      ...{ attempt_id: id, lease_id },
      answer: { answer: 'succeeded', payment: payment.id, amount: payment.amount },
    })),
  )
  adopted.settled += succeeded.length
  const { written, reported } = await adoptUnknown(tx, campaign, unknown)
  adopted.adopted += written
  adopted.reported += reported
}

/**
 * The lane asks about these at once, unless somebody is asking. One that the books never sent was sent in a life that is gone: it is asked
 * about before it would be sent again.
 */
async function askAfresh(tx: Tx, campaign_id: string, attempt_ids: string[]): Promise<void> {
  if (attempt_ids.length === 0) return
  await sql`update payment_attempts set state = 'unknown', sent_at = coalesce(sent_at, ${tx.now}), next_try_at = ${tx.now},
      updated_at = ${tx.now}
    where campaign_id = ${campaign_id} and id = any(${attempt_ids}::uuid[]) and state in ('created', 'unknown') and lease_id is null`.execute(
    tx.db,
  )
  await tx.enqueue({ job: 'charge' })
}

async function adoptUnknown(
  tx: Tx,
  campaign: { id: string; currency: string },
  unknown: OwnPayment[],
): Promise<{ written: number; reported: number }> {
  if (unknown.length === 0) return { written: 0, reported: 0 }
  // Before anything of theirs is written, and so that nothing else moves them meanwhile.
  const { rows: orders } = await sql<{ id: string }>`select id from orders where campaign_id = ${campaign.id}
    and id = any(${unknown.map(({ order_id }) => order_id)}::uuid[]) order by id for update`.execute(tx.db)
  const known = new Set(orders.map(({ id }) => id))
  const isBookable = ({ order_id, payment }: OwnPayment) => known.has(order_id) && payment.currency === campaign.currency
  const taken = unknown.filter(({ payment }) => payment.state === 'succeeded')
  const reported = await reportDiscrepancies(
    tx,
    taken
      .filter((each) => !isBookable(each))
      .map(({ order_id, attempt_id, payment }) => ({
        campaign_id: campaign.id,
        order_id: known.has(order_id) ? order_id : null,
        kind: known.has(order_id) ? 'paid_other_currency' : 'paid_unknown_order',
        subject: payment.id,
        amount: payment.amount,
        currency: payment.currency,
        data: { order_id, attempt_id },
      })),
  )
  const written = await writeAdopted(tx, campaign.id, unknown.filter(isBookable))
  return { written, reported }
}
