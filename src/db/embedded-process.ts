import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binaries, ServerUser } from './embedded-binaries.ts'
import { StartError } from './start-error.ts'

export type Cluster = {
  binaries: Binaries
  user: ServerUser | null
  folder: string
  socketFolder: string
  logFile: string
  settings: Record<string, string>
}

/** So long a start that ends by itself is tried again: after a kill, old backends may still be ending. */
const startLimitMs = 30_000
/** So long a server that lives may read its log again after a crash: cut short, it would begin from the front. */
const recoveryLimitMs = 15 * 60_000
const recoveryNoteMs = 10_000
/** An orderly stop writes what is in memory to disk; all of it must fit in what a stop of the program has. */
const stopLimitsMs = { SIGINT: 15_000, SIGQUIT: 4_000, SIGKILL: 4_000 } as const
const largestLog = 5_000_000

/** Starts PostgreSQL and waits until it takes connections: while it recovers from a crash, as long as that takes (15 minutes at most). */
export async function startServer(cluster: Cluster): Promise<ChildProcess> {
  const giveUpAt = Date.now() + startLimitMs
  for (;;) {
    const child = spawnServer(cluster)
    if (await becomesReady(cluster, child)) return child
    const reason = lastLogLine(cluster.logFile)
    if (/incompatible with server|not initialized by|invalid permissions|wrong ownership/.test(reason))
      throw notStarted(cluster, reason)
    if (Date.now() > giveUpAt) {
      child.kill('SIGQUIT')
      throw notStarted(cluster, reason)
    }
    await sleep(500)
  }
}

/** Ends PostgreSQL: fast shutdown, immediate after 15 s. What was committed is safe in both. */
export async function stopServer(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!sendSignal(pid, signal)) return
    const giveUpAt = Date.now() + stopLimitsMs[signal]
    while (Date.now() < giveUpAt) {
      if (!isAlive(pid)) return
      await sleep(15)
    }
  }
}

/**
 * A server that a killed program left behind is stopped. One whose program still lives (it could not be seen by its lock)
 * is left alone, and the start refused.
 */
export async function stopOrphan(clusterFolder: string): Promise<boolean> {
  const pid = Number(readPidFile(clusterFolder)[0])
  if (!Number.isInteger(pid) || pid <= 0 || !commandOf(pid).includes(clusterFolder)) return false
  const parent = parentOf(pid)
  if (parent > 1 && parent !== process.pid && /node/.test(commandOf(parent))) {
    throw new StartError(
      `Afterfund is already running: process ${parent} holds the data folder ${clusterFolder}. Stop it first, or set DATA_DIR to another folder.`,
    )
  }
  await stopServer(pid)
  return true
}

function spawnServer(cluster: Cluster): ChildProcess {
  const log = openSync(cluster.logFile, isLarge(cluster.logFile) ? 'w' : 'a', 0o600)
  const settings = Object.entries(cluster.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(
    join(cluster.binaries.native, 'bin', 'postgres'),
    ['-D', cluster.folder, '-k', cluster.socketFolder, '-c', 'listen_addresses=', ...settings],
    {
      cwd: '/',
      env: cluster.binaries.env,
      // A process group of its own: Ctrl-C must not reach PostgreSQL before our connections are closed.
      detached: true,
      stdio: ['ignore', log, log],
      ...(cluster.user ? { uid: cluster.user.uid, gid: cluster.user.gid } : {}),
    },
  )
  closeSync(log)
  child.on('error', () => undefined)
  child.unref()
  return child
}

async function becomesReady(cluster: Cluster, child: ChildProcess): Promise<boolean> {
  const began = Date.now()
  const giveUpAt = began + recoveryLimitMs
  let isTold = false
  while (child.exitCode === null && child.signalCode === null && child.pid && Date.now() < giveUpAt) {
    const lines = readPidFile(cluster.folder)
    if (lines[0] === String(child.pid) && lines[7]?.trim() === 'ready') return true
    if (!isTold && Date.now() > began + recoveryNoteMs) {
      isTold = true
      process.stderr.write(
        'The database was not stopped in order, and reads its log again. This can take some minutes; nothing is lost.\n',
      )
    }
    await sleep(10)
  }
  return false
}

function readPidFile(clusterFolder: string): string[] {
  try {
    return readFileSync(join(clusterFolder, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

// Signal 0 also answers "alive" for a process that ended and was not yet reaped, so its state is read where there is /proc.
function isAlive(pid: number): boolean {
  if (!sendSignal(pid, 0 as unknown as NodeJS.Signals)) return false
  return !/^State:\s+Z/m.test(readStatus(pid))
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readStatus(pid))?.[1] ?? 0)
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return process.platform === 'linux' ? '' : commandByPs(pid)
  }
}

function commandByPs(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  } catch {
    return ''
  }
}

function isLarge(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largestLog
}

function lastLogLine(file: string): string {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? ''
}

function notStarted(cluster: Cluster, reason: string): StartError {
  return new StartError(
    `The built-in PostgreSQL did not start in ${cluster.folder}: ${reason || 'it said nothing'}. Its log is ${cluster.logFile}; set DATA_DIR to another folder, or DATABASE_URL to another database.`,
  )
}
