import { randomBytes } from 'node:crypto'
import type { Page } from 'playwright-core'
import { type Client, connect } from '../../src/db/client.server.ts'
import type { TxParts } from '../../src/domain/shared/tx.ts'
import { makeSurveyCampaign, type SurveyCampaign } from '../factories/survey-campaign.ts'
import { cloneDatabase } from '../setup/database.ts'
import { type Program, startProgram } from '../setup/program.ts'

const owner = { name: 'Ilse Verhoeven', email: 'ilse@lanternfish.example', password: 'a boat on the tide' }

/** A running program whose owner is signed in, with a campaign of theirs that the test fills by the commands. */
export interface DeskWorld {
  program: Program
  parts: TxParts
  campaign: SurveyCampaign
  stop(): Promise<void>
}

/** Starts it, and makes the owner in the page's own browser: the page is signed in afterwards. */
export async function startDeskWorld(
  page: Page,
  over: Parameters<typeof makeSurveyCampaign>[2] = {},
  more: NodeJS.ProcessEnv = {},
): Promise<DeskWorld> {
  const database = await cloneDatabase()
  const client: Client = connect(database.url, { max: 4 })
  const env = {
    DATABASE_URL: database.url,
    MIGRATION_DATABASE_URL: database.ownerUrl,
    AFTERFUND_SECRET: randomBytes(32).toString('hex'),
    ...more,
  }
  const program = await startProgram({ args: ['--no-demo'], env })
  await makeOwner(page, program)
  // The program's worker finds what is due by itself: nothing has to be told to it.
  const parts: TxParts = { db: client.db, clock: { now: () => new Date() }, enqueue: async () => undefined }
  const { id } = await parts.db.selectFrom('accounts').select('id').where('email', '=', owner.email).executeTakeFirstOrThrow()
  return {
    program,
    parts,
    campaign: await makeSurveyCampaign(parts, id, over),
    async stop() {
      await program.stop()
      await client.end()
      await database.drop()
    },
  }
}

async function makeOwner(page: Page, program: Program): Promise<void> {
  const code = /code:\s+(\S+)/.exec(program.output())?.[1] ?? ''
  await page.goto(`${program.url}/setup`)
  for (const [id, value] of Object.entries({ code, ...owner })) await page.fill(`#${id}`, value)
  await page.locator('button[type=submit]').last().click()
  await page.waitForURL('**/campaigns')
  await page.goto(`${new URL(page.url()).origin}/campaigns/new`)
}
