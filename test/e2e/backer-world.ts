import { randomBytes } from 'node:crypto'
import { type Client, connect } from '../../src/db/client.server.ts'
import type { Row } from '../../src/db/types.ts'
import { createOwner } from '../../src/domain/accounts/create-owner.ts'
import { linkFor } from '../../src/domain/backers/links.ts'
import { inTransaction, type TxParts } from '../../src/domain/shared/tx.ts'
import { hashPassword } from '../../src/lib/password.ts'
import { deriveKey } from '../../src/secret.server.ts'
import { makeSurveyCampaign, type SurveyCampaign } from '../factories/survey-campaign.ts'
import { cloneDatabase } from '../setup/database.ts'
import { type Program, startProgram } from '../setup/program.ts'

/** A running program beside a database that the test fills by the commands. */
export interface BackerWorld {
  program: Program
  parts: TxParts
  campaign: SurveyCampaign
  linkOf(backer: Row<'backers'>): string
  stop(): Promise<void>
}

export async function startBackerWorld(over: Parameters<typeof makeSurveyCampaign>[2] = {}): Promise<BackerWorld> {
  const secret = randomBytes(32).toString('hex')
  const database = await cloneDatabase()
  const client: Client = connect(database.url, { max: 4 })
  const env = { DATABASE_URL: database.url, MIGRATION_DATABASE_URL: database.ownerUrl, AFTERFUND_SECRET: secret }
  const program = await startProgram({ args: ['--no-demo'], env })
  // The program's worker finds what is due by itself: nothing has to be told to it.
  const parts: TxParts = { db: client.db, clock: { now: () => new Date() }, enqueue: async () => undefined }
  const campaign = await makeSurveyCampaign(parts, await makeOwner(parts), over)
  return {
    program,
    parts,
    campaign,
    linkOf: (backer) => linkFor(deriveKey(secret, 'links'), program.url, backer),
    async stop() {
      await program.stop()
      await client.end()
      await database.drop()
    },
  }
}

/** Who owns the campaign and can sign in. */
export const owner = { name: 'Ilse Verhoeven', email: 'ilse@lanternfish.example', password: 'a boat on the tide' }

async function makeOwner(parts: TxParts): Promise<string> {
  const password_hash = await hashPassword(owner.password)
  const { account_id } = await inTransaction(parts, (tx) => createOwner(tx, { ...owner, password_hash }))
  return account_id
}
