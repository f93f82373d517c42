import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import {
  type BackupHeader,
  type EndLine,
  endOfTable,
  formatName,
  formatVersion,
  type TableLine,
  tablesLeftOut,
} from './backup-format.ts'
import { listMigrations, migrate } from './migrate.ts'
import { StartError } from './start-error.ts'

type Lines = AsyncGenerator<Buffer, void>

/**
 * Fills an empty database from a backup, as a whole or not at all: the checksum is compared before anything is kept. A backup
 * of an older version is loaded into its own schema and then migrated. Refuses a database that holds data or is in use.
 */
export async function restoreBackup(
  ownerUrl: string,
  appRole: string,
  file: string,
): Promise<{ rows: number; created_at: string }> {
  const header = await readHeader(file)
  const last = header.migrations.at(-1)
  const unknown = header.migrations.find((name) => !listMigrations().includes(name))
  if (unknown || !last) {
    throw new StartError(`The backup was made by a newer version of Afterfund (it has ${unknown}). Install that version first.`)
  }
  const client = new pg.Client({ connectionString: ownerUrl, statement_timeout: 0, application_name: 'afterfund restore' })
  await client.connect()
  try {
    await refuseUsed(client)
    await dropEmptyTables(client)
    await migrate(ownerUrl, appRole, last)
    await client.query('begin')
    const rows = await load(client, file)
    await setSequences(client)
    await client.query('commit')
    await migrate(ownerUrl, appRole)
    // Without statistics the first minutes of a large campaign would be planned as if it were empty.
    await client.query('analyze')
    return { rows, created_at: header.created_at }
  } finally {
    await client.end()
  }
}

async function readHeader(file: string): Promise<BackupHeader> {
  const lines = readLines(file)
  try {
    const first = await lines.next()
    const header = JSON.parse(String(first.value ?? '')) as BackupHeader
    if (header.format !== formatName) throw new Error('it begins otherwise')
    if (header.version !== formatVersion) {
      throw new StartError(`The backup has format ${header.version}; this version of Afterfund reads format ${formatVersion}.`)
    }
    return header
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(`${file} is not a backup of Afterfund (${(error as Error).message}).`, { cause: error })
  } finally {
    await lines.return()
  }
}

/** Loads every table and answers how many rows; the checksum line must come last and be right. */
async function load(client: pg.Client, file: string): Promise<number> {
  const hash = createHash('sha256')
  const lines = readLines(file)
  let rows = 0
  let isHeader = true
  for await (const line of lines) {
    if (isHeader) {
      isHeader = false
    } else {
      const parsed = JSON.parse(line.toString()) as TableLine | EndLine
      if ('sha256' in parsed) {
        if (parsed.sha256 !== hash.digest('hex') || parsed.rows !== rows) throw damaged('its checksum is wrong')
        return rows
      }
      hash.update(line)
      rows += await loadTable(client, parsed, lines, (data) => hash.update(data))
      continue
    }
    hash.update(line)
  }
  throw damaged('its end is missing')
}

async function loadTable(
  client: pg.Client,
  { table, columns }: TableLine,
  lines: Lines,
  onLine: (line: Buffer) => void,
): Promise<number> {
  const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ')
  const target = client.query(copyFrom(`copy public.${pg.escapeIdentifier(table)} (${list}) from stdin`))
  // Heard from the start: an error that comes while we read would otherwise be nobody's.
  const done = finished(target)
  done.catch(() => undefined)
  let rows = 0
  for (;;) {
    const { value: line } = await lines.next()
    if (!line) {
      target.destroy()
      throw damaged('its end is missing')
    }
    onLine(line)
    if (line.length === endOfTable.length + 1 && line.toString() === `${endOfTable}\n`) break
    rows++
    if (!target.write(line)) await Promise.race([once(target, 'drain'), done])
  }
  target.end()
  await done
  return rows
}

/** The lines of the file, each with its line break. */
async function* readLines(file: string): Lines {
  const source = createReadStream(file)
  const unpacked = createGunzip()
  source.on('error', (error) => unpacked.destroy(error))
  let rest: Buffer = Buffer.alloc(0)
  try {
    for await (const chunk of source.pipe(unpacked) as AsyncIterable<Buffer>) {
      const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
      let start = 0
      for (let end = data.indexOf(0x0a); end >= 0; end = data.indexOf(0x0a, start)) {
        yield data.subarray(start, end + 1)
        start = end + 1
      }
      rest = data.subarray(start)
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code?.startsWith('Z_')) throw damaged(message)
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
      throw new StartError(`The backup ${file} cannot be read (${message}).`)
    throw error
  } finally {
    source.destroy()
  }
}

async function isUsed(client: pg.Client): Promise<boolean> {
  const others = await client.query(
    `select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name like 'afterfund%'`,
  )
  return others.rows.length > 0
}

/** How long a program that has just stopped may still have connections that end. */
const goneWithinMs = 2_000

async function refuseUsed(client: pg.Client): Promise<void> {
  const until = Date.now() + goneWithinMs
  while (await isUsed(client)) {
    if (Date.now() > until) throw new StartError('Afterfund is running on this database. Stop it, then restore.')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  for (const table of await tableNames(client)) {
    if (tablesLeftOut.includes(table)) continue
    // An empty program keeps the hash of its first-run code there; it dies with the restore.
    const condition = table === 'settings' ? `where key <> 'first_run_code'` : ''
    const found = await client.query(`select 1 from public.${pg.escapeIdentifier(table)} ${condition} limit 1`)
    if (found.rows.length > 0) {
      throw new StartError(
        `The database is not empty (table ${table} has rows), and a restore never overwrites. Set DATA_DIR to a new folder (or DATABASE_URL to an empty database), or empty this one with npm run db:reset.`,
      )
    }
  }
}

async function dropEmptyTables(client: pg.Client): Promise<void> {
  const names = (await tableNames(client)).map((table) => `public.${pg.escapeIdentifier(table)}`)
  if (names.length > 0) await client.query(`drop table ${names.join(', ')} cascade`)
}

async function tableNames(client: pg.Client): Promise<string[]> {
  const result = await client.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public'`)
  return result.rows.map((row) => row.name)
}

async function setSequences(client: pg.Client): Promise<void> {
  const result = await client.query<{ table: string; column: string }>(
    `select c.relname as table, a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace = 'public'::regnamespace and a.attidentity <> ''`,
  )
  for (const { table, column } of result.rows) {
    const name = pg.escapeIdentifier(table)
    await client.query(
      `select setval(pg_get_serial_sequence($1, $2), (select coalesce(max(${pg.escapeIdentifier(column)}), 0) + 1 from public.${name}), false)`,
      [`public.${name}`, column],
    )
  }
}

function damaged(why: string): StartError {
  return new StartError(`The backup is damaged (${why}), and nothing was restored. Take another copy of it.`)
}
