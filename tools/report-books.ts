import { connect } from '../src/db/client.server.ts'
import { verifyBooks } from '../src/domain/verify.ts'

/** Says whether the books balance; sets exit code 1 where they do not. */
export async function reportBooks(url: string): Promise<void> {
  const client = connect(url, { max: 2, statementTimeoutMs: 0 })
  try {
    const violations = await verifyBooks(client.db, new Date())
    for (const violation of violations) process.stdout.write(`${JSON.stringify(violation)}\n`)
    process.stdout.write(
      violations.length === 0 ? 'The books balance.\n' : `The books do not balance: ${violations.length} violations.\n`,
    )
    if (violations.length > 0) process.exitCode = 1
  } finally {
    await client.end()
  }
}
