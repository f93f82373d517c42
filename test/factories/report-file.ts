import { csvLine } from '../../src/lib/csv-write.ts'

/*
 * Backer reports for tests: the K5 shape with one item and one add-on column, rows by number, everything overridable.
 */

export const k5Header = [
  'Backer Number',
  'Backer UID',
  'Backer Name',
  'Email',
  'Shipping Country',
  'Shipping Amount',
  'Reward Title',
  'Backing Minimum',
  'Reward ID',
  'Bonus Support',
  'Pledge Amount',
  'Pledged At',
  'Fulfillment Status',
  'Pledged Status',
  'Notes',
  'Core Game',
  '[Addon: 700] Playmat',
  'Survey Response',
  'Which colour?',
  'Shipping Name',
  'Shipping Address 1',
  'Shipping Address 2',
  'Shipping City',
  'Shipping State',
  'Shipping Postal Code',
  'Shipping Country Name',
  'Shipping Country Code',
  'Shipping Phone Number',
  'Shipping Delivery Notes',
] as const

export type K5Column = (typeof k5Header)[number]
export type K5Row = Partial<Record<K5Column, string>>

/** The cells of backer number `i`: a collected Core pledge of 49 + 12 shipping that adds up. */
export function k5Cells(i: number, over: K5Row = {}): string[] {
  const row: K5Row = {
    'Backer Number': String(i),
    'Backer UID': String(900_000_000 + i),
    'Backer Name': `Backer ${i}`,
    Email: `backer${i}@example.com`,
    'Shipping Country': 'DE',
    'Shipping Amount': '$12.00',
    'Reward Title': 'Core Pledge',
    'Backing Minimum': '$49.00',
    'Reward ID': '9001000',
    'Bonus Support': '$0.00',
    'Pledge Amount': '$61.00',
    'Pledged At': '2023/10/01, 18:00',
    'Pledged Status': 'collected',
    'Core Game': '1',
    '[Addon: 700] Playmat': '0',
    ...over,
  }
  return k5Header.map((column) => row[column] ?? '')
}

/** A whole K5 report of the given rows. */
export function k5Report(rows: K5Row[]): string {
  return csvLine(k5Header) + rows.map((row, index) => k5Line(k5Cells(index + 1, row))).join('')
}

/** A line as the platform writes it: quotes where needed, formulas as they are. */
export function k5Line(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`
}
