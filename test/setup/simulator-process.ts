import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { projectRoot } from '../../src/db/project-root.ts'
import type { Knobs, SimulatedCharge, WebhookTarget } from '../../src/simulator/types.ts'
import { testFolder } from './folder.ts'
import { keepDataFolder, keepOutput } from './keep-logs.ts'

export interface SimulatorProcess {
  port: number
  /** All charges that took money: what the books are counted against. */
  ledger(): Promise<SimulatedCharge[]>
  /** Changes settings and answers all of them. */
  knobs(change: Partial<Knobs>): Promise<Knobs>
  /** From now on no key that was used before is known. */
  forgetKeys(): Promise<void>
  stop(): Promise<void>
}

/** A gateway simulator that outlives every program which charges at it: a process of its own, outside of the tree that a test kills. */
export async function startSimulatorProcess({ webhook }: { webhook?: WebhookTarget } = {}): Promise<SimulatorProcess> {
  const folder = mkdtempSync(join(testFolder(), 'gateway-'))
  const main = join(projectRoot, 'src', 'simulator', 'main.ts')
  const child = spawn(process.execPath, [main, '--folder', folder, ...(webhook ? ['--webhook', webhook.url] : [])], {
    env: { ...process.env, WEBHOOK_SECRET: webhook?.secret ?? '' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  if (!child.stdout) throw new Error('The simulator has no output.')
  const keep = keepOutput('simulator')
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', keep)
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const port = (JSON.parse(line) as { listening: number }).listening
  const url = `http://127.0.0.1:${port}`
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`The simulator refuses: ${await answer.text()}`)
    return await answer.json()
  }
  return {
    port,
    ledger: async () => {
      const answer = await fetch(`${url}/ledger`)
      return ((await answer.json()) as { charges: SimulatedCharge[] }).charges
    },
    knobs: async (change) => (await post('/knobs', change)) as Knobs,
    forgetKeys: async () => void (await post('/forget-keys', {})),
    stop: async () => {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
      keepDataFolder(folder)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
