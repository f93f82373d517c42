import fc from 'fast-check'
import { expect, test } from 'vitest'
import { k5Cells, k5Header, k5Line } from '../../../test/factories/report-file.ts'
import { readReport } from './read-report.ts'
import type { ReadRow } from './report-types.ts'

const cell = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom(
    '',
    '"',
    '""',
    ',',
    '\n',
    '\r\n',
    '=1+1',
    '1e9',
    '-5',
    '€5',
    '2023/10/01',
    "O'Neil",
    'ليلى',
    '\t',
    '99999999999999999999',
  ),
)
const row = fc.tuple(
  fc.integer({ min: 1, max: 40 }),
  fc.array(fc.tuple(fc.integer({ min: 0, max: k5Header.length - 1 }), cell), { maxLength: 4 }),
  fc.constantFrom(0, 0, 0, 0, -1, 1),
)

/** A row of the report with some cells exchanged for anything, and now and then a cell too few or to spare. */
function cellsOf([number, changes, surplus]: [number, [number, string][], number]): string[] {
  const cells = k5Cells(number)
  for (const [at, text] of changes) cells[at] = text.replaceAll('\0', '')
  if (surplus < 0) cells.pop()
  if (surplus > 0) cells.push('x')
  return cells
}

test('whatever stands in the cells: each row is handed out once, on its line, or the file is refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 25 }), async (rows) => {
      const all = rows.map(cellsOf)
      const text = k5Line(k5Header) + all.map(k5Line).join('')
      const found: ReadRow[] = []
      const outcome = await readReport(
        { name: 'report.csv', bytes: Buffer.from(text) },
        { currency: 'USD', onRows: (batch) => void found.push(...batch) },
      )
      if (!outcome.ok) {
        expect(['cut_off', 'currency_differs', 'several_currencies', 'unclosed_quote']).toContain(outcome.fault.code)
        return
      }
      expect(found.map(({ n }) => n)).toEqual(all.map((_, index) => index + 1))
      let line = 2
      for (const [index, cells] of all.entries()) {
        expect(found[index]?.row.line).toBe(line)
        expect(Object.values(found[index]?.original ?? {})).toEqual(cells)
        line += 1 + (cells.join(' ').match(/\r\n|\n|\r/g)?.length ?? 0)
      }
      for (const { row, problems, twice } of found) {
        if (problems.length > 0) expect(twice).toBe(false)
        else expect([row.uid, row.email, row.name].every((value) => value !== null && value !== '')).toBe(true)
        for (const amount of [row.pledge_amount, row.shipping_amount, row.minimum ?? 0, row.bonus ?? 0]) {
          expect(Number.isSafeInteger(amount) && amount >= 0).toBe(true)
        }
      }
      for (const uid of new Set(found.map(({ row }) => row.uid))) {
        if (uid === null) continue
        const same = found.filter(({ row }) => row.uid === uid)
        const applied = same.filter(({ problems, twice }) => problems.length === 0 && !twice)
        expect(outcome.summary.uids_twice.includes(uid) || applied.length <= 1).toBe(true)
      }
    }),
    { numRuns: 150 },
  )
})
