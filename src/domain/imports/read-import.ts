import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import type { Database, Row } from '../../db/types.ts'
import type { Db } from '../shared/tx.ts'
import { countOutcomes } from './apply-rows.ts'
import { compareRows, type ImportKey, markTwice } from './compare-rows.ts'
import type { ImportFacts } from './import-facts.ts'
import { addColumns, addRow, newFacts, proposeCatalogue } from './propose-catalogue.ts'
import { readReport } from './read-report.ts'
import type { FileFault, ReadSummary } from './report-types.ts'
import { rowProblem } from './row-problems.ts'
import { openStage } from './stage-rows.ts'

/** What the reading of an upload needs: the pool, since COPY wants a connection of its own. */
export interface ReadParts {
  db: Db
  pool: pg.Pool
}

const progressEvery = 10_000

/**
 * Reads an upload into its preview: *reading* becomes *previewed*, or *refused* with the fault of the file and no rows.
 * One transaction on one connection: killed at any moment it leaves the upload as it was, and the next run reads it. Two runs at
 * once: the second waits for the first and then finds nothing to do. Safe to run again at any time.
 */
export async function readImport(app: ReadParts, key: ImportKey): Promise<void> {
  const client = await app.pool.connect()
  let broken = true
  try {
    await client.query('begin')
    await client.query(`select set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true)`)
    const db = kyselyOn(client)
    const upload = await lease(db, key)
    if (upload) await readUpload(app, client, db, upload)
    await client.query('commit')
    broken = false
  } catch (error) {
    broken = await client.query('rollback').then(
      () => false,
      () => true,
    )
    // With the connection lost the upload stays, and the work is tried again; otherwise trying again would fail again.
    if (!broken) await saveFailure(app, key)
    throw error
  } finally {
    client.release(broken)
  }
}

interface Upload {
  key: ImportKey
  file_name: string
  currency: string
}

/** Takes the upload for this run; null when there is nothing (left) to read. */
async function lease(db: Db, key: ImportKey): Promise<Upload | null> {
  const first = await db
    .selectFrom('import_parts')
    .select('part')
    .where('campaign_id', '=', key.campaign_id)
    .where('import_id', '=', key.import_id)
    .where('part', '=', 0)
    .forUpdate()
    .executeTakeFirst()
  if (!first) return null
  const found = await db
    .selectFrom('imports as i')
    .innerJoin('campaigns as c', 'c.id', 'i.campaign_id')
    .select(['i.file_name', 'i.state', 'c.currency'])
    .where('i.campaign_id', '=', key.campaign_id)
    .where('i.id', '=', key.import_id)
    .executeTakeFirstOrThrow()
  return found.state === 'reading' ? { key, file_name: found.file_name, currency: found.currency } : null
}

async function readUpload(app: ReadParts, client: pg.PoolClient, db: Db, upload: Upload): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'afterfund-import-'))
  try {
    const path = join(folder, 'upload')
    await pipeline(Readable.from(parts(db, upload.key)), createWriteStream(path, { mode: 0o600 }))
    const result = await stageReport(app, client, upload, path)
    if ('fault' in result) await saveFault(db, upload.key, result.fault)
    else await savePreview(db, upload.key, result)
    await db
      .deleteFrom('import_parts')
      .where('campaign_id', '=', upload.key.campaign_id)
      .where('import_id', '=', upload.key.import_id)
      .execute()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function* parts(db: Db, key: ImportKey): AsyncGenerator<Buffer> {
  for (let part = 0; ; part += 1) {
    const row = await db
      .selectFrom('import_parts')
      .select('bytes')
      .where('campaign_id', '=', key.campaign_id)
      .where('import_id', '=', key.import_id)
      .where('part', '=', part)
      .executeTakeFirst()
    if (!row) return
    yield row.bytes
  }
}

type Staged = { summary: ReadSummary; proposal: ImportFacts['proposal'] }

async function stageReport(
  app: ReadParts,
  client: pg.PoolClient,
  upload: Upload,
  path: string,
): Promise<Staged | { fault: FileFault }> {
  await client.query('savepoint staging')
  const stage = openStage(client, upload.key)
  const facts = newFacts()
  let shown = 0
  const outcome = await readReport(
    { name: upload.file_name, path },
    {
      currency: upload.currency,
      onRows: async (rows) => {
        for (const { row, problems } of rows) if (problems.length === 0) addRow(facts, row)
        await stage.write(rows)
        const n = rows.at(-1)?.n ?? 0
        if (n - shown >= progressEvery) {
          shown = n
          await showProgress(app.db, upload.key, n)
        }
      },
    },
  ).catch(async (error: unknown) => {
    await stage.abort()
    throw error
  })
  if (!outcome.ok) {
    await stage.abort()
    await client.query('rollback to savepoint staging')
    return { fault: outcome.fault }
  }
  await stage.end()
  for (const file of outcome.summary.files) addColumns(facts, file.columns)
  return { summary: outcome.summary, proposal: proposeCatalogue(facts) }
}

/** Beside the transaction, so that a page can tell how far it is. */
async function showProgress(db: Db, key: ImportKey, rows_total: number): Promise<void> {
  await db
    .updateTable('imports')
    .set({ rows_total })
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.import_id)
    .where('state', '=', 'reading')
    .execute()
}

async function savePreview(db: Db, key: ImportKey, { summary, proposal }: Staged): Promise<void> {
  await markTwice(db, key, summary.uids_twice, rowProblem('uid_twice', 'Backer UID', null))
  const counts = await compareRows(db, key)
  const facts: ImportFacts = {
    files: summary.files.map(({ file, generation, rows, columns }) => ({
      file,
      generation,
      rows,
      headers: columns.map(({ header }) => header),
    })),
    ignored: summary.ignored,
    proposal,
    outcomes: await countOutcomes(db, key),
  }
  await finishReading(db, key, {
    state: 'previewed',
    generation: summary.files[0]?.generation ?? null,
    rows_total: summary.rows,
    counts: JSON.stringify(counts),
    facts: JSON.stringify(facts),
  })
}

async function saveFault(db: Db, key: ImportKey, fault: FileFault): Promise<void> {
  await finishReading(db, key, { state: 'refused', rows_total: 0, fault: JSON.stringify(fault) })
}

type Finish = Partial<Pick<Row<'imports'>, 'state' | 'generation' | 'rows_total' | 'fault' | 'facts'>> & { counts?: string }

/** Only a reading import gets a result; one that was discarded meanwhile keeps no rows. */
async function finishReading(db: Db, key: ImportKey, values: Finish): Promise<void> {
  const result = await db
    .updateTable('imports')
    .set(values)
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.import_id)
    .where('state', '=', 'reading')
    .executeTakeFirst()
  if (Number(result.numUpdatedRows) > 0) return
  await db.deleteFrom('import_rows').where('campaign_id', '=', key.campaign_id).where('import_id', '=', key.import_id).execute()
}

/** A programmer's error or a lost connection is no fault of the file: the import says that it failed, and its upload can go. */
async function saveFailure(app: ReadParts, key: ImportKey): Promise<void> {
  await app.db
    .updateTable('imports')
    .set({ state: 'failed' })
    .where('campaign_id', '=', key.campaign_id)
    .where('id', '=', key.import_id)
    .where('state', '=', 'reading')
    .execute()
  await app.db
    .deleteFrom('import_parts')
    .where('campaign_id', '=', key.campaign_id)
    .where('import_id', '=', key.import_id)
    .execute()
}

/** Kysely on one connection that is already in a transaction. */
function kyselyOn(client: pg.PoolClient): Kysely<Database> {
  const query = client.query.bind(client) as PostgresPoolClient['query']
  const pool: PostgresPool = {
    connect: async () => ({ query, release: () => undefined }),
    end: async () => undefined,
    options: {},
  }
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
}
