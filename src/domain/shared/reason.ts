import { invalid } from './errors.ts'

/** Staff's words where they must be given: they are kept with what was done. Refuses an empty text (`reason_missing`). */
export function requireReason(reason: string | null | undefined): string {
  const text = reason?.trim()
  if (text) return text
  throw invalid(
    'Say why: the reason is kept with what is done.',
    [{ field: 'reason', code: 'reason_missing', message: 'Say why.' }],
    'reason_missing',
  )
}
