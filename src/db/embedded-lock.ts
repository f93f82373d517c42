import { createHash } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askHolder, type SocketLock, takeSocketLock } from '../lib/socket-lock.ts'
import type { ServerUser } from './embedded-binaries.ts'
import { StartError } from './start-error.ts'

/** Holds a data folder for one program at a time. */
export type FolderLock = SocketLock

// Socket paths end at 107 characters, so sockets live in the temp folder under a hash of the data folder's real path.
// /tmp itself, not TMPDIR, where there is one: two starts with different settings must meet at the same lock.
const temporaryFolder = existsSync('/tmp') ? '/tmp' : tmpdir()

/** Where PostgreSQL of this data folder listens. */
export function socketFolderOf(dataFolder: string): string {
  return join(temporaryFolder, `afterfund-${hashOf(dataFolder)}`)
}

/** The private folder (0700) for PostgreSQL's socket of this data folder. */
export function makeSocketFolder(dataFolder: string, user: ServerUser | null): string {
  const folder = socketFolderOf(dataFolder)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid } = lstatSync(folder)
  const allowed = [process.getuid?.() ?? uid, user?.uid]
  if (!lstatSync(folder).isDirectory() || !allowed.includes(uid)) {
    throw new StartError(`${folder} belongs to another user. Remove it, or set DATA_DIR to another folder.`)
  }
  chmodSync(folder, 0o700)
  return folder
}

/** Holds the folder by a listening socket, which ends with its process. A second program is told who holds the folder. */
export async function lockFolder(dataFolder: string): Promise<FolderLock> {
  const path = lockPathOf(dataFolder)
  const lock = await takeSocketLock(path)
  if ('release' in lock) return lock
  if (lock.heldBy) {
    throw new StartError(
      `Afterfund is already running: process ${lock.heldBy} holds the data folder ${dataFolder}. Stop it first, or set DATA_DIR to another folder.`,
    )
  }
  throw new StartError(`The lock ${path} of the data folder ${dataFolder} cannot be taken. Remove that file and start again.`)
}

/** The process that holds the folder; null when none does. */
export function findHolder(dataFolder: string): Promise<string | null> {
  return askHolder(lockPathOf(dataFolder))
}

function lockPathOf(dataFolder: string): string {
  return `${socketFolderOf(dataFolder)}.lock`
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
