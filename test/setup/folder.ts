import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for what tests leave behind; readable by the user that PostgreSQL runs as when tests run as root. */
export function testFolder(): string {
  const folder = join(tmpdir(), `afterfund-test-${process.getuid?.() ?? 0}`)
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  return folder
}
