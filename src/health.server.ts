import { isAppendOnlyEnforced } from './db/grants.ts'
import { findPendingMigrations } from './db/migrate.ts'
import type { Deps } from './deps.server.ts'

export type Health = {
  status: 'ok' | 'failing'
  roles: string[]
  /** Why not, in sentences. */
  problems: string[]
  /** What works, but less well than it could. */
  warnings: string[]
}

/** 200 only when the database answers, every migration is in, and this process's roles run. */
export async function checkHealth(deps: Pick<Deps, 'config' | 'pool' | 'worker'>): Promise<Health> {
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
  } catch {
    problems.push('The database does not answer')
  }
  const fault = config.roles.worker ? deps.worker.fault() : null
  if (fault) problems.push(`The worker does not work: ${fault}`)
  return { status: problems.length === 0 ? 'ok' : 'failing', roles, problems, warnings }
}
