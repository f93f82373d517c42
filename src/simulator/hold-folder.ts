import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SocketLock, takeSocketLock } from '../lib/socket-lock.ts'
import { SimulatorStartError } from './start-error.ts'

/** Makes the folder when it is missing and holds it for one simulator at a time; a second one is told who has it. */
export async function holdFolder(folder: string): Promise<SocketLock> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // Socket paths end at 107 characters: the lock lies in the temp folder under a hash of the folder's real path.
  const name = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 16)
  const path = join(existsSync('/tmp') ? '/tmp' : tmpdir(), `afterfund-simulator-${name}.lock`)
  const lock = await takeSocketLock(path)
  if ('release' in lock) return lock
  throw new SimulatorStartError(
    lock.heldBy
      ? `A simulator is already running: process ${lock.heldBy} holds the folder ${folder}. Stop it first, or take another folder.`
      : `The lock ${path} of the folder ${folder} cannot be taken. Remove that file and start again.`,
  )
}
