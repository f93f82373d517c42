import { describe, expect, it } from 'vitest'
import { coloursCookie, readColours } from './colours.server.ts'

describe('the colours of a browser', () => {
  it.each(['light', 'dark'] as const)('keeps %s', (wanted) => {
    const [pair] = coloursCookie(wanted).split(';')
    expect(readColours(`a=b; ${pair}; c=d`)).toBe(wanted)
  })

  it('goes back to the system’s, and takes nothing else for a choice', () => {
    expect(coloursCookie('system')).toContain('Max-Age=0')
    expect(coloursCookie('x; Domain=evil.example')).not.toContain('evil')
    for (const cookies of [null, '', 'afterfund_colours=', 'afterfund_colours=darker', 'not_afterfund_colours=dark'])
      expect(readColours(cookies)).toBeNull()
  })
})
