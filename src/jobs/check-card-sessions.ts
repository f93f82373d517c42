import type { Deps } from '../deps.server.ts'
import { completeCardSessions, findDueCardSessions, noteChecked } from '../domain/payments/read-card-sessions.ts'

type Parts = Pick<Deps, 'db' | 'clock' | 'enqueue' | 'gateway'>

/**
 * Reads the card pages back whose backers did not: after 10 minutes, an hour and a day, so that a closed tab loses no card. Where the gateway
 * does not answer, the rest of what is due waits with it. Answers how many it looked at.
 */
export async function checkCardSessions(app: Parts, isStopping: () => boolean = () => false): Promise<number> {
  const due = await findDueCardSessions(app.db, app.clock.now())
  let is_unknown = false
  let done = 0
  const read = new Map<string, { is_unknown: boolean }>()
  for (const session of due) {
    if (isStopping()) break
    const backer = `${session.campaign_id} ${session.backer_id}`
    // One reading takes all the open pages of a backer.
    if (!is_unknown && !read.has(backer)) {
      const { campaign_id, backer_id } = session
      read.set(backer, await completeCardSessions(app, { campaign_id, backer_id }))
    }
    const looked = read.get(backer) ?? { is_unknown: true }
    is_unknown ||= looked.is_unknown
    await noteChecked(app, session, looked)
    done += 1
  }
  return done
}
