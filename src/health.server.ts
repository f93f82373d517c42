import { stripeHost } from './config.server.ts'
import { isAppendOnlyEnforced } from './db/grants.ts'
import { findPendingMigrations } from './db/migrate.ts'
import type { Deps } from './deps.server.ts'
import { findStuckEvents } from './domain/gateway-events/find-stuck.ts'
import { findMailPause } from './domain/messages/outbox.ts'
import { findGatewayInUse, type GatewayInUse } from './domain/payments/record-gateway.ts'
import { findSilence } from './domain/shared/find-outages.ts'
import { missingRightText } from './lib/right-text.ts'

export type Health = {
  status: 'ok' | 'failing'
  /** Whose cards are charged: null before the gateway has said so. */
  gateway: { mode: 'test' | 'live'; account: string | null }
  roles: string[]
  /** Why not, in sentences. */
  problems: string[]
  /** What works, but less well than it could. */
  warnings: string[]
}

/** 200 only when the database answers, every migration is in, and this process's roles run. */
export async function checkHealth(deps: Pick<Deps, 'config' | 'pool' | 'worker' | 'db' | 'clock' | 'gateway'>): Promise<Health> {
  const { config } = deps
  const roles = (['web', 'worker'] as const).filter((role) => config.roles[role])
  const problems: string[] = []
  const warnings: string[] = []
  const gateway: Health['gateway'] = { mode: deps.gateway.mode, account: null }
  try {
    const pending = await findPendingMigrations(deps.pool)
    if (pending.length > 0) problems.push(`Migrations are missing: ${pending.join(', ')}`)
    else if (!(await isAppendOnlyEnforced(deps.pool))) {
      warnings.push(
        'Append-only is not enforced: give MIGRATION_DATABASE_URL, and in DATABASE_URL a role that does not own the tables',
      )
    }
    if (pending.length === 0) {
      const inUse = await findGatewayInUse(deps.db)
      gateway.account = inUse.account
      warnings.push(...keyWarnings(inUse), ...(await findSilentServices(deps)))
    }
  } catch {
    problems.push('The database does not answer')
  }
  const fault = config.roles.worker ? deps.worker.fault() : null
  if (fault) problems.push(`The worker does not work: ${fault}`)
  const status = problems.length === 0 ? 'ok' : 'failing'
  return { status, gateway, roles, problems, warnings }
}

/** What the key of the gateway lacks, or that it is not taken. */
function keyWarnings({ check }: GatewayInUse): string[] {
  const missing = (check?.missing_rights ?? []).map(missingRightText)
  if (check?.refusal === 'http_401') missing.push('The gateway does not take its key: set STRIPE_SECRET_KEY anew')
  return missing
}

/** Services that others see here and creators on their overview; why stands in the log, since this page is for everybody. */
async function findSilentServices({ db, clock, config }: Pick<Deps, 'db' | 'clock' | 'config'>): Promise<string[]> {
  const now = clock.now()
  const found: string[] = []
  if (await findMailPause(db, now)) found.push('The mail server does not take mail; it is asked again every minute')
  const silence = await findSilence(db, null, now)
  if (silence) found.push(`The gateway has not answered since ${silence.since.toISOString()}; it is asked again every minute`)
  const stuck = await findStuckEvents(db, now)
  if (stuck) {
    const { since, waiting, failed } = stuck
    found.push(`Webhooks of the gateway wait since ${since.toISOString()}: ${waiting} are tried again, ${failed} were given up`)
  }
  const isStripe = config.gateway !== 'simulator' && config.gateway.host === stripeHost
  if (isStripe && config.webhookSecrets.length === 0) {
    found.push('STRIPE_WEBHOOK_SECRET is not set: refunds and disputes made in the dashboard are found once an hour only')
  }
  return found
}
