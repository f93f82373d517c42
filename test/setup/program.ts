import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { projectRoot } from '../../src/db/project-root.ts'
import { testFolder } from './folder.ts'
import { keepDataFolder, keepOutput } from './keep-logs.ts'

export type Program = {
  url: string
  /** All that it printed so far. */
  output(): string
  /** Where its own gateway simulator listens: `/ledger`, `/knobs`. */
  gatewayUrl(): string
  stop(): Promise<void>
}

/**
 * Starts the built program as `npm start` does, on a free port and a data folder of its own. Resolves when it listens; throws
 * with what it printed when it ends before. Stop it in afterAll: that removes the folder.
 */
export async function startProgram({ args = [], env = {} }: { args?: string[]; env?: NodeJS.ProcessEnv } = {}): Promise<Program> {
  const port = await freePort()
  const folder = mkdtempSync(join(testFolder(), 'program-'))
  // Not 0700: tests that run as root start PostgreSQL as another user, who must be able to enter.
  chmodSync(folder, 0o755)
  const child = spawn(process.execPath, [join(projectRoot, 'tools', 'start.ts'), ...args], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      DATA_DIR: folder,
      AFTERFUND_TEST: '1',
      ...noGateway,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const keep = keepOutput('program')
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      printed += text
      keep(text)
    })
  }
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let stopping = false
  child.once('exit', (code, signal) => {
    // A test that meets a program that is gone says only that it cannot connect; this says why.
    if (!stopping) process.stderr.write(`The program ended by itself (${code ?? signal}):\n${printed.slice(-4000)}\n`)
  })
  const stop = async () => {
    stopping = true
    child.kill('SIGTERM')
    await ended
    keepDataFolder(folder)
    rmSync(folder, { recursive: true, force: true })
  }
  const url = `http://localhost:${port}`
  const isUp = await Promise.race([ended.then(() => false), listening(() => /^ {2}Data /m.test(printed))])
  if (!isUp) {
    await stop()
    throw new Error(`The program did not start:\n${printed}`)
  }
  const gatewayUrl = () => {
    const { port } = JSON.parse(readFileSync(join(folder, 'gateway', 'address.json'), 'utf8')) as { port: number }
    return `http://127.0.0.1:${port}`
  }
  return { url, output: () => printed, gatewayUrl, stop }
}

/** Whatever the developer's own environment says, tests charge at a simulator. */
const noGateway = { STRIPE_SECRET_KEY: '', STRIPE_HOST: '', STRIPE_PORT: '', STRIPE_PROTOCOL: '' }

async function listening(says: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 1200; tries++) {
    if (says()) return true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return false
}

/** A port that is free now; another process may get it as soon as it is not listened at. */
export function freePort(): Promise<number> {
  return tryPort(0)
}

/**
 * A free port that the system gives to nobody by itself (those begin at 32768 or later), for a program that is ended and started again: in
 * between, a connection of another test must not take its place.
 */
export async function steadyPort(): Promise<number> {
  for (;;) {
    const port = await tryPort(20_000 + Math.floor(Math.random() * 12_000)).catch(() => null)
    if (port !== null) return port
  }
}

function tryPort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
