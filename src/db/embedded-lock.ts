import { createHash } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ServerUser } from './embedded-binaries.ts'
import { StartError } from './start-error.ts'

/** Holds a data folder for one program at a time. */
export type FolderLock = { release(): void }

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

/**
 * Holds the folder by a listening socket: it ends with its process, so a killed program leaves no lock behind.
 * A second program is told who holds the folder.
 */
export async function lockFolder(dataFolder: string): Promise<FolderLock> {
  const path = lockPathOf(dataFolder)
  for (let attempt = 0; attempt < 3; attempt++) {
    const server = await listen(path)
    if (server) {
      return {
        release: () => {
          server.close()
          rmSync(path, { force: true })
        },
      }
    }
    const holder = await askHolder(path)
    if (holder) {
      throw new StartError(
        `Afterfund is already running: process ${holder} holds the data folder ${dataFolder}. Stop it first, or set DATA_DIR to another folder.`,
      )
    }
    rmSync(path, { force: true })
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

function listen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end(String(process.pid)))
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)))
    server.listen(path, () => {
      server.unref()
      chmodSync(path, 0o666)
      resolve(server)
    })
  })
}

/** The process number that the holder answers; null when nobody answers. */
function askHolder(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(path)
    socket.setTimeout(2000, () => socket.destroy())
    socket.on('data', (data) => {
      answer += data.toString()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answer || null))
  })
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
