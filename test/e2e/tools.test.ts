import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectRoot } from '../../src/db/project-root.ts'
import { cloneDatabase } from '../setup/database.ts'
import { testFolder } from '../setup/folder.ts'
import { type Started, startProcess } from '../setup/process.ts'
import { freePort } from '../setup/program.ts'

/* The commands beside a running program, and the way from the built-in PostgreSQL to one's own. */

const folder = join(testFolder(), `tools-${process.pid}`)
const file = join(testFolder(), `tools-${process.pid}.backup`)
const owner = { email: 'ada@example.com', password: 'a long password' }
let program: Started
let url: string

beforeAll(async () => {
  const port = await freePort()
  url = `http://localhost:${port}`
  program = startProcess({ env: { DATA_DIR: folder, PORT: String(port) } })
  await program.up
})
afterAll(async () => {
  program.child.kill('SIGTERM')
  await program.ended
  for (const path of [folder, file]) rmSync(path, { recursive: true, force: true })
})

function run(tool: string, args: string[], env: NodeJS.ProcessEnv = {}): { status: number | null; output: string } {
  const result = spawnSync(process.execPath, [join(projectRoot, 'tools', `${tool}.ts`), ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', DATA_DIR: folder, ...env },
  })
  return { status: result.status, output: `${result.stdout}${result.stderr}`.trim() }
}

test('an owner and a key are made while the program runs, and the key works at once', async () => {
  expect(run('owner', ['--email', owner.email, '--password', 'short']).output).toMatch(/10 to 200 characters/)
  expect(run('owner', ['--email', owner.email, '--password', owner.password])).toEqual({
    status: 0,
    output: 'ada@example.com can sign in now.',
  })
  const { output: key } = run('apikey', ['--owner', owner.email])
  const campaigns = `${url}/api/v1/campaigns`
  expect((await fetch(campaigns, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200)
  expect((await fetch(campaigns, { headers: { authorization: `Bearer ${key}x` } })).status).toBe(401)
  expect(run('apikey', ['--owner', 'eve@example.com']).output).toMatch(/^There is no account eve@example.com/)
})

test('a backup of the running program moves into a PostgreSQL of one’s own, and the books balance there', async () => {
  expect(run('verify', [])).toEqual({ status: 0, output: 'The books balance.' })
  expect(run('backup', [file]).status).toBe(0)
  expect(existsSync(file)).toBe(true)
  const target = await cloneDatabase()
  const env = { DATABASE_URL: target.url, MIGRATION_DATABASE_URL: target.ownerUrl }
  const restored = run('restore', [file], env)
  expect(restored.output).toMatch(/rows of .* are restored[\s\S]*The books balance\.$/)
  expect(run('apikey', ['--owner', owner.email], env).status).toBe(0)
  expect(run('restore', [file], env).output).toMatch(/not empty/)
  await target.drop()
})

test('what would destroy asks first, and nothing is destroyed beneath a running program', () => {
  expect(run('db-reset', []).output).toMatch(/npm run db:reset -- --yes$/)
  expect(run('db-reset', ['--yes']).output).toMatch(/already running: process \d+/)
  expect(run('restore', [file]).output).toMatch(/already running: process \d+/)
})
