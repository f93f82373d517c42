import type { Deps } from '../deps.server.ts'
import { findImportsToRead } from '../domain/imports/find-waiting.ts'

/** Reads the uploads that wait to be read, one after the other, apart from the pages. One that breaks is marked failed by its reader and logged here. */
export async function readWaitingImports(app: Pick<Deps, 'db' | 'readApart' | 'log'>): Promise<number> {
  let done = 0
  for (const key of await findImportsToRead(app.db)) {
    try {
      await app.readApart(key)
    } catch (error) {
      app.log.error({ error, ...key }, 'an upload could not be read')
    }
    done += 1
  }
  return done
}
