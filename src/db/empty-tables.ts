import pg from 'pg'

/** Empties every table but the list of migrations, and the job queue. Only the owner may; the program's role cannot. */
export async function emptyTables(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I', tablename) as name from pg_tables where schemaname = 'public' and tablename not like 'kysely_%'`,
    )
    if (rows.length > 0) await client.query(`truncate ${rows.map((row) => row.name).join(', ')} restart identity`)
  } finally {
    await client.end()
  }
}
