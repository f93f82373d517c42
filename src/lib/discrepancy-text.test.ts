import { expect, test } from 'vitest'
import { DISCREPANCY_KINDS } from '../domain/discrepancies/kinds.ts'
import { hasDiscrepancyText } from './discrepancy-text.ts'

test.each(DISCREPANCY_KINDS)('%s has its words', (kind) => {
  expect(hasDiscrepancyText(kind)).toBe(true)
})
