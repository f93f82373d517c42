import { useEffect, useRef, useState } from 'react'
import { useRevalidator } from 'react-router'
import type { ShownRun } from './charge-figures.tsx'
import { cardsOf } from './charge-words.ts'

/**
 * The run as it is now: the page's own reading, then what the server sends each second. The connection is made again by the browser when it
 * breaks; without script the page stays as it was read. At every tenth the page is read anew, and with it what stands around it.
 */
export function useLiveRun(read: ShownRun, from: string, isLive: boolean): ShownRun {
  const [live, setLive] = useState({ read, run: read })
  const latest = useRef(read)
  latest.current = read
  const { revalidate } = useRevalidator()
  useEffect(() => {
    if (!isLive) return
    const source = new EventSource(from)
    let tenth = tenthOf(latest.current)
    source.onmessage = (event) => {
      const run = JSON.parse(event.data) as ShownRun
      setLive({ read: latest.current, run })
      if (tenthOf(run) === tenth) return
      tenth = tenthOf(run)
      void revalidate()
    }
    source.addEventListener('over', () => {
      source.close()
      void revalidate()
    })
    return () => source.close()
  }, [from, isLive, revalidate])
  // A new reading of the page, after a pause for instance, is newer than what came before it.
  return live.read === read ? live.run : read
}

function tenthOf(run: ShownRun): number {
  return Math.floor(cardsOf(run).percent / 10)
}
