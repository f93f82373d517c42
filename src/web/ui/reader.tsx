import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react'

/** Who reads the page: language, zone and the moment of the answer, so that server and browser write the same words. */
export interface Reader {
  locale: string
  time_zone: string
  /** The time of the answer (ISO). Without it a time is never shortened to "today". */
  now: string | null
}

const ReaderContext = createContext<Reader>({ locale: 'en', time_zone: 'UTC', now: null })

export function ReaderProvider({ reader, children }: { reader: Reader; children: ReactNode }) {
  return <ReaderContext value={reader}>{children}</ReaderContext>
}

export function useReader(): Reader {
  return useContext(ReaderContext)
}

const never = () => () => {}

/** False on the server and in the first paint, true once the page is alive: for what makes no sense without script. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}
