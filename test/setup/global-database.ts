import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { appRole, type EmbeddedServer, ownerRole, startEmbedded } from '../../src/db/embedded.server.ts'
import { stopOrphan } from '../../src/db/embedded-process.ts'
import { migrate } from '../../src/db/migrate.ts'
import { testFolder } from './folder.ts'
import { keepFile } from './keep-logs.ts'
import { templateDatabase } from './template.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Addresses of the test server by role; `DATABASE` stands for the database's name. */
    databaseUrls: { admin: string; owner: string; app: string }
  }
}

type Shared = { server: Promise<EmbeddedServer>; folder: string; users: number }
// Every Vitest project runs this setup, each with its own copy of this module; they share one server.
const holder = globalThis as typeof globalThis & { afterfundTestServer?: Shared }

/** One embedded server and one migrated template for the whole run; each test file works on a clone of it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = join(testFolder(), `database-${process.pid}`)
  holder.afterfundTestServer ??= { server: startWithTemplate(folder), folder, users: 0 }
  const shared = holder.afterfundTestServer
  shared.users++
  const server = await shared.server
  const urlOf = (role: 'admin' | 'owner' | 'app') => server.urlOf(role, 'DATABASE')
  project.provide('databaseUrls', { admin: urlOf('admin'), owner: urlOf('owner'), app: urlOf('app') })
  return async () => {
    shared.users--
    if (shared.users > 0) return
    delete holder.afterfundTestServer
    await server.stop()
    keepFile(server.logFile)
    rmSync(server.clusterFolder, { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  }
}

async function startWithTemplate(folder: string): Promise<EmbeddedServer> {
  await removeLeftovers()
  const server = await startEmbedded(folder, { durable: false, maxConnections: 200 })
  const admin = new pg.Client({ connectionString: server.urlOf('admin', 'postgres') })
  await admin.connect()
  await admin.query(`create database ${templateDatabase} owner ${ownerRole}`)
  await admin.end()
  await migrate(server.urlOf('owner', templateDatabase), appRole)
  return server
}

/** Servers of test runs that were killed. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(testFolder())) {
    const pid = Number(/^database-(\d+)$/.exec(name)?.[1])
    if (!pid || pid === process.pid || existsSync(`/proc/${pid}`)) continue
    await stopOrphan(join(testFolder(), name, 'postgres', 'data'))
    rmSync(join(testFolder(), name), { recursive: true, force: true })
  }
}
