import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import {
  type BackupHeader,
  type EndLine,
  endOfTable,
  formatName,
  formatVersion,
  type TableLine,
  tablesLeftOut,
} from './backup-format.ts'
import { StartError } from './start-error.ts'

const newline = 0x0a

/**
 * Writes all tables into `file` as they are at one moment, while the program goes on. The file appears under its name only
 * when it is whole. Jobs are not taken along: the worker finds what is due in our own rows.
 */
export async function writeBackup(ownerUrl: string, file: string): Promise<{ rows: number; tables: number }> {
  const client = new pg.Client({ connectionString: ownerUrl, statement_timeout: 0, application_name: 'afterfund backup' })
  await client.connect()
  const partial = `${file}.partial`
  const result = { rows: 0, tables: 0 }
  try {
    await client.query('begin transaction isolation level repeatable read, read only')
    const out = createWriteStream(partial, { mode: 0o600, flags: 'w' })
    await pipeline(backupLines(client, result), createGzip({ level: 6 }), out)
    await rename(partial, file)
    return result
  } catch (error) {
    await rm(partial, { force: true })
    const { code, message } = error as NodeJS.ErrnoException
    if (['ENOENT', 'EACCES', 'ENOSPC', 'EISDIR', 'EROFS'].includes(code ?? '')) {
      throw new StartError(
        `The backup cannot be written to ${file} (${message}). Name a file in a folder that exists and has room.`,
      )
    }
    throw error
  } finally {
    await client.end()
  }
}

async function* backupLines(client: pg.Client, result: { rows: number; tables: number }): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  const hashed = (data: Buffer | string) => {
    const buffer = typeof data === 'string' ? Buffer.from(data) : data
    hash.update(buffer)
    return buffer
  }
  yield hashed(`${JSON.stringify(await makeHeader(client))}\n`)
  for (const line of await listTables(client)) {
    yield hashed(`${JSON.stringify(line)}\n`)
    const columns = line.columns.map((column) => pg.escapeIdentifier(column)).join(', ')
    const rows = client.query(copyTo(`copy public.${pg.escapeIdentifier(line.table)} (${columns}) to stdout`))
    for await (const chunk of rows as AsyncIterable<Buffer>) {
      for (const byte of chunk) if (byte === newline) result.rows++
      yield hashed(chunk)
    }
    yield hashed(`${endOfTable}\n`)
    result.tables++
  }
  const end: EndLine = { rows: result.rows, sha256: hash.digest('hex') }
  yield Buffer.from(`${JSON.stringify(end)}\n`)
}

async function makeHeader(client: pg.Client): Promise<BackupHeader> {
  const result = await client.query<{ name: string }>('select name from public.kysely_migration order by name')
  return {
    format: formatName,
    version: formatVersion,
    created_at: new Date().toISOString(),
    migrations: result.rows.map((row) => row.name),
  }
}

/** Every table with its columns, those first to which others refer, so that a restore never meets a row before what it names. */
export async function listTables(client: pg.Client): Promise<TableLine[]> {
  const tables = await client.query<TableLine>(
    `select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
       and not a.attisdropped and a.attgenerated = '' and c.relname <> all ($1)
     group by c.relname order by c.relname`,
    [tablesLeftOut],
  )
  const references = await client.query<{ from: string; to: string }>(
    `select distinct f.relname as from, t.relname as to
     from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
     where k.contype = 'f' and k.connamespace = 'public'::regnamespace and f.oid <> t.oid`,
  )
  return inOrder(tables.rows, references.rows)
}

function inOrder(tables: TableLine[], references: { from: string; to: string }[]): TableLine[] {
  const placed = new Set<string>(tablesLeftOut)
  const waiting = [...tables]
  const ordered: TableLine[] = []
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ table }) => references.every(({ from, to }) => from !== table || placed.has(to)))
    if (next < 0) throw new Error(`Tables refer to each other in a circle: ${waiting.map(({ table }) => table).join(', ')}`)
    const [line] = waiting.splice(next, 1)
    if (!line) break
    placed.add(line.table)
    ordered.push(line)
  }
  return ordered
}
