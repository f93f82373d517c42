import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { projectRoot } from '../../src/db/project-root.ts'
import { keepDataFolder, keepOutput } from './keep-logs.ts'

export type Started = {
  pid: number
  /** Resolves when it printed where the data lies, which is the last it says before it works. */
  up: Promise<void>
  /** Exit code and signal. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  output(): string
  child: ChildProcess
}

type Options = { env: NodeJS.ProcessEnv; args?: string[]; uid?: number; cwd?: string }

/** `npm start` of the build that is there, for tests of starting and stopping: nothing is cleaned up by itself. */
export function startProcess({ env, args = ['--no-demo'], uid, cwd = '/' }: Options): Started {
  const child = spawn(process.execPath, [join(projectRoot, 'tools', 'start.ts'), '--no-build', ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  let printed = ''
  const keep = keepOutput('program')
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('exit', (code, signal) => {
      if (env.DATA_DIR) keepDataFolder(env.DATA_DIR)
      resolve({ code, signal })
    }),
  )
  const up = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text) => {
        printed += text
        keep(text)
        if (/^ {2}Data /m.test(printed)) resolve()
      })
    }
    ended.then(() => reject(new Error(`It ended before it was up:\n${printed}`))).catch(reject)
  })
  // Whoever waits for the end only, does not care that it never was up.
  up.catch(() => undefined)
  return { pid: child.pid ?? 0, up, ended, output: () => printed, child }
}
