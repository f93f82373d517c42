import { isAppendOnlyEnforced } from './db/grants.ts'
import { findPendingMigrations } from './db/migrate.ts'
import type { Deps } from './deps.server.ts'
import { findMailPause } from './domain/messages/outbox.ts'
import { findSilence } from './domain/shared/find-outages.ts'

export type Health = {
  status: 'ok' | 'failing'
  roles: string[]
  /** Why not, in sentences. */
  problems: string[]
  /** What works, but less well than it could. */
  warnings: string[]
}

/** 200 only when the database answers, every migration is in, and this process's roles run. */
export async function checkHealth(deps: Pick<Deps, 'config' | 'pool' | 'worker' | 'db' | 'clock'>): Promise<Health> {
  const { config } = deps
  const roles = (['web', 'worker'] as const).filter((role) => config.roles[role])
  const problems: string[] = []
  const warnings: string[] = []
  try {
    const pending = await findPendingMigrations(deps.pool)
    if (pending.length > 0) problems.push(`Migrations are missing: ${pending.join(', ')}`)
    else if (!(await isAppendOnlyEnforced(deps.pool))) {
      warnings.push(
        'Append-only is not enforced: give MIGRATION_DATABASE_URL, and in DATABASE_URL a role that does not own the tables',
      )
    }
    if (pending.length === 0) warnings.push(...(await findSilentServices(deps)))
  } catch {
    problems.push('The database does not answer')
  }
  const fault = config.roles.worker ? deps.worker.fault() : null
  if (fault) problems.push(`The worker does not work: ${fault}`)
  return { status: problems.length === 0 ? 'ok' : 'failing', roles, problems, warnings }
}

/** Services that others see here and creators on their overview; why stands in the log, since this page is for everybody. */
async function findSilentServices({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<string[]> {
  const now = clock.now()
  const found: string[] = []
  if (await findMailPause(db, now)) found.push('The mail server does not take mail; it is asked again every minute')
  const silence = await findSilence(db, null, now)
  if (silence) found.push(`The gateway has not answered since ${silence.since.toISOString()}; it is asked again every minute`)
  return found
}
