import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { ORDER_STATUSES, REASON_CODES, SURVEY_STATES } from '../../domain/orders/lifecycle.ts'
import { hasReasonText, reasonCounts, reasonSentence, reasonText } from '../../lib/reason-text.ts'
import { share } from './lifecycle-picture.tsx'
import { initials } from './shell.tsx'
import { Status } from './status.tsx'

describe('reason texts', () => {
  it.each(REASON_CODES)('%s has its sentence', (code) => {
    expect(hasReasonText(code)).toBe(true)
    expect(reasonText(code)).toMatch(/^[a-z].*[^.]$/)
  })

  it('shows a code without a sentence as words', () => {
    expect(reasonText('some_new_code')).toBe('some new code')
    expect(reasonSentence('on_hold')).toBe('On hold.')
  })

  it('tells counts by reason, largest first, and nothing for none', () => {
    const left = [
      { code: 'on_hold', count: 2 },
      { code: 'payment_method_missing', count: 1035 },
      { code: 'wrong_status', count: 0 },
    ]
    expect(reasonCounts(left)).toBe('1,035 no payment method on file, 2 on hold')
    expect(reasonCounts([])).toBe('')
  })
})

describe('statuses', () => {
  it.each([...ORDER_STATUSES, ...SURVEY_STATES])('%s is a glyph and a word', (status) => {
    const html = renderToStaticMarkup(<Status status={status} />)
    expect(html).toMatch(/<svg[^>]*aria-hidden="true"/)
    expect(html.replace(/<[^>]+>/g, '').trim()).not.toBe('')
  })

  it('draws a different silhouette for each of the seven', () => {
    const drawings = ORDER_STATUSES.map(
      (status) => /<svg[^>]*>(.*)<\/svg>/s.exec(renderToStaticMarkup(<Status status={status} />))?.[1],
    )
    expect(new Set(drawings).size).toBe(ORDER_STATUSES.length)
  })
})

describe('the picture', () => {
  it('fills to the share of the largest, and shows the least', () => {
    expect(share(0, 100)).toBe(0)
    expect(share(1, 10_000)).toBe(0.04)
    expect(share(50, 100)).toBe(0.5)
    expect(share(100, 100)).toBe(1)
  })

  it.each([
    ['Ilse Verhoeven', 'IV'],
    ['Björk', 'B'],
    ['佐藤 陽菜', '佐陽'],
    ['  Anna Maria van der Berg ', 'AB'],
    ['', ''],
  ])('initials of %s', (name, letters) => {
    expect(initials(name)).toBe(letters)
  })
})
