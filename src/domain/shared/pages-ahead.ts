import { setImmediate } from 'node:timers/promises'

/** Written at once, before others have their turn. */
const SLICE = 250

/**
 * The pages of an export by number, until one is empty, in slices: the database finds the next page while this one is written. One page
 * ahead, not more; a reader that stops early waits for it, so that nothing is left running on the connection.
 */
export async function* pagesAhead<T extends { number: number }>(read: (after: number) => Promise<T[]>): AsyncGenerator<T[]> {
  let next = read(0)
  try {
    for (;;) {
      const page = await next
      const last = page.at(-1)
      if (!last) return
      next = read(last.number)
      // Its failure is met when its turn comes.
      next.catch(() => undefined)
      for (let from = 0; from < page.length; from += SLICE) {
        yield page.slice(from, from + SLICE)
        // A page takes more than one statement: the second is sent as soon as the first is answered, not when all is written.
        await setImmediate()
      }
    }
  } finally {
    await next.catch(() => undefined)
  }
}
