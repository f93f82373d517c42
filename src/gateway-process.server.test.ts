import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { afterAll, expect, test } from 'vitest'
import { testFolder } from '../test/setup/folder.ts'
import { listenWith } from '../test/setup/listen.ts'
import { enterCard } from '../test/setup/simulator.ts'
import { createStripeGateway } from './adapters/stripe/stripe-gateway.ts'
import { projectRoot } from './db/project-root.ts'
import { createGatewayProcess, type GatewayProcess } from './gateway-process.server.ts'
import { createLog } from './log.server.ts'

const dataFolder = mkdtempSync(join(testFolder(), 'supervised-'))
const opened: GatewayProcess[] = []
const clock = { now: () => new Date() }

function open(over: Partial<Parameters<typeof createGatewayProcess>[0]> = {}): GatewayProcess {
  const log = createLog({ write: () => undefined }, 'silent')
  const simulator = createGatewayProcess({
    config: { dataFolder, publicUrl: 'http://localhost:3000' },
    clock,
    log,
    webhook: null,
    ...over,
  })
  opened.push(simulator)
  return simulator
}

function gatewayOn(simulator: GatewayProcess, webhook_secrets: string[] = []) {
  const here = { key: 'sk_test_simulator', protocol: 'http', host: '127.0.0.1', port: 0 } as const
  return createStripeGateway({ ...here, find_port: simulator.port, timeout_ms: 5_000, mode: 'test', webhook_secrets })
}

const listed = () =>
  JSON.parse(readFileSync(join(dataFolder, 'gateway', 'address.json'), 'utf8')) as { port: number; pid: number }
const isAlive = (pid: number) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !holds(); tries++) await new Promise((resolve) => setTimeout(resolve, 25))
  expect(holds()).toBe(true)
}

afterAll(async () => {
  for (const simulator of opened) await simulator.stop()
  rmSync(dataFolder, { recursive: true, force: true })
})

const card = {
  campaign_id: 'camp',
  backer_id: 'back',
  currency: 'EUR',
  success_url: 'http://localhost:3000/done',
  cancel_url: 'http://localhost:3000/back',
  key: 'card:1',
}
const customer = { campaign_id: 'camp', backer_id: 'back', name: 'Ada', email: 'ada@example.com', key: 'customer:1' }

test('killed, it is started again with all that it had answered', async () => {
  const simulator = open()
  const gateway = gatewayOn(simulator)
  const account = await gateway.account()
  const made = await gateway.createCustomer(customer)
  const first = listed()
  process.kill(first.pid, 'SIGKILL')
  await until(() => listed().pid !== first.pid)
  expect(isAlive(first.pid)).toBe(false)
  expect(await gateway.account()).toEqual(account)
  expect(await gateway.createCustomer(customer)).toEqual(made)
  gateway.close()
})

test('its card page is named under the address of the product', async () => {
  const gateway = gatewayOn(opened[0] ?? open())
  const made = await gateway.createCustomer(customer)
  const session = await gateway.openCardSession({ ...card, customer: made.ok ? made.value : '' })
  expect(session.ok && session.value.url).toBe(`http://localhost:3000/gateway/checkout/${session.ok && session.value.gateway_id}`)
  gateway.close()
})

test('two programs on one folder use the same; when the one that started it stops, the other starts its own', async () => {
  const [first] = opened
  const second = open()
  expect(await second.port()).toBe(await first?.port())
  const { pid } = listed()
  await first?.stop()
  await until(() => !isAlive(pid))
  await expect(first?.port()).rejects.toThrow('did not start')
  const together = await Promise.all([second.port(), open().port(), open().port()])
  expect(new Set(together).size).toBe(1)
  expect(listed().port).toBe(together[0])
})

test('a killed program takes it along, and leaves no secret with it', async () => {
  for (const simulator of opened.splice(0)) await simulator.stop()
  const script = `
    const { createGatewayProcess } = await import('${join(projectRoot, 'src', 'gateway-process.server.ts')}')
    const log = { warn() {}, error() {} }
    const config = { dataFolder: '${dataFolder}', publicUrl: 'http://localhost:3000' }
    const simulator = createGatewayProcess({ config, clock: { now: () => new Date() }, log, webhook: null })
    process.stdout.write('port ' + (await simulator.port()) + '\\n')
    setInterval(() => {}, 1000)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { env: { AFTERFUND_SECRET: 'very secret' } })
  await new Promise((resolve, reject) => {
    parent.stdout.once('data', resolve)
    parent.once('exit', () => reject(new Error('it ended')))
  })
  const { pid } = listed()
  expect(isAlive(pid)).toBe(true)
  expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('secret')
  parent.kill('SIGKILL')
  await until(() => !isAlive(pid))
  const gateway = gatewayOn(open())
  expect((await gateway.account()).ok).toBe(true)
  gateway.close()
})

test('it goes by the clock of the program', async () => {
  for (const simulator of opened.splice(0)) await simulator.stop()
  let ahead = 0
  const simulator = open({ clock: { now: () => new Date(Date.now() + ahead) } })
  const gateway = gatewayOn(simulator)
  const made = await gateway.createCustomer(customer)
  const session = await gateway.openCardSession({ ...card, key: 'card:2', customer: made.ok ? made.value : '' })
  const read = async () => gateway.readCardSession(session.ok ? session.value.gateway_id : '')
  expect(await read()).toEqual({ ok: true, value: { state: 'open' } })
  ahead = 25 * 60 * 60_000
  await simulator.followClock()
  expect(await read()).toEqual({ ok: true, value: { state: 'expired' } })
  const { pid } = listed()
  process.kill(pid, 'SIGKILL')
  await until(() => listed().pid !== pid)
  expect(await read()).toEqual({ ok: true, value: { state: 'expired' } })
  gateway.close()
})

test('it sends its events to the program, signed, also when another program has started it', async () => {
  for (const simulator of opened.splice(0)) await simulator.stop()
  const got: ReturnType<ReturnType<typeof gatewayOn>['readWebhook']>[] = []
  const secret = 'made by the program'
  const gateway = gatewayOn(open(), [secret])
  const app = new Hono().post('/webhooks/stripe', async (c) => {
    const signature = c.req.header('stripe-signature') ?? ''
    got.push(gateway.readWebhook({ body: await c.req.text(), signature, now: new Date() }))
    return c.text('ok')
  })
  const listener = await listenWith(app)
  const made = await gateway.createCustomer({ ...customer, key: 'customer:2' })
  const session = await gateway.openCardSession({ ...card, key: 'card:3', customer: made.ok ? made.value : '' })
  const { port } = listed()
  await enterCard(`http://127.0.0.1:${port}/checkout/${session.ok ? session.value.gateway_id : ''}`)
  expect(got).toEqual([])
  // A worker started it; now comes the process that serves pages.
  await open({ webhook: { url: `${listener.url}/webhooks/stripe`, secret } }).port()
  // Those of the tests before have waited too.
  const types = () => got.map((told) => (told.ok ? told.value.type : told.code)).filter((type) => !type.endsWith('.expired'))
  await until(() => types().length >= 2)
  expect(types().toSorted()).toEqual(['checkout.session.completed', 'setup_intent.succeeded'])
  listener.stop()
  gateway.close()
})

test('what keeps it from starting is said at once', async () => {
  const damaged = join(dataFolder, 'damaged')
  mkdirSync(join(damaged, 'gateway'), { recursive: true })
  writeFileSync(join(damaged, 'gateway', 'journal.jsonl'), 'this is no journal\n{}\n')
  const simulator = open({ config: { dataFolder: damaged, publicUrl: 'http://localhost:3000' } })
  await expect(simulator.port()).rejects.toThrow(/did not start: .*journal/)
})
