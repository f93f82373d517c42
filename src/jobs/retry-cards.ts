import type { Deps } from '../deps.server.ts'
import { findCampaignsWithReminders, sendReminders } from '../domain/follow-ups/send-reminders.ts'
import { findCampaignsWithRetries, startRetries } from '../domain/follow-ups/start-retries.ts'
import { inTransaction } from '../domain/shared/tx.ts'

type Parts = Pick<Deps, 'db' | 'clock' | 'enqueue' | 'config'>

/** So many attempts of retries wait for the lane of charges at a time: a few seconds' worth, so that most orders can still be changed. */
const IN_LINE = { seconds: 5, least: 20, most: 250 }
/** So many reminders are written in one transaction. */
const REMINDERS = 500

/**
 * The lane of what follows failed payments: starts the automatic tries that are due, which the lane of charges sends in its pace, and queues
 * the reminders. In batches, each its own transaction; what is left is found by the next look, after a restart too. Answers how many orders
 * it dealt with.
 */
export async function retryCards(app: Parts, isStopping: () => boolean = () => false): Promise<number> {
  const { seconds, least, most } = IN_LINE
  const in_line = Math.min(most, Math.max(least, Math.ceil(app.config.chargesPerSecond * seconds)))
  let done = 0
  for (const campaign_id of await findCampaignsWithReminders(app.db, app.clock.now())) {
    done += await inBatches(isStopping, () => inTransaction(app, (tx) => sendReminders(tx, campaign_id, REMINDERS)))
  }
  for (const campaign_id of await findCampaignsWithRetries(app.db, app.clock.now())) {
    done += await inBatches(isStopping, () => inTransaction(app, (tx) => startRetries(tx, campaign_id, in_line)))
  }
  return done
}

async function inBatches(isStopping: () => boolean, batch: () => Promise<number>): Promise<number> {
  let done = 0
  for (;;) {
    const count = isStopping() ? 0 : await batch()
    if (count === 0) return done
    done += count
  }
}
