import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { problemsWithoutScript } from '../setup/page-checks.ts'

/** A phone in a backer's hand: what they press, follow, read and type. */
export type Phone = ReturnType<typeof phoneOf>

export function phoneOf(page: Page) {
  return {
    /** The last part of the address. */
    place: () => new URL(page.url()).pathname.split('/').at(-1),
    heading: () => page.locator('h1').textContent(),
    text: async () => (await page.locator('main').textContent()) ?? '',

    async press(name: string | RegExp): Promise<void> {
      await page.getByRole('button', { name }).click()
      await page.waitForLoadState()
    },

    async follow(name: string | RegExp): Promise<void> {
      await page.getByRole('link', { name }).first().click()
      await page.waitForLoadState()
    },

    /** Another country than the one that is known: its form. */
    async changeCountry(code: string): Promise<void> {
      await page.getByText('Send it to another country').click()
      await page.selectOption('[id="address.country"]', code)
      await page.getByRole('button', { name: 'Show the form for this country' }).click()
      await page.waitForLoadState()
    },

    async fillAddress(fields: Record<string, string>): Promise<void> {
      for (const [field, value] of Object.entries(fields)) await page.fill(`[id="address.${field}"]`, value)
    },

    /** Every page: nothing axe objects to, no sideways scrolling, and not one script. */
    async expectSound(): Promise<void> {
      expect(await page.locator('script').count()).toBe(0)
      expect(await problemsWithoutScript(page)).toEqual([])
    },
  }
}
