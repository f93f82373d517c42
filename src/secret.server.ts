import { hkdfSync, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.server.ts'
import { StartError } from './db/start-error.ts'

/** The file that holds the secret where AFTERFUND_SECRET is not set. Belongs to every backup: without it all links are void. */
export function secretFile(dataFolder: string): string {
  return join(dataFolder, 'secret')
}

/** AFTERFUND_SECRET, else the data folder's own secret, made on first use and readable by this user only. */
export function readSecret(config: Pick<Config, 'secret' | 'dataFolder'>): string {
  if (config.secret) return config.secret
  const file = secretFile(config.dataFolder)
  try {
    if (!existsSync(file)) {
      mkdirSync(config.dataFolder, { recursive: true })
      // wx: of two programs that start at once, one writes and both read.
      writeOnce(file, `${randomBytes(32).toString('base64url')}\n`)
    }
    const secret = readFileSync(file, 'utf8').trim()
    if (secret.length < 32) throw new Error('it is too short')
    return secret
  } catch (error) {
    throw new StartError(
      `The secret ${file} cannot be read or written (${(error as Error).message}). Give this user access to it, or set AFTERFUND_SECRET.`,
      { cause: error },
    )
  }
}

/** A key for one purpose, so that what one part shows says nothing about another part's key. */
export function deriveKey(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `afterfund ${purpose}`, 32))
}

function writeOnce(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
    chmodSync(file, 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
