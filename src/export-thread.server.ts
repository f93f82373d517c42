// Writes one export in a thread of its own: 360,000 rows are seconds of parsing and formatting, and pages are served meanwhile.
import { join } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { connect } from './db/client.server.ts'
import { projectRoot } from './db/project-root.ts'
import { type ExportInput, exportReady } from './domain/fulfilment/export-ready.ts'
import { exportLines } from './domain/orders/export-lines.ts'
import type { Campaign } from './domain/shared/policy.ts'

/** What to write. The caller was allowed to have it. */
export type ExportOrder =
  | { file: 'order_lines'; campaign: Pick<Campaign, 'id' | 'currency'> }
  | { file: 'ready_orders'; input: ExportInput }

interface ThreadData {
  afterfund_export: ExportOrder
  database_url: string
}

/** Pieces that may lie ready before the reader takes one. */
const AHEAD = 2
/** Exports that are written at once; others wait for their turn. Each is a thread and a connection. */
const AT_ONCE = 4

/** From the thread: a piece, or nothing more. To the thread: go on by one piece, or stop. */
type FromThread = { piece: Uint8Array } | { done: true }
type ToThread = 'next' | 'stop'

/**
 * Starts a thread for each export, with a connection of its own; yields the file in pieces, as fast as they are read. A reader that stops
 * early ends the thread. The thread runs this very file as it is: nothing in it may need the build.
 */
export function createExporter(database_url: string): (order: ExportOrder) => AsyncGenerator<Uint8Array> {
  const turns = createTurns(AT_ONCE)
  return async function* (order) {
    await turns.take()
    try {
      yield* runThread({ afterfund_export: order, database_url })
    } finally {
      turns.give()
    }
  }
}

interface Turns {
  take(): Promise<void>
  give(): void
}

function createTurns(most: number): Turns {
  const waiting: (() => void)[] = []
  let taken = 0
  return {
    take: async () => {
      if (taken < most) taken += 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
    },
    // Who waits longest gets the turn, without it being free in between.
    give: () => {
      const next = waiting.shift()
      if (next) next()
      else taken -= 1
    },
  }
}

async function* runThread(data: ThreadData): AsyncGenerator<Uint8Array> {
  const thread = new Worker(join(projectRoot, 'src', 'export-thread.server.ts'), { workerData: data, execArgv: [] })
  const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
  const tell = (what: ToThread) => thread.postMessage(what)
  try {
    yield* received(thread, () => tell('next'))
  } finally {
    tell('stop')
    await ended
  }
}

/** What the thread sends, in order. Throws what it threw. */
async function* received(thread: Worker, taken: () => void): AsyncGenerator<Uint8Array> {
  const waiting: FromThread[] = []
  let failure: Error | null = null
  let wake: () => void = () => undefined
  thread.on('message', (message: FromThread) => {
    waiting.push(message)
    wake()
  })
  thread.once('error', (error) => {
    failure = error instanceof Error ? error : new Error(String(error))
    wake()
  })
  thread.once('exit', () => {
    failure ??= new Error('The thread of an export ended before its file did')
    wake()
  })
  for (;;) {
    const message = waiting.shift()
    if (!message) {
      if (failure) throw failure
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      continue
    }
    if ('done' in message) return
    taken()
    yield message.piece
  }
}

if (!isMainThread && isOrder(workerData) && parentPort) {
  await writeExport(workerData, parentPort)
}

async function writeExport(
  { afterfund_export: order, database_url }: ThreadData,
  port: NonNullable<typeof parentPort>,
): Promise<void> {
  const client = connect(database_url, { max: 1 })
  const encoder = new TextEncoder()
  let [credit, isStopped] = [AHEAD, false]
  let wake: () => void = () => undefined
  port.on('message', (message: ToThread) => {
    if (message === 'stop') isStopped = true
    else credit += 1
    wake()
  })
  try {
    const pieces = order.file === 'order_lines' ? exportLines(client.db, order.campaign) : exportReady(client.db, order.input)
    for await (const text of pieces) {
      while (credit === 0 && !isStopped) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      if (isStopped) break
      credit -= 1
      const piece = encoder.encode(text)
      port.postMessage({ piece } satisfies FromThread, [piece.buffer])
    }
    port.postMessage({ done: true } satisfies FromThread)
  } finally {
    await client.end()
    port.close()
  }
}

/** Other threads load this file too: a test runs in one. */
function isOrder(data: unknown): data is ThreadData {
  return typeof data === 'object' && data !== null && 'afterfund_export' in data
}
