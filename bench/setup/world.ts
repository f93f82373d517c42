import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { createClock } from '../../src/clock.server.ts'
import { type Config, readConfig } from '../../src/config.server.ts'
import { type Client, connect } from '../../src/db/client.server.ts'
import { adminRole, ownerRole } from '../../src/db/embedded.server.ts'
import { emptyTables } from '../../src/db/empty-tables.ts'
import { migrateOpen, type OpenDatabase, openDatabase } from '../../src/db/open.server.ts'
import type { Deps } from '../../src/deps.server.ts'
import { createApiKey } from '../../src/domain/accounts/api-keys.ts'
import { createOwner } from '../../src/domain/accounts/create-owner.ts'
import { inTransaction, type TxParts } from '../../src/domain/shared/tx.ts'
import { hashPassword } from '../../src/lib/password.ts'
import { type BenchCampaign, makeBenchCampaign } from './bench-campaign.ts'
import { fillCampaign } from './fill-campaign.ts'
import { memoryOf, type Program, startProgram } from './program.ts'

export const owner = { name: 'Ilse Brandt', email: 'owner@example.com', password: 'a boat on the tide' }

type BenchParts = TxParts & Pick<Deps, 'clock'>

/** Everything a case works with. Campaigns are filled when the first case asks for them. */
export interface World {
  /** how many orders "all" is */
  orders: number
  database: OpenDatabase
  config: Config
  secret: string
  /** as the program is connected, without a limit of time */
  client: Client
  parts: BenchParts
  /** as the owner of the tables: for what stands beside the program (VACUUM, COPY, TRUNCATE) */
  owner: pg.Client
  account_id: string
  key: string
  /** the campaign with all orders */
  large(): Promise<BenchCampaign>
  /** one with a hundredth of them */
  small(): Promise<BenchCampaign>
  program(): Promise<Program>
  /** what the program is started with */
  env: NodeJS.ProcessEnv
  stopProgram(): Promise<void>
  /** memory of the database server, where it is the built-in one */
  databaseMemory(): number
  folder: string
}

/** A database of its own: the built-in server in a new folder, or the one of DATABASE_URL, which must be empty. */
export async function openWorld(orders: number): Promise<{ world: World; close(): Promise<void> }> {
  const folder = makeFolder()
  const secret = randomBytes(32).toString('hex')
  const config = readConfig({ ...process.env, DATA_DIR: folder, AFTERFUND_SECRET: secret, AFTERFUND_TEST: '1', PUBLIC_URL: '' })
  const database = await openDatabase(config)
  await migrateOpen(database)
  const client = connect(database.url, { max: 20, statementTimeoutMs: 0 })
  await refuseFull(client)
  const admin = new pg.Client({ connectionString: database.ownerUrl })
  await admin.connect()
  await allowCheckpoints(database.ownerUrl)
  const parts: BenchParts = { db: client.db, clock: createClock(), enqueue: async () => undefined }
  const account = await makeAccount(parts)
  let program: Promise<Program> | null = null
  const campaigns = new Map<number, Promise<BenchCampaign>>()
  const env = {
    DATA_DIR: folder,
    DATABASE_URL: database.url,
    MIGRATION_DATABASE_URL: database.ownerUrl,
    AFTERFUND_SECRET: secret,
  }
  const stopProgram = async () => {
    await (await program)?.stop()
    program = null
  }
  const startOnce = () => (program ??= startProgram(env))
  const campaignOf = async (size: number) => {
    // Cards belong to the gateway account that the program records when it starts.
    await startOnce()
    const found = campaigns.get(size) ?? makeFilled(parts, admin, account.account_id, size)
    campaigns.set(size, found)
    return await found
  }
  const world: World = {
    ...{ orders, database, config, secret, client, parts, owner: admin, folder, env, ...account },
    large: () => campaignOf(orders),
    small: () => campaignOf(Math.max(200, Math.round(orders / 100))),
    program: startOnce,
    stopProgram,
    databaseMemory: () => (process.env.DATABASE_URL ? 0 : memoryOf(postmasterOf(folder))),
  }
  const close = async () => {
    await stopProgram()
    await client.end()
    await admin.end()
    if (process.env.DATABASE_URL) await emptyTables(database.ownerUrl)
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { world, close }
}

/** Rounds begin with the log written out; in the built-in server the owner of the tables may be given the right to. */
async function allowCheckpoints(ownerUrl: string): Promise<void> {
  if (process.env.DATABASE_URL) return
  const server = new pg.Client({ connectionString: ownerUrl.replace(ownerRole, adminRole) })
  await server.connect()
  await server.query(`grant pg_checkpoint to ${ownerRole}`)
  await server.end()
}

/** Not 0700: where root runs this, PostgreSQL runs as another user, who must be able to enter. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'afterfund-bench-'))
  chmodSync(folder, 0o755)
  return folder
}

/** What is in the database is emptied at the end, so there must be nothing in it. */
async function refuseFull({ db }: Client): Promise<void> {
  const campaign = await db.selectFrom('campaigns').select('id').limit(1).executeTakeFirst()
  if (campaign)
    throw new Error('The database of DATABASE_URL is not empty. The bench empties it at the end: give it one of its own.')
}

async function makeAccount(parts: TxParts): Promise<{ account_id: string; key: string }> {
  const password_hash = await hashPassword(owner.password)
  return await inTransaction(parts, async (tx) => {
    const { account_id } = await createOwner(tx, { name: owner.name, email: owner.email, password_hash })
    const { key } = await createApiKey(tx, { account_id, name: 'bench' })
    return { account_id, key }
  })
}

async function makeFilled(parts: TxParts, admin: pg.Client, account_id: string, size: number): Promise<BenchCampaign> {
  const campaign = await makeBenchCampaign(parts, account_id, `Tidebreakers ${size}`)
  await fillCampaign(parts.db, admin, campaign, size)
  return campaign
}

function postmasterOf(folder: string): number {
  return Number(readFileSync(join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
}
