import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listGuidePages } from '../../src/web/guide.server.ts'
import { launchBrowser } from '../setup/browser.ts'
import { problemsWithoutScript } from '../setup/page-checks.ts'
import { type Program, startProgram } from '../setup/program.ts'

/* The way in: first run, sign-in, the guide, sign-out, and the pages that say that something is not there. Without script, on a phone. */

const owner = { name: 'Ilse Verhoeven', email: 'ilse@lanternfish.example', password: 'a boat on the tide' }

let program: Program
let browser: Browser
let page: Page

beforeAll(async () => {
  program = await startProgram({ args: ['--no-demo'] })
  browser = await launchBrowser()
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } })
  page = await context.newPage()
})

afterAll(async () => {
  await browser?.close()
  await program?.stop()
})

async function send(): Promise<void> {
  await page.locator('button[type=submit]').last().click()
  await page.waitForLoadState()
}

/** Posts as a browser would that does not check fields by itself. */
async function sendUnchecked(fields: Record<string, string>): Promise<void> {
  await page.locator('form').evaluate((form: HTMLFormElement) => {
    form.noValidate = true
  })
  for (const [id, value] of Object.entries(fields)) await page.fill(`#${id}`, value)
  await send()
}

describe('first run', () => {
  test('the root leads to the first-run page, which ships no script', async () => {
    await page.goto(program.url)
    expect(new URL(page.url()).pathname).toBe('/setup')
    expect(await page.locator('script').count()).toBe(0)
    expect(await problemsWithoutScript(page)).toEqual([])
  })

  test('a refused form says what to put right, keeps what was typed, and takes the focus', async () => {
    await sendUnchecked({ code: 'ABCD', name: owner.name, password: 'short' })
    expect(await page.title()).toMatch(/^Error: /)
    expect(await page.getByRole('alert').textContent()).toContain('Two things to put right')
    expect(await page.inputValue('#name')).toBe(owner.name)
    expect(await page.locator(':focus').getAttribute('class')).toBe('error-summary')
    expect(await problemsWithoutScript(page)).toEqual([])
  })

  test('the code of the terminal makes the owner and leads to the first campaign', async () => {
    const code = /code:\s+(\S+)/.exec(program.output())?.[1] ?? ''
    await sendUnchecked({ code: 'WRONG-WRONG', email: owner.email, password: owner.password })
    expect(await page.getByRole('alert').textContent()).toContain('The code is not the one in the terminal')
    await sendUnchecked({ code, password: owner.password })
    expect(new URL(page.url()).pathname).toBe('/campaigns')
  })
})

describe('sign-in', () => {
  test('leads back to the page that was asked for', async () => {
    await page.context().clearCookies()
    await page.goto(`${program.url}/campaigns`)
    expect(new URL(page.url()).pathname).toBe('/sign-in')
    expect(await problemsWithoutScript(page)).toEqual([])
    await page.fill('#email', owner.email)
    await page.fill('#password', 'not the password')
    await send()
    expect(await page.getByRole('alert').textContent()).toContain('Email address and password do not belong together')
    expect(await problemsWithoutScript(page)).toEqual([])
    await page.fill('#password', owner.password)
    await send()
    expect(new URL(page.url()).pathname).toBe('/campaigns')
  })

  test('the guide opens page by page, leads back, and has no page of another name', async () => {
    await page.getByRole('link', { name: 'Guide' }).click()
    await page.waitForLoadState()
    for (const { to, title } of listGuidePages()) {
      await page.goto(`${program.url}${to}?from=/campaigns`)
      expect(await page.locator('h1').textContent()).toBe(title)
      expect(await problemsWithoutScript(page), to).toEqual([])
    }
    await page.getByRole('link', { name: 'Back to where you were' }).click()
    await page.waitForLoadState()
    expect(new URL(page.url()).pathname).toBe('/campaigns')
    await page.goto(`${program.url}/guide/locking?from=//evil.example/`)
    expect(await page.getByRole('link', { name: 'Back to where you were' }).getAttribute('href')).toBe('/campaigns')
    expect((await page.goto(`${program.url}/guide/run-it`))?.status()).toBe(404)
    await page.goto(`${program.url}/campaigns`)
  })

  test('signing out ends the session', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForLoadState()
    expect(new URL(page.url()).pathname).toBe('/sign-in')
    await page.goto(`${program.url}/campaigns`)
    expect(new URL(page.url()).pathname).toBe('/sign-in')
  })

  test('a form from another site is refused', async () => {
    const answer = await fetch(`${program.url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(owner),
    })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('set-cookie')).toBeNull()
  })
})

describe('what is not there', () => {
  test.each(['/nowhere', '/campaigns/none/at/all'])('%s says so and shows a way on', async (path) => {
    const answer = await page.goto(program.url + path)
    expect(answer?.status()).toBe(404)
    expect(await page.locator('h1').textContent()).toBe('There is nothing here')
    expect(await problemsWithoutScript(page)).toEqual([])
  })

  test('the dark is checked too', async () => {
    await page.goto(`${program.url}/sign-in`)
    expect(await problemsWithoutScript(page, { colorScheme: 'dark' })).toEqual([])
  })
})
