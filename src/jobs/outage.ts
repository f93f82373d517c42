import { sqlState } from '../domain/shared/tx.ts'

/** The database went away, or others held the rows for too long: what was being done stays as it is and is tried again. */
export function isOutage(error: unknown): boolean {
  const state = sqlState(error) ?? ''
  if (/^(08|57P|53)/.test(state) || state === '55P03' || /^(ECONN|EPIPE|ETIMEDOUT)/.test(state)) return true
  return error instanceof Error && /^(Connection terminated|timeout exceeded when trying to connect)/.test(error.message)
}
