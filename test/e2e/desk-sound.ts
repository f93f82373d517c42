import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { problemsOfPage } from '../setup/page-checks.ts'

/** A width in pixels and the colours it is looked at in. */
type Looks = readonly [width: number, colours: 'light' | 'dark']

/** Nothing wrong for assistive technology in each of these looks; the first stays. With SCREENSHOTS it keeps a picture of each. */
export async function expectSoundAt(page: Page, name: string, looks: readonly [Looks, ...Looks[]]): Promise<void> {
  const look = async ([width, colorScheme]: Looks) => {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme })
    // Colours that are still on their way from light to dark are nobody's to judge.
    await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)))
  }
  for (const one of looks) {
    await look(one)
    expect(await problemsOfPage(page), `${name} at ${one[0]} px`).toEqual([])
    const folder = process.env.SCREENSHOTS
    if (folder) await page.screenshot({ path: join(folder, `${name}-${one[0]}.png`), fullPage: true })
  }
  await look(looks[0])
}
