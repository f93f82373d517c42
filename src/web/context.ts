import { createContext } from 'react-router'
import type { Deps } from '../deps.server.ts'

/** What every loader and action gets its work done with: `context.get(depsContext)`. */
export const depsContext = createContext<Deps>()

/** What one request carries: its id for the log, and the nonce of the few inline scripts that React Router writes. */
export const requestContext = createContext<RequestFacts>()

export type RequestFacts = { id: string; nonce: string; address: string }
