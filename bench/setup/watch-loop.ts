// Loaded into the program before anything else (`node --import`): it watches the event loop of the process that serves, from inside.
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How long the loop made others wait, in milliseconds. */
export interface LoopDelay {
  p999: number
  worst: number
}

const resolution = 2
const delay = monitorEventLoopDelay({ resolution })

if (process.send) {
  process.on('message', (order: unknown) => {
    if (order === 'watch') {
      delay.reset()
      delay.enable()
      return
    }
    if (order !== 'tell') return
    delay.disable()
    process.send?.(delayNow())
  })
  // A program that is told to stop must not be kept alive by this.
  process.channel?.unref()
}

/** What the timer itself waits for is no delay. */
function delayNow(): LoopDelay {
  const ms = (ns: number) => Math.max(0, ns / 1e6 - resolution)
  return { p999: ms(delay.percentile(99.9)), worst: ms(delay.max) }
}
