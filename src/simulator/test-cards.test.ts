import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TEST_CARDS } from './test-cards.ts'

test('the README lists the cards that there are, in their order', () => {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
  const rows = TEST_CARDS.map(
    ({ number, name, token, happens }) => `| ${number.replace(/(.{4})(?=.)/g, '$1 ')} | ${name} | \`${token}\` | ${happens} |`,
  )
  expect(readme).toContain(`\n${rows.join('\n')}\n\n`)
})
