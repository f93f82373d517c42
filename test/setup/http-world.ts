import { afterAll, beforeAll } from 'vitest'
import { type Client, connect } from '../../src/db/client.server.ts'
import { createApiKey } from '../../src/domain/accounts/api-keys.ts'
import { createOwner } from '../../src/domain/accounts/create-owner.ts'
import { inTransaction, type TxParts } from '../../src/domain/shared/tx.ts'
import type { SimulatedCharge } from '../../src/simulator/types.ts'
import type { Answer } from './api.ts'
import { cloneDatabase } from './database.ts'
import { type Program, startProgram } from './program.ts'

/** The built program, reached over HTTP alone: the API with a key, and backers' pages as a browser without JavaScript sends them. */
export interface HttpWorld {
  url: string
  /** for what no door shows: rows behind the pages, and rows that a test makes */
  parts: TxParts
  account_id: string
  program: Program
  get(path: string): Promise<Answer>
  post(path: string, body?: unknown): Promise<Answer>
  put(path: string, body: unknown): Promise<Answer>
  /** Moves the clock; answers when all that became due is done. */
  advance(duration: string): Promise<void>
  /** Follows a backer's link from their mail. */
  visit(link: string): Promise<Visit>
  /** What the program's gateway simulator took, oldest first. */
  charges(): Promise<SimulatedCharge[]>
}

/** Starts the program on a database of its own for this test file. Use the object inside tests and hooks only. */
export function useHttpWorld(over: NodeJS.ProcessEnv = {}): HttpWorld {
  const world = {} as HttpWorld
  const stops: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    const database = await cloneDatabase()
    stops.push(database.drop)
    const client: Client = connect(database.url, { max: 4 })
    stops.push(() => client.end())
    const parts: TxParts = { db: client.db, clock: { now: () => new Date() }, enqueue: async () => undefined }
    const { account_id, key } = await inTransaction(parts, async (tx) => {
      const owner = await createOwner(tx, { name: 'Ilse Brandt', email: 'owner@example.com', password_hash: 'none' })
      return { ...owner, ...(await createApiKey(tx, { account_id: owner.account_id, name: 'test' })) }
    })
    const env = { DATABASE_URL: database.url, MIGRATION_DATABASE_URL: database.ownerUrl, ...over }
    const program = await startProgram({ args: ['--no-demo'], env })
    stops.push(program.stop)
    const charges = async () => {
      const answer = await fetch(`${program.gatewayUrl()}/ledger`)
      return ((await answer.json()) as { charges: SimulatedCharge[] }).charges
    }
    Object.assign(world, { url: program.url, parts, account_id, program, charges }, clientOf(program.url, key))
  })
  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop()
  })
  return world
}

function clientOf(url: string, key: string): Pick<HttpWorld, 'get' | 'post' | 'put' | 'advance' | 'visit'> {
  const send = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const type: Record<string, string> =
      body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...type },
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, body: isJson && text ? JSON.parse(text) : text || null, headers: response.headers }
  }
  return {
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, body),
    put: (path, body) => send('PUT', path, body),
    advance: async (duration) => {
      const { status, body } = await send('POST', '/test/clock', { advance: duration })
      if (status !== 200) throw new Error(`The clock does not move: ${JSON.stringify(body)}`)
    },
    visit: (link) => visit(url, link),
  }
}

interface PageAnswer {
  status: number
  html: string
  /** where a saved form leads */
  location: string
}

/** A backer behind their link. */
export interface Visit {
  /** what the link was answered with */
  entry: { status: number; location: string; cookie: string }
  /** the clean address */
  base: string
  open(path: string): Promise<PageAnswer>
  /** Posts fields to a page as they are. */
  post(path: string, fields: Record<string, string>): Promise<PageAnswer>
  /** Opens a step, fills some fields, leaves the others as the page has them, and presses its button. */
  fill(step: string, over?: Record<string, string>): Promise<PageAnswer>
}

async function visit(url: string, link: string): Promise<Visit> {
  const response = await fetch(link, { redirect: 'manual' })
  const location = response.headers.get('location') ?? ''
  const cookie = response.headers.get('set-cookie') ?? ''
  await response.arrayBuffer()
  const base = new URL(location || link, url).pathname
  const ask = async (path: string, init: RequestInit = {}): Promise<PageAnswer> => {
    const answer = await fetch(new URL(path, url), {
      redirect: 'manual',
      ...init,
      headers: { cookie: cookie.split(';')[0] ?? '', origin: url, ...init.headers },
    })
    return { status: answer.status, html: await answer.text(), location: answer.headers.get('location') ?? '' }
  }
  const post = (path: string, fields: Record<string, string>) =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    })
  return {
    entry: { status: response.status, location, cookie },
    base,
    open: (path) => ask(path),
    post,
    async fill(step, over = {}) {
      const path = `${base}/${step}`
      const page = await ask(path)
      if (page.status !== 200) throw new Error(`${path} answers ${page.status} ${page.location}`)
      return await post(path, { ...fieldsOf(page.html), ...over })
    },
  }
}

/** The fields of a page's form with what stands in them, as a browser sends them without a button. */
export function fieldsOf(html: string): Record<string, string> {
  const form = /<form\b[^>]*method="post"[^>]*>([\s\S]*?)<\/form>/.exec(html)?.[1] ?? ''
  const fields: Record<string, string> = {}
  for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
    const name = attribute(tag, 'name')
    const isTicked = !/type="(radio|checkbox)"/.test(tag) || /\schecked(=|\s|\/|>)/.test(tag)
    if (name && isTicked) fields[name] = attribute(tag, 'value') ?? ''
  }
  for (const [, head = '', text = ''] of form.matchAll(/<textarea\b([^>]*)>([\s\S]*?)<\/textarea>/g)) {
    const name = attribute(head, 'name')
    if (name) fields[name] = decoded(text)
  }
  for (const [, head = '', options = ''] of form.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)) {
    const name = attribute(head, 'name')
    const chosen = /<option\b[^>]*\sselected(?:=|\s|>)[^>]*>/.exec(options)?.[0] ?? /<option\b[^>]*>/.exec(options)?.[0] ?? ''
    if (name) fields[name] = attribute(chosen, 'value') ?? ''
  }
  return fields
}

function attribute(tag: string, name: string): string | null {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return found === undefined ? null : decoded(found)
}

function decoded(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' }
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|lt|gt|quot));/gi, (_, hex, number, name) =>
    name ? (named[name.toLowerCase()] ?? '') : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(number)),
  )
}
