// Reads one upload in a thread of its own: a report of 220,000 rows is 20 seconds of work, and pages are served meanwhile.
import { join } from 'node:path'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { connect } from './db/client.server.ts'
import { projectRoot } from './db/project-root.ts'
import type { ImportKey } from './domain/imports/compare-rows.ts'
import { readImport } from './domain/imports/read-import.ts'

interface ThreadData {
  afterfund_import: ImportKey
  database_url: string
}

/**
 * A report is read row by row and forgotten as fast, so little is alive at any time. Told so, the thread collects its garbage early, and is no
 * slower for it (tried: half the memory). 220,000 rows need 60 MB, most of it a hash for each.
 */
const limits = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 384 }

/**
 * Starts a thread for each upload, with connections of its own; resolves when the upload is read or refused, as `readImport` does. The
 * thread runs this very file as it is: nothing in it may need the build.
 */
export function createImportReader(database_url: string): (key: ImportKey) => Promise<void> {
  return (key) =>
    new Promise((resolve, reject) => {
      const data: ThreadData = { afterfund_import: key, database_url }
      const thread = new Worker(join(projectRoot, 'src', 'import-thread.server.ts'), {
        workerData: data,
        execArgv: [],
        resourceLimits: limits,
      })
      thread.once('error', reject)
      thread.once('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`The thread that reads a report ended with ${code}`)),
      )
    })
}

if (!isMainThread && isOrder(workerData)) {
  const client = connect(workerData.database_url, { max: 2 })
  try {
    await readImport({ db: client.db, pool: client.pool }, workerData.afterfund_import)
  } finally {
    await client.end()
  }
}

/** Other threads load this file too: a test runs in one. */
function isOrder(data: unknown): data is ThreadData {
  return typeof data === 'object' && data !== null && 'afterfund_import' in data
}
