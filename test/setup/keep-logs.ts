import { randomBytes } from 'node:crypto'
import { appendFileSync, copyFileSync, existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

/*
 * What programs print in tests, and what they leave in their data folders, is kept until the run is over; then `npm test` searches it for
 * secrets (tools/search-logs.ts). Without AFTERFUND_TEST_LOGS nobody will, and nothing is kept.
 */

const folder = process.env.AFTERFUND_TEST_LOGS || null

export const keepsLogs: boolean = folder !== null

/** A file of its own for one program: whatever it is given is added to it. */
export function keepOutput(name: string): (text: string | Buffer) => void {
  const file = newFile(name, 'log')
  return file ? (text) => appendFileSync(file, text) : () => undefined
}

/**
 * The files of a data folder, before it is removed: the log of its PostgreSQL, and what the simulator of the gateway keeps. Not the secret,
 * which belongs there, and not the tables.
 */
export function keepDataFolder(dataFolder: string): void {
  for (const path of [join(dataFolder, 'postgres', 'postgres.log'), ...journalsIn(dataFolder)]) keepFile(path)
}

export function keepFile(path: string): void {
  const [name = 'file', ending = 'log'] = basename(path).split('.')
  const file = newFile(name, ending)
  if (file && existsSync(path)) copyFileSync(path, file)
}

/** A simulator's own folder, or that of one which a program has started beside itself. */
function journalsIn(dataFolder: string): string[] {
  const folders = [dataFolder, join(dataFolder, 'gateway')].filter(isFolder)
  return folders.flatMap((each) =>
    readdirSync(each)
      .filter((name) => /\.jsonl?$/.test(name))
      .map((name) => join(each, name)),
  )
}

/** Some tests give a program a file for a folder. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function newFile(name: string, ending: string): string | null {
  return folder && join(folder, `${name}-${process.pid}-${randomBytes(4).toString('hex')}.${ending}`)
}
