import { useEffect, useState } from 'react'
import { useRevalidator } from 'react-router'
import type { ShownRun } from './charge-figures.tsx'

/**
 * The run as it is now: the page's own reading, then what the server sends each second. The connection is made again by the browser when it
 * breaks; without script the page stays as it was read.
 */
export function useLiveRun(read: ShownRun, from: string, isLive: boolean): ShownRun {
  const [live, setLive] = useState({ read, run: read })
  const { revalidate } = useRevalidator()
  useEffect(() => {
    if (!isLive) return
    const source = new EventSource(from)
    source.onmessage = (event) => setLive({ read, run: JSON.parse(event.data) as ShownRun })
    source.addEventListener('over', () => {
      source.close()
      void revalidate()
    })
    return () => source.close()
  }, [from, isLive, read, revalidate])
  // A new reading of the page, after a pause for instance, is newer than what came before it.
  return live.read === read ? live.run : read
}
