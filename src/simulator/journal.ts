import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { SimulatorStartError } from './start-error.ts'

/** What one call changed: kind and value, the last of an id wins. */
export type JournalLine = [kind: string, value: { id: string }][]

export interface Journal {
  /** Writes one line and returns once the system has it: whatever kills this process afterwards cannot take it away. */
  append(line: JournalLine): void
  close(): void
}

/**
 * Opens the journal of a folder: `load` gets every line of it, then `compact` gives what is to be kept, as one fresh file. A line is a
 * whole call, so a call is in the journal or it is not. A torn last line (killed while writing) is left out: its answer never left.
 * Refuses a line that cannot be read anywhere else, since what it said is lost.
 */
export function openJournal(folder: string, load: (line: JournalLine) => void, compact: () => JournalLine): Journal {
  const path = join(folder, 'journal.jsonl')
  for (const line of readLines(path)) load(line)
  const fresh = `${path}.new`
  const file = openSync(fresh, 'w', 0o600)
  const kept = compact().map((put) => `${JSON.stringify([put])}\n`)
  let length = writeWhole(file, kept.join(''))
  fsyncSync(file)
  // The open file keeps its name after this: a kill before it leaves the old journal, a kill after it the new one.
  renameSync(fresh, path)
  let isClosed = false
  return {
    append: (line) => {
      // A call that was still on its way: the number of the file may belong to another one by now.
      if (isClosed) throw new Error('The simulator has stopped.')
      try {
        length += writeWhole(file, `${JSON.stringify(line)}\n`)
      } catch (error) {
        // A full disk: half a line must not stand before the next one.
        ftruncateSync(file, length)
        throw error
      }
    },
    close: () => {
      if (!isClosed) closeSync(file)
      isClosed = true
    },
  }
}

function readLines(path: string): JournalLine[] {
  const lines = readIfThere(path).split('\n')
  // What follows the last line end is nothing, or torn.
  lines.pop()
  return lines.map((text, at) => {
    try {
      return JSON.parse(text) as JournalLine
    } catch {
      throw new SimulatorStartError(
        `Line ${at + 1} of ${path} cannot be read. Put back a copy of the folder, or remove the file to begin with an empty simulator.`,
      )
    }
  })
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/** writeSync may write less than it was given. */
function writeWhole(file: number, text: string): number {
  const bytes = Buffer.from(text)
  let done = 0
  while (done < bytes.length) done += writeSync(file, bytes, done)
  return done
}
