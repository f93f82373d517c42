const COOKIE = 'afterfund_colours'
const YEAR_S = 365 * 24 * 3600

/** What a reader can ask for; without a choice the page follows the system. */
export type Colours = 'light' | 'dark'

/** The colours that this browser was told to keep; null: the system's. */
export function readColours(cookies: string | null): Colours | null {
  const value = new RegExp(`(?:^|;\\s*)${COOKIE}=(light|dark)(?:;|$)`).exec(cookies ?? '')?.[1]
  return value === 'light' || value === 'dark' ? value : null
}

/** The Set-Cookie line of a choice; anything but light or dark takes it back. */
export function coloursCookie(wanted: string): string {
  const isChoice = wanted === 'light' || wanted === 'dark'
  return `${COOKIE}=${isChoice ? wanted : ''}; Path=/; Max-Age=${isChoice ? YEAR_S : 0}; SameSite=Lax; HttpOnly`
}
