import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

type AxeAnswer = { violations: { id: string; help: string; nodes: { html: string }[] }[] }

/** What is wrong with a page, as sentences; empty when nothing is: axe's findings, wider than the screen, no title. */
export async function problemsOfPage(page: Page): Promise<string[]> {
  // Over the debugging protocol, so the page's policy of scripts does not bind it.
  await page.evaluate(axe)
  const findings = await page.evaluate(async (tags) => {
    const tool = (window as unknown as { axe: { run(root: Document, options: object): Promise<AxeAnswer> } }).axe
    const { violations } = await tool.run(document, { runOnly: tags })
    return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.html.slice(0, 160)).join(' | ')})`)
  }, rules)
  const width = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  if (width > 0) findings.push(`The page is ${width} px wider than the screen.`)
  if ((await page.title()) === '') findings.push('The page has no title.')
  return findings
}

/**
 * The same for a page whose scripts are switched off, where axe's own timers would never run: a second page, with script, gets
 * the same document under the same address, its stylesheets and its size.
 */
export async function problemsWithoutScript(page: Page, options: { colorScheme?: 'light' | 'dark' } = {}): Promise<string[]> {
  const browser = page.context().browser()
  if (!browser) throw new Error('The page belongs to no browser.')
  const body = await page.content()
  const viewport = page.viewportSize()
  const context = await browser.newContext({ viewport, ...options })
  try {
    const copy = await context.newPage()
    await copy.route(page.url(), (route) => route.fulfill({ body, contentType: 'text/html; charset=utf-8' }))
    await copy.goto(page.url())
    return await problemsOfPage(copy)
  } finally {
    await context.close()
  }
}
