import { sql } from 'kysely'
import { emptyTables } from './db/empty-tables.ts'
import { StartError } from './db/start-error.ts'
import { demoLogin, makeDemo } from './demo/make-demo.ts'
import type { Deps } from './deps.server.ts'

export type DemoState = {
  login: typeof demoLogin | null
  /** Why a new database got no demo, where one was asked for. */
  refusal: string | null
}

const demoKey = 'demo'
const none: DemoState = { login: null, refusal: null }

/**
 * Makes the demo campaign when the database is new. Its login is known to everybody, so it exists on this machine only: with
 * a PUBLIC_URL elsewhere a new database stays empty, and one that holds the demo is refused.
 */
export async function prepareDemo(deps: Deps, ownerUrl: string, options: { withDemo: boolean }): Promise<DemoState> {
  const { config } = deps
  let state = await readState(deps)
  if (state === 'making') {
    // A start was killed half-way; nobody could sign in yet, so nothing but the demo is lost.
    await emptyTables(ownerUrl)
    state = null
  }
  if (state === 'made') {
    if (config.isLoopback) return { login: demoLogin, refusal: null }
    throw new StartError(
      'This database holds the demo, whose login everybody knows, and PUBLIC_URL is not this machine. Set DATA_DIR to a new folder (or DATABASE_URL to a new database), or empty this one with npm run db:reset.',
    )
  }
  if (!options.withDemo || !(await isNew(deps))) return none
  if (!config.isLoopback) return { login: null, refusal: 'PUBLIC_URL is not this machine, and everybody knows the demo login' }
  await writeState(deps, 'making')
  await makeDemo(deps)
  await writeState(deps, 'made')
  return { login: demoLogin, refusal: null }
}

/** No account yet, and nobody asked for an empty start before. */
async function isNew({ db }: Deps): Promise<boolean> {
  const account = await db.selectFrom('accounts').select('id').limit(1).executeTakeFirst()
  const code = await db.selectFrom('settings').select('key').where('key', '=', 'first_run_code').executeTakeFirst()
  return !account && !code
}

async function readState({ db }: Deps): Promise<string | null> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', demoKey).executeTakeFirst()
  return row ? (row.value as { state: string }).state : null
}

async function writeState({ db }: Deps, state: 'making' | 'made'): Promise<void> {
  const value = JSON.stringify({ state })
  await sql`insert into settings (key, value) values (${demoKey}, ${value}::jsonb)
    on conflict (key) do update set value = excluded.value`.execute(db)
}
