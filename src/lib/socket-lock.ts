import { chmodSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'

export type SocketLock = { release(): void }

/**
 * Takes a lock that is a listening socket: it ends with its process, so a killed program leaves no lock behind. Answers the number
 * of the process that holds it when another one does, null when the path cannot be taken though nobody answers there.
 */
export async function takeSocketLock(path: string): Promise<SocketLock | { heldBy: string | null }> {
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
    const heldBy = await askHolder(path)
    if (heldBy) return { heldBy }
    rmSync(path, { force: true })
  }
  return { heldBy: null }
}

/** The process number that the holder answers; null when nobody answers. */
export function askHolder(path: string): Promise<string | null> {
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
