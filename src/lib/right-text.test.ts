import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { missingRightText, newKeyUrl, RIGHTS_NEEDED, rightText } from './right-text.ts'

test('a right is told as the dashboard calls it, an unknown one by the name the gateway gave', () => {
  expect(rightText('charge_write')).toBe('Charges and Refunds: Write')
  expect(rightText('accounts_kyc_basic_read')).toBe('rak_accounts_kyc_basic_read')
  expect(missingRightText('dispute_read')).toContain('lacks the right “Disputes: Read”')
  expect(missingRightText(null)).toContain('did not name')
})

test('the page for a new key has every right ticked that is needed', () => {
  const asked = new URL(newKeyUrl()).searchParams.getAll('permissions[]')
  expect(asked).toEqual(RIGHTS_NEEDED.map((right) => `rak_${right}`))
})

test('the guide leads to that page, and explains each right by its names', () => {
  const guide = readFileSync(new URL('../../docs/guides/connect-stripe.md', import.meta.url), 'utf8')
  expect(guide).toContain(`(${newKeyUrl()})`)
  for (const right of RIGHTS_NEEDED) {
    const [what = '', level] = rightText(right).split(': ')
    expect(guide).toContain(`| ${what} | ${level} |`)
    expect(guide).toContain(`| \`rak_${right}\` |`)
  }
})
