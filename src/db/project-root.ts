import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of package.json, found from the file's own place, so that it is right in the sources and in the build. */
export const projectRoot: string = findRoot(import.meta.dirname)

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error('package.json of Afterfund not found')
  return findRoot(parent)
}
