import { readFileSync } from 'node:fs'
import { readReport } from '../../src/domain/imports/read-report.ts'
import {
  type FileFault,
  type ReadRow,
  type ReadSummary,
  type ReportLimits,
  reportLimits,
} from '../../src/domain/imports/report-types.ts'

/** A file of test/samples. */
export const sample = (name: string) => readFileSync(new URL(`../samples/${name}`, import.meta.url))

interface ReadOptions {
  currency?: string
  name?: string
  limits?: Partial<ReportLimits>
}

/** Reads a report from memory; all rows at once. */
export async function read(content: string | Uint8Array, options: ReadOptions = {}) {
  const rows: ReadRow[] = []
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const outcome = await readReport(
    { name: options.name ?? 'report.csv', bytes },
    {
      currency: options.currency ?? 'USD',
      onRows: (batch) => void rows.push(...batch),
      limits: { ...reportLimits, ...options.limits },
    },
  )
  return { rows, outcome }
}

/** A report that must be read. */
export async function accepted(
  content: string | Uint8Array,
  options: ReadOptions = {},
): Promise<{ rows: ReadRow[]; summary: ReadSummary }> {
  const { rows, outcome } = await read(content, options)
  if (!outcome.ok) throw new Error(`${outcome.fault.code}: ${outcome.fault.message}`)
  return { rows, summary: outcome.summary }
}

/** A report that must be refused, with a sentence and the way out. */
export async function refused(content: string | Uint8Array, options: ReadOptions = {}): Promise<FileFault> {
  const { outcome } = await read(content, options)
  if (outcome.ok) throw new Error('the file was read')
  if (outcome.fault.message === '' || outcome.fault.fix === '') throw new Error(`${outcome.fault.code} says nothing`)
  return outcome.fault
}
