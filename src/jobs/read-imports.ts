import type { Deps } from '../deps.server.ts'
import { findImportsToRead } from '../domain/imports/find-waiting.ts'
import { readImport } from '../domain/imports/read-import.ts'

/** Reads the uploads that wait to be read, one after the other. One that breaks is marked failed by its reader and logged here. */
export async function readWaitingImports(app: Pick<Deps, 'db' | 'pool' | 'log'>): Promise<number> {
  let done = 0
  for (const key of await findImportsToRead(app.db)) {
    try {
      await readImport(app, key)
    } catch (error) {
      app.log.error({ error, ...key }, 'an upload could not be read')
    }
    done += 1
  }
  return done
}
