/**
 * The pages of an export by number, until one is empty: the database finds the next one while this one is written. One page ahead, not
 * more; a reader that stops early waits for it, so that nothing is left running on the connection.
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
      yield page
    }
  } finally {
    await next.catch(() => undefined)
  }
}
