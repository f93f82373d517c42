import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { createCampaign } from '../../src/domain/campaigns/create-campaign.ts'
import { inTransaction } from '../../src/domain/shared/tx.ts'
import { compare, type Result } from '../measure.ts'
import { backerReport } from '../setup/backer-report.ts'
import { apiOf } from '../setup/http.ts'
import { withPeak } from '../setup/peak.ts'
import type { LoopDelay } from '../setup/watch-loop.ts'
import type { World } from '../setup/world.ts'
import { loopResults } from './loop.ts'

/** What an import writes, parents first. */
const TABLES = [
  ...['imports', 'items', 'skus', 'levels', 'level_items', 'addons', 'addon_items', 'questions', 'operations', 'import_rows'],
  ...['backers', 'backer_search', 'pledged_addons', 'events'],
]

/**
 * A report of all backers through the program's own door, from the first byte of the upload until it is applied; against a COPY of the
 * rows that it left, already split, into the same tables. Runs first: it empties the tables between its rounds.
 */
export async function benchImport(world: World): Promise<Result[]> {
  const report = join(world.folder, 'report.csv')
  await pipeline(Readable.from(backerReport({ backers: world.orders, seed: 1 })), createWriteStream(report))
  const campaign_id = await makeEmptyCampaign(world)
  const delays: LoopDelay[] = []
  const files = (table: string) => join(world.folder, `${table}.copy`)
  let isKept = false
  const ours = async () => {
    await emptyCampaign(world.owner)
    const program = await world.program()
    const began = performance.now()
    const { delay } = await program.watch(() => withPeak(world, () => importReport(world, campaign_id, report)))
    const took = performance.now() - began
    delays.push(delay)
    if (!isKept) for (const table of TABLES) await copyOut(world.owner, table, files(table))
    isKept = true
    return took / 1000
  }
  const limit = async () => {
    await emptyCampaign(world.owner)
    const began = performance.now()
    for (const table of TABLES) await copyIn(world.owner, table, files(table))
    return (performance.now() - began) / 1000
  }
  const result = await compare({ name: 'import', unit: 's', goal: { at_most: 3 }, ours, limit })
  await emptyCampaign(world.owner)
  const worst = delays.reduce((most, each) => ({ p999: Math.max(most.p999, each.p999), worst: Math.max(most.worst, each.worst) }))
  return [result, ...loopResults('import', worst)]
}

async function makeEmptyCampaign(world: World): Promise<string> {
  const facts = { creator_name: 'Lanternfish Games', currency: 'USD', ship_from_country: 'US', time_zone: 'UTC' }
  const more = { support_email: 'help@lanternfish.example', lockdown_on: null, mode: 'test' as const }
  const campaign = await inTransaction(world.parts, (tx) =>
    createCampaign(tx, { kind: 'staff', id: world.account_id }, { name: 'Imported', ...facts, ...more }),
  )
  return campaign.id
}

interface ImportView {
  id: string
  state: string
  imported: number
  reported: number
}

async function importReport(world: World, campaign_id: string, report: string): Promise<void> {
  const { url } = await world.program()
  const api = apiOf(url, world.key)
  const path = `/campaigns/${campaign_id}/imports`
  let seen = await api.upload<ImportView>(`${path}?file_name=report.csv`, createReadStream(report))
  while (seen.state === 'reading') {
    await new Promise((resolve) => setTimeout(resolve, 100))
    seen = await api.get<ImportView>(`${path}/${seen.id}`)
  }
  if (seen.state !== 'previewed') throw new Error(`The report is ${seen.state} (${(await stat(report)).size} bytes)`)
  const applied = await api.post<ImportView>(`${path}/${seen.id}/apply`)
  const { imported, reported } = applied
  if (imported + reported !== world.orders) throw new Error(`${imported} imported and ${reported} reported of ${world.orders}`)
}

/** The campaign stays; what an import made goes. */
async function emptyCampaign(owner: pg.Client): Promise<void> {
  await owner.query(`truncate ${TABLES.join(', ')} cascade`)
  await owner.query('checkpoint').catch(() => undefined)
}

async function copyOut(owner: pg.Client, table: string, file: string): Promise<void> {
  await pipeline(owner.query(copyTo(`copy ${table} to stdout`)), createWriteStream(file))
}

async function copyIn(owner: pg.Client, table: string, file: string): Promise<void> {
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), owner.query(copyFrom(`copy ${table} from stdin`)))
}
