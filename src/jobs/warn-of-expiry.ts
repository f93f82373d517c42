import type { Deps } from '../deps.server.ts'
import { findCampaignsToWarn, warnOfExpiringCards } from '../domain/payments/warn-expiring.ts'
import { inTransaction } from '../domain/shared/tx.ts'

/** A large campaign's orders are read from end to end. */
const limits = { timeout_ms: 60_000, lock_timeout_ms: 30_000 }

/** Tells backers ahead whose card expires before the planned charge, each campaign once a day. Answers how many campaigns it looked at. */
export async function warnOfExpiry(app: Pick<Deps, 'db' | 'clock' | 'enqueue'>): Promise<number> {
  const campaigns = await findCampaignsToWarn(app.db, app.clock.now())
  for (const campaign_id of campaigns) await inTransaction(app, (tx) => warnOfExpiringCards(tx, campaign_id), limits)
  return campaigns.length
}
