import type { Deps, Worker } from '../deps.server.ts'

/** Carries out what the queues and the clock ask for. */
export function createWorker(_deps: Omit<Deps, 'worker'>): Worker {
  return {
    start: async () => undefined,
    stop: async () => undefined,
    runDue: async () => undefined,
    isIdle: async () => true,
    fault: () => null,
  }
}
