import { invalid } from './errors.ts'

/** One page of a list: `next_cursor` is null on the last. */
export interface Page<T> {
  data: T[]
  next_cursor: string | null
}

export interface PageInput {
  cursor?: string | undefined
  limit?: number | undefined
}

export const PAGE_SIZE = 50
export const PAGE_LIMIT = 200

/** How many rows a page holds: 50 unless told, 200 at most. */
export function pageSize({ limit }: PageInput): number {
  return Math.min(Math.max(1, limit ?? PAGE_SIZE), PAGE_LIMIT)
}

/**
 * Reads the cursor of a list sorted by `sort`: the values of the last row that was shown, as texts; null for the first page.
 * Refuses a cursor that is none, or one of another sort (`cursor_invalid`).
 */
export function readCursor(cursor: string | undefined, sort: string, length: number): string[] | null {
  if (cursor === undefined || cursor === '') return null
  const parts = parse(cursor)
  if (parts?.length !== length + 1 || parts[0] !== sort) {
    const message = 'This cursor belongs to another list. Start again without one.'
    throw invalid(message, [{ field: 'cursor', code: 'cursor_invalid', message }], 'cursor_invalid')
  }
  return parts.slice(1)
}

function parse(cursor: string): string[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : null
  } catch {
    return null
  }
}

/** The cursor after a row: opaque to callers, checked when it comes back. */
export function writeCursor(sort: string, values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([sort, ...values.map(String)])).toString('base64url')
}

/** Cuts rows that were read with one more than the page holds, and tells the cursor of the next page. */
export function cutPage<T>(rows: T[], size: number, cursorAfter: (row: T) => string): Page<T> {
  const data = rows.slice(0, size)
  const last = data.at(-1)
  return { data, next_cursor: rows.length > size && last !== undefined ? cursorAfter(last) : null }
}
