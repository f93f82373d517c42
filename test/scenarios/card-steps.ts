import { expect } from 'vitest'
import { fieldsOf, type Visit } from '../setup/http-world.ts'
import { problemsOf } from './sample-steps.ts'

/*
 * The card step as a browser without scripts takes it: a form of ours, the hosted page under our own address, and the way back.
 */

/** Numbers that the simulator takes (src/simulator/test-cards.ts). */
export const CARDS = {
  visa: '4242 4242 4242 4242',
  mastercard: '5555 5555 5555 4444',
  /** refused on the hosted page */
  refused: '4000 0000 0000 0002',
  /** saves; every charge fails */
  no_funds: '4000 0099 0000 0012',
  /** the money is taken, the answer never comes */
  times_out_and_pays: '4000 0099 0000 0210',
  /** nothing is taken and no answer comes; asked again it pays */
  times_out_first: '4000 0099 0000 0228',
} as const

/** A hosted page that somebody has before them. */
export interface CardPage {
  url: string
  /** Sends a card; answers where it leads, or what the page says. */
  enter(number: string): Promise<{ status: number; location: string; html: string }>
}

/** Presses the button that leads to the hosted page. */
export async function openCardPage(visit: Visit, purpose: 'survey' | 'order'): Promise<CardPage> {
  const page = await visit.open(purpose === 'survey' ? `${visit.base}/payment` : visit.base)
  expect(page.status).toBe(200)
  const { action, fields } = formTo(page.html, `${visit.base}/card`)
  expect(fields.purpose).toBe(purpose)
  const sent = await visit.post(action, fields)
  expect(sent.status, problemsOf(sent.html)).toBe(303)
  const url = sent.location
  return {
    url,
    async enter(number) {
      const form = await fetch(url)
      expect(form.status).toBe(200)
      const typed = { ...fieldsOf(await form.text()), number, expiry: '12 / 34', cvc: '123', name: 'Card Holder' }
      const answer = await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(typed) })
      return { status: answer.status, location: answer.headers.get('location') ?? '', html: await answer.text() }
    },
  }
}

/** To the hosted page, a card typed, and back; answers where the way back ends. */
export async function putCard(visit: Visit, number: string, purpose: 'survey' | 'order'): Promise<string> {
  const page = await openCardPage(visit, purpose)
  const entered = await page.enter(number)
  expect(entered.status, problemsOf(entered.html)).toBe(303)
  const back = await visit.open(entered.location)
  expect(back.status).toBe(303)
  return back.location
}

/** The form of a page that posts to this address, with what stands in it. */
export function formTo(html: string, address: string): { action: string; fields: Record<string, string> } {
  const form = [...html.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)].find(([text]) => text.includes(`action="${address}"`))?.[0]
  if (!form) throw new Error(`The page has no form to ${address}: ${problemsOf(html)}`)
  return { action: address, fields: fieldsOf(form) }
}
