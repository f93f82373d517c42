import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { cloneDatabase } from '../setup/database.ts'
import { testFolder } from '../setup/folder.ts'
import { type Started, startProcess } from '../setup/process.ts'
import { freePort } from '../setup/program.ts'

const home = mkdtempSync(join(testFolder(), 'start-'))
chmodSync(home, 0o755)
const isRoot = process.getuid?.() === 0
const nobody = 65_534
const running: Started[] = []
let count = 0

afterEach(async () => {
  for (const program of running.splice(0)) {
    program.child.kill('SIGTERM')
    await program.ended
  }
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

function newFolder(): string {
  return join(home, `data-${count++}`)
}

async function start(env: NodeJS.ProcessEnv = {}, more: { args?: string[]; uid?: number } = {}) {
  const port = Number(env.PORT ?? (await freePort()))
  const folder = env.DATA_DIR ?? newFolder()
  const program = startProcess({ env: { PORT: String(port), DATA_DIR: folder, ...env }, ...more })
  running.push(program)
  return { ...program, port, folder, url: `http://localhost:${port}` }
}

async function refusal(env: NodeJS.ProcessEnv, more: { uid?: number } = {}): Promise<string> {
  const program = await start(env, more)
  expect((await program.ended).code).toBe(1)
  return program.output().replace('Building Afterfund (a few seconds) ...\n', '').trim()
}

function postgresPid(folder: string): number {
  return Number(readFileSync(join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
}

/** The simulator of the gateway that a program started for itself. */
function gatewayOf(folder: string): { port: number; pid: number } {
  return JSON.parse(readFileSync(join(folder, 'gateway', 'address.json'), 'utf8'))
}

async function accountOf({ port }: { port: number }): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/account`, { headers: { authorization: 'Bearer sk_test_simulator' } })
  return ((await answer.json()) as { id: string }).id
}

const isAlive = (pid: number) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
const isOneSentenceOrTwo = (text: string) => !text.includes('\n') && !/\bat .*:\d+:\d+/.test(text)

describe('start and stop', () => {
  test('the first start says where it is, and SIGTERM ends everything within seconds', async () => {
    const program = await start()
    await program.up
    expect(program.output()).toContain(`Afterfund runs at ${program.url}`)
    expect(program.output()).toMatch(/First run {5}open .*\/setup and type this code: {2}[0-9A-F]{5}(-[0-9A-F]{5}){3}/)
    expect((await fetch(`${program.url}/healthz`)).status).toBe(200)
    expect(statSync(join(program.folder, 'secret')).mode & 0o777).toBe(0o600)
    expect(program.output()).toContain('Gateway       simulator: no money moves')
    const pid = postgresPid(program.folder)
    const gateway = gatewayOf(program.folder)
    expect((await fetch(`http://127.0.0.1:${gateway.port}/healthz`)).status).toBe(200)
    const asked = Date.now()
    program.child.kill('SIGTERM')
    expect(await program.ended).toEqual({ code: 0, signal: null })
    expect(Date.now() - asked).toBeLessThan(10_000)
    expect([isAlive(pid), isAlive(gateway.pid)]).toEqual([false, false])
  })

  test('a second start beside a running first says which process it is; another folder works', async () => {
    const first = await start()
    await first.up
    const text = await refusal({ DATA_DIR: first.folder })
    expect(text).toContain(`already running: process ${first.pid} holds the data folder`)
    expect(isOneSentenceOrTwo(text)).toBe(true)
  })

  test('a busy port is said, and no PostgreSQL is left behind', async () => {
    const first = await start()
    await first.up
    const folder = newFolder()
    const text = await refusal({ PORT: String(first.port), DATA_DIR: folder })
    expect(text).toContain(`Port ${first.port} on 127.0.0.1 is in use`)
    expect(isOneSentenceOrTwo(text)).toBe(true)
    expect(existsSync(join(folder, 'postgres', 'data', 'postmaster.pid'))).toBe(false)
  })

  test('after kill -9 the next start stops what was left and finds its data again', async () => {
    const first = await start()
    await first.up
    const code = /code: {2}(\S+)/.exec(first.output())?.[1] ?? ''
    const setup = await fetch(`${first.url}/setup`, {
      method: 'POST',
      headers: { origin: first.url, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ code, name: 'Ada', email: 'ada@example.com', password: 'a long password' }),
      redirect: 'manual',
    })
    expect(setup.status).toBeLessThan(400)
    const orphan = postgresPid(first.folder)
    const gateway = gatewayOf(first.folder)
    const account = await accountOf(gateway)
    first.child.kill('SIGKILL')
    await first.ended
    expect(isAlive(orphan)).toBe(true)
    const second = await start({ DATA_DIR: first.folder })
    await second.up
    expect(isAlive(orphan)).toBe(false)
    expect(second.output()).toContain('that a killed Afterfund had left running')
    expect(isAlive(gateway.pid)).toBe(false)
    expect(await accountOf(gatewayOf(second.folder))).toBe(account)
    expect(second.output()).not.toContain('First run')
  })

  test('a data folder that is none, or that this user may not write, is named', async () => {
    const file = newFolder()
    writeFileSync(file, '')
    expect(await refusal({ DATA_DIR: file })).toMatch(/^The data folder .* cannot be written .*DATA_DIR/)
    if (!isRoot) return
    const closed = newFolder()
    mkdirSync(closed, { mode: 0o700 })
    expect(await refusal({ DATA_DIR: closed }, { uid: nobody })).toMatch(/cannot be (written|read)/)
  })

  test('a wrong setting is named', async () => {
    expect(await refusal({ PORT: 'eighty' })).toBe(
      'The setting PORT must be a number from 1 to 65535. Correct it and start again.',
    )
    expect(await refusal({ STRIPE_SECRET_KEY: 'sk_live_x', STRIPE_HOST: '127.0.0.1' })).toContain('given to nobody but Stripe')
    expect(await refusal({ STRIPE_SECRET_KEY: 'rk_live_x' })).toContain('with test keys only')
    expect(await refusal({ AFTERFUND_TEST: '1', PUBLIC_URL: 'https://pledges.example.com' })).toContain('AFTERFUND_TEST=1')
  })

  test('the demo is refused where PUBLIC_URL is not this machine', async () => {
    const program = await start({ PUBLIC_URL: 'https://pledges.example.com' }, { args: [] })
    await program.up
    expect(program.output()).toContain('everybody knows the demo login')
    expect(program.output()).not.toContain('Demo login')
  })
})

describe('a PostgreSQL of one’s own', () => {
  test('works; without a second role the health page says what is not enforced', async () => {
    const { url, ownerUrl, drop } = await cloneDatabase()
    const alone = await start({ DATABASE_URL: ownerUrl })
    await alone.up
    const health = (await (await fetch(`${alone.url}/healthz`)).json()) as { status: string; warnings: string[] }
    expect(health.status).toBe('ok')
    expect(health.warnings.join()).toContain('Append-only is not enforced')
    alone.child.kill('SIGTERM')
    await alone.ended
    const both = await start({ DATABASE_URL: url, MIGRATION_DATABASE_URL: ownerUrl })
    await both.up
    expect(await (await fetch(`${both.url}/healthz`)).json()).toMatchObject({ status: 'ok', warnings: [] })
    both.child.kill('SIGTERM')
    await both.ended
    await drop()
  })

  test('that does not answer is said in one sentence, without the password', async () => {
    const text = await refusal({ DATABASE_URL: 'postgres://me:hush@127.0.0.1:1/x' })
    expect(text).toMatch(/^The database of DATABASE_URL does not answer/)
    expect(text).not.toContain('hush')
    expect(isOneSentenceOrTwo(text)).toBe(true)
  })
})

describe.skipIf(!isRoot)('as root and as an ordinary user', () => {
  test('root in a folder that nobody else can enter keeps the tables where PostgreSQL’s user can', async () => {
    const closed = newFolder()
    mkdirSync(closed, { mode: 0o700 })
    const program = await start({ DATA_DIR: join(closed, 'data') })
    await program.up
    const elsewhere = /^ {2}Data +(\S+)$/m.exec(program.output())?.[1] ?? ''
    expect(elsewhere).toMatch(/^\/var\/lib\/afterfund\/data-[0-9a-f]+\/data$/)
    expect(program.output()).toContain('cannot enter')
    expect((await fetch(`${program.url}/healthz`)).status).toBe(200)
    program.child.kill('SIGTERM')
    await program.ended
    rmSync(join(elsewhere, '..'), { recursive: true, force: true })
  })

  test('an ordinary user starts it in a folder of their own', async () => {
    const own = newFolder()
    mkdirSync(own)
    chownSync(own, nobody, nobody)
    const program = await start({ DATA_DIR: join(own, 'data') }, { uid: nobody })
    await program.up
    expect((await fetch(`${program.url}/healthz`)).status).toBe(200)
    expect(statSync(join(own, 'data', 'postgres', 'data')).uid).toBe(nobody)
  })
})
