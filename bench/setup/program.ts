import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { projectRoot } from '../../src/db/project-root.ts'
import type { LoopDelay } from './watch-loop.ts'

/** The built program as `npm start` runs it, web and worker in one process. */
export interface Program {
  url: string
  /** milliseconds from the start until its first page came */
  first_page_ms: number
  /** Watches the event loop while something runs. */
  watch<T>(run: () => Promise<T>): Promise<{ result: T; delay: LoopDelay }>
  /** What it and all that it started hold now, in MB; shared pages are counted once. */
  memory(): number
  stop(): Promise<void>
}

export async function startProgram(env: NodeJS.ProcessEnv): Promise<Program> {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const began = performance.now()
  const args = [
    '--import',
    join(import.meta.dirname, 'watch-loop.ts'),
    join(projectRoot, 'tools', 'start.ts'),
    '--no-build',
    '--no-demo',
  ]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...noGateway, NODE_ENV: 'production', PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (printed = `${printed}${text}`.slice(-20_000)))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const isUp = await Promise.race([ended.then(() => false), answers(url)])
  if (!isUp) throw new Error(`The program did not start:\n${printed}`)
  return {
    url,
    first_page_ms: performance.now() - began,
    async watch(run) {
      child.send('watch')
      const result = await run()
      const told = new Promise<LoopDelay>((resolve) => child.once('message', (delay) => resolve(delay as LoopDelay)))
      child.send('tell')
      return { result, delay: await told }
    },
    memory: () => memoryOf(child.pid ?? 0),
    async stop() {
      if (child.exitCode === null) child.kill('SIGTERM')
      await ended
      endStreams(child)
    },
  }
}

/** Whatever the environment says, the bench charges at the program's own simulator. */
const noGateway = { STRIPE_SECRET_KEY: '', STRIPE_HOST: '', STRIPE_PORT: '', STRIPE_PROTOCOL: '' }

function endStreams(child: ChildProcess): void {
  child.stdout?.destroy()
  child.stderr?.destroy()
}

async function answers(url: string): Promise<boolean> {
  for (let tries = 0; tries < 3_000; tries++) {
    const page = await fetch(`${url}/sign-in`).catch(() => null)
    await page?.arrayBuffer()
    if (page?.ok) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}

/** The memory of a process and all below it (Linux), in MB. */
export function memoryOf(pid: number): number {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    const stat = read(`/proc/${name}/stat`)
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  const family = new Set([pid])
  for (let size = 0; size !== family.size; ) {
    size = family.size
    for (const [child, parent] of parents) if (family.has(parent)) family.add(child)
  }
  const kilobytes = [...family].map((each) => Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${each}/smaps_rollup`))?.[1] ?? 0))
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024
}

/** A process may end between the list and the look. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
