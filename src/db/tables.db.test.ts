import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { useTestDatabase } from '../../test/setup/database.ts'

const database = useTestDatabase()

/** `table.column`, with a question mark where it may be null. */
type Columns = string[]

/** The columns that a file of tables/ declares: a table is indented by two, its columns by four. */
function declaredColumns(source: string): Columns {
  return [...source.matchAll(/^ {2}(\w+): \{\n([\s\S]*?)^ {2}\}/gm)].flatMap(([, table, body]) =>
    [...(body ?? '').matchAll(/^ {4}(\w+): (.+(?:\n {6}.+)*)/gm)].map(
      ([, column, type]) => `${table}.${column}${/\bnull\b|\bMaybe/.test(readSide(type ?? '')) ? '?' : ''}`,
    ),
  )
}

/** Of a ColumnType<reads, inserts, updates> only what is read: that is what the column may hold. */
function readSide(type: string): string {
  return /^\s*ColumnType<\s*(\{[^}]*\}[^,]*|[^,]*),/.exec(type)?.[1] ?? type
}

async function columnsInDatabase(): Promise<Columns> {
  const { rows } = await database.pool.query<{ table: string; column: string; nullable: string }>(
    `select table_name as table, column_name as column, is_nullable as nullable from information_schema.columns
     where table_schema = 'public' and table_name not like 'kysely_%'`,
  )
  return rows.map(({ table, column, nullable }) => `${table}.${column}${nullable === 'YES' ? '?' : ''}`)
}

test('the types say which columns the migrated database has, and which of them may be null', async () => {
  const folder = join(import.meta.dirname, 'tables')
  const declared = readdirSync(folder).flatMap((file) => declaredColumns(readFileSync(join(folder, file), 'utf8')))
  expect(declared.length).toBeGreaterThan(300)
  expect(declared.sort()).toEqual((await columnsInDatabase()).sort())
})

test('a column is read with its name and with what it may hold', () => {
  const source = `export interface XTables {
  orders: {
    /** why */
    id: string
    note: string | null
    paid_at: MaybeTime
    state: ColumnType<'a', 'a' | null, 'a'>
    kept: ColumnType<{ to: string; text: string } | null, unknown, unknown>
  }
}`
  expect(declaredColumns(source)).toEqual(['orders.id', 'orders.note?', 'orders.paid_at?', 'orders.state', 'orders.kept?'])
})
