import type { Clock } from './deps.server.ts'

/** The machine's clock, plus what a test moved it ahead. `start` begins it elsewhere (the demo makes its past with it). */
export function createClock(start?: Date): Clock {
  let offset = start ? start.getTime() - Date.now() : 0
  return {
    now: () => new Date(Date.now() + offset),
    advance: (ms) => {
      offset += ms
    },
  }
}
