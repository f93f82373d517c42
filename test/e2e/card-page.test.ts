import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { Deps } from '../../src/deps.server.ts'
import { launchBrowser } from '../setup/browser.ts'
import { useTestProgram } from '../setup/deps.ts'
import { testFolder } from '../setup/folder.ts'
import { freePort } from '../setup/program.ts'

/*
 * Chromium holds the answer to a form against the page's form-action at every redirect, and blocks it without a word to the server. Here a
 * page under our policy posts a form that answers 303 to the card page, and the card page's form answers 303 back to us.
 */
const dataFolder = mkdtempSync(join(testFolder(), 'card-page-'))
const ports = { own: await freePort(), told: await freePort() }
const own = useTestProgram({
  env: { STRIPE_HOST: '', STRIPE_PORT: '', DATA_DIR: dataFolder, PUBLIC_URL: `http://localhost:${ports.own}` },
})
const told = useTestProgram({ env: { PUBLIC_URL: `http://localhost:${ports.told}` } })

let browser: Browser
const servers: Server[] = []

beforeAll(async () => {
  browser = await launchBrowser()
  servers.push(await serve(own.deps, ports.own), await serve(told.deps, ports.told))
})
afterAll(async () => {
  await browser?.close()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  rmSync(dataFolder, { recursive: true, force: true })
})

/** The program with three pages: one with the button, one it leads to elsewhere, one that the backer comes back to. */
async function serve(deps: Deps, port: number): Promise<Server> {
  let count = 0
  const pages = async (request: Request): Promise<Response> => {
    const { origin, pathname, searchParams } = new URL(request.url)
    if (request.method === 'POST') {
      const url =
        pathname === '/astray' ? `http://localhost:${ports.told}/back` : await pageUrl(deps, origin, `${port}:${count++}`)
      return new Response(null, { status: 303, headers: { location: url } })
    }
    const cookie = request.headers.get('cookie') ?? ''
    const body =
      pathname === '/back'
        ? `<p id="session">${searchParams.get('session')}</p><p id="cookie">${cookie}</p>`
        : `<form method="post" action="/go"><button id="go">Go</button></form><form method="post" action="/astray"><button id="astray">Go</button></form>`
    return new Response(`<!doctype html><title>${pathname}</title>${body}`, {
      headers: { 'content-type': 'text/html', 'set-cookie': 'backer=1; HttpOnly; SameSite=Lax; Path=/' },
    })
  }
  const listen = getRequestListener(createApp(deps, pages).fetch)
  const server = createServer((request, response) => void listen(request, response))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}

async function pageUrl({ gateway }: Deps, origin: string, key: string): Promise<string> {
  const ids = { campaign_id: 'camp', backer_id: 'back' }
  const customer = await gateway.createCustomer({ ...ids, name: 'Ada', email: 'ada@example.com', key: `customer:${key}` })
  const urls = { success_url: `${origin}/back`, cancel_url: `${origin}/` }
  const opened = await gateway.openCardSession({
    ...ids,
    ...urls,
    customer: customer.ok ? customer.value : '',
    currency: 'EUR',
    key: `card:${key}`,
  })
  if (!opened.ok) throw new Error(opened.failure.code)
  return opened.value.url
}

async function withPage(run: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ javaScriptEnabled: false })
  try {
    await run(await context.newPage())
  } finally {
    await context.close()
  }
}

describe.each([
  ['passed through by the program', 'own', 'localhost', /^http:\/\/localhost:\d+\/gateway\/checkout\/cs_test_/],
  ['passed through, the backer on 127.0.0.1', 'own', '127.0.0.1', /^http:\/\/localhost:\d+\/gateway\/checkout\/cs_test_/],
  ['of a simulator elsewhere', 'told', 'localhost', /^http:\/\/127\.0\.0\.1:\d+\/checkout\/cs_test_/],
] as const)('the card page %s', (_name, program, host, expected) => {
  test('is reached by a form, and its form leads back with the cookie', () =>
    withPage(async (page) => {
      await page.goto(`http://${host}:${ports[program]}/`)
      await page.click('#go')
      await page.waitForURL(expected)
      await page.selectOption('#test_card', { index: 0 })
      await page.click('button[type=submit]')
      await page.waitForURL(`http://${host}:${ports[program]}/back?session=cs_test_*`)
      expect(await page.textContent('#session')).toMatch(/^cs_test_/)
      expect(await page.textContent('#cookie')).toBe('backer=1')
    }))
})

test('control: a form does not lead to a place that the policy does not name', () =>
  withPage(async (page) => {
    const start = `http://localhost:${ports.own}/`
    await page.goto(start)
    await page.click('#astray', { noWaitAfter: true })
    await page.waitForTimeout(500)
    expect(page.url()).toBe(start)
    // It was there all the time.
    await page.goto(`http://localhost:${ports.told}/back`)
  }))
