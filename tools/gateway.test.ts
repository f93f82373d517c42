import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import { testFolder } from '../test/setup/folder.ts'

const data = mkdtempSync(join(testFolder(), 'gateway-by-hand-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

const start = (...args: string[]) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'gateway.ts'), '--data', data, ...args])
  return { child, ended: once(child, 'exit') as Promise<[number | null]>, said: text(child.stdout), failed: text(child.stderr) }
}

test('npm run gateway serves, says how to use it, and ends on SIGTERM; a second one on the folder is told so', async () => {
  const first = start('--port', '0')
  const [lines] = (await once(first.child.stdout, 'data')) as [Buffer]
  const [, port] = /STRIPE_PORT=(\d+) STRIPE_PROTOCOL=http STRIPE_SECRET_KEY=sk_test_simulator/.exec(lines.toString()) ?? []
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)

  const second = start('--port', '0')
  expect(await second.ended).toEqual([1, null])
  expect(await second.failed).toMatch(/^A simulator is already running: process \d+ holds the folder .*\n$/)

  const third = start('--port', 'http')
  expect(await third.ended).toEqual([1, null])
  expect(await third.failed).toMatch(/^Usage: /)

  first.child.kill('SIGTERM')
  expect(await first.ended).toEqual([0, null])
})
