import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { writeBackup } from '../../src/db/backup.ts'
import { type Client, connect } from '../../src/db/client.server.ts'
import { stopOrphan } from '../../src/db/embedded-process.ts'
import { migrateOpen, openDatabase } from '../../src/db/open.server.ts'
import { projectRoot } from '../../src/db/project-root.ts'
import { testFolder } from '../setup/folder.ts'
import { type Started, startProcess } from '../setup/process.ts'
import { steadyPort } from '../setup/program.ts'
import type { SimulatorProcess } from '../setup/simulator-process.ts'

const run = promisify(execFile)

/** How long a call to the gateway may take: short, since calls that nobody answers are part of it. */
const timeout_ms = 1_500
const secret = 'a secret of the torture, longer than 32 characters'
export const webhookSecret = 'whsec_torture'

/** The program as an operator runs it, its embedded database, and what can be done to both. */
export interface ProgramWorld {
  start(charges_per_second: number): Promise<void>
  /** kill -9. PostgreSQL outlives its program until the next start, and can be asked until `leave`. */
  kill(): Promise<void>
  /** Ends the connections to the database of a program that was killed. */
  leave(): Promise<void>
  /** SIGTERM; answers its exit code. */
  stop(): Promise<number | null>
  /** A connection to the database of the program that runs, closed when the program is left. */
  database(): Promise<Client>
  /** Writes a backup of the program that runs. */
  backUp(name: string): Promise<void>
  /** `npm run restore` into a new data folder; the old one is thrown away. */
  restore(name: string): Promise<void>
  /** Moves the program's clock on, and with it the gateway's; answers when all that became due is done. */
  advance(minutes: number): Promise<void>
  /** by the program's clock */
  now(): Date
  remove(): Promise<void>
}

/** An empty, migrated database on a port of its own; the program does not run yet. */
export async function makeProgramWorld(simulator: SimulatorProcess, port: number): Promise<ProgramWorld> {
  const home = mkdtempSync(join(testFolder(), 'torture-'))
  chmodSync(home, 0o755)
  let count = 0
  let folder = join(home, 'data-0')
  let running: Started | undefined
  let clients: Client[] = []
  let ahead_minutes = 0
  const environment = () => ({
    ...{ DATA_DIR: folder, PORT: String(port), AFTERFUND_TEST: '1', AFTERFUND_SECRET: secret },
    ...{ STRIPE_HOST: '127.0.0.1', STRIPE_PORT: String(simulator.port), STRIPE_WEBHOOK_SECRET: webhookSecret },
    GATEWAY_TIMEOUT_MS: String(timeout_ms),
  })
  const open = () => openDatabase({ dataFolder: folder, databaseUrl: null, migrationDatabaseUrl: null }, { share: true })
  const backupOf = (name: string) => join(home, `${name}.backup`)
  const ended = async () => {
    for (const client of clients.splice(0)) await client.end()
    const { code } = (await running?.ended) ?? { code: null }
    running = undefined
    ahead_minutes = 0
    return code
  }
  const first = await open()
  await migrateOpen(first)
  await first.close()
  return {
    async start(charges_per_second) {
      running = startProcess({ env: { ...environment(), CHARGES_PER_SECOND: String(charges_per_second) } })
      await running.up
    },
    async kill() {
      running?.child.kill('SIGKILL')
      await running?.ended
    },
    leave: async () => void (await ended()),
    async stop() {
      running?.child.kill('SIGTERM')
      return await ended()
    },
    async database() {
      const client = connect((await open()).url, { max: 8 })
      clients = [...clients, client]
      return client
    },
    async backUp(name) {
      await writeBackup((await open()).ownerUrl, backupOf(name))
    },
    async restore(name) {
      await stopOrphan(join(folder, 'postgres', 'data'))
      rmSync(folder, { recursive: true, force: true })
      count += 1
      folder = join(home, `data-${count}`)
      const tool = join(projectRoot, 'tools', 'restore.ts')
      await run(process.execPath, [tool, backupOf(name)], { env: { PATH: process.env.PATH ?? '', ...environment() } })
    },
    async advance(minutes) {
      ahead_minutes += minutes
      await simulator.knobs({ clock_ahead_ms: ahead_minutes * 60_000 })
      const answer = await fetch(`http://localhost:${port}/api/v1/test/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ advance: `PT${minutes}M` }),
      })
      if (!answer.ok) throw new Error(`The clock does not move: ${await answer.text()}`)
    },
    now: () => new Date(Date.now() + ahead_minutes * 60_000),
    async remove() {
      running?.child.kill('SIGKILL')
      await ended()
      await stopOrphan(join(folder, 'postgres', 'data'))
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** A port for the program, and the gateway that tells it of events there. */
export async function findProgramPort(): Promise<{ port: number; webhook: { url: string; secret: string } }> {
  const port = await steadyPort()
  return { port, webhook: { url: `http://127.0.0.1:${port}/webhooks/stripe`, secret: webhookSecret } }
}
