import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DomainError, invalid } from './errors.ts'

/** An upload as a file of this machine. */
export interface Spooled {
  path: string
  file_size: number
  /** SHA-256, in hexadecimal */
  file_hash: string
}

export interface UploadLimit {
  file_bytes: number
  /** what to do with a larger file, as a sentence */
  advice: string
}

/**
 * Hands an upload on as a file, which is gone afterwards: a slow upload holds no transaction, a large one no memory. Refuses an upload over
 * the limit (`too_large`, 413) as soon as it is over it.
 */
export async function withSpooledUpload<T>(
  body: AsyncIterable<Uint8Array>,
  limit: UploadLimit,
  use: (spooled: Spooled) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'afterfund-upload-'))
  try {
    return await use(await spool(body, limit, join(folder, 'upload')))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function spool(body: AsyncIterable<Uint8Array>, limit: UploadLimit, path: string): Promise<Spooled> {
  const hash = createHash('sha256')
  let file_size = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      file_size += chunk.byteLength
      if (file_size > limit.file_bytes) throw tooLarge(limit)
      hash.update(chunk)
      yield chunk
    }
  }
  await pipeline(Readable.from(counted()), createWriteStream(path, { mode: 0o600 }))
  return { path, file_size, file_hash: hash.digest('hex') }
}

function tooLarge({ file_bytes, advice }: UploadLimit): DomainError {
  const message = `The upload is larger than ${file_bytes / 1024 / 1024} MB, the limit. ${advice}`
  return new DomainError('too_large', message, { status: 413, details: { limit_bytes: file_bytes } })
}

/** The name of an upload without folders and control characters. Refuses one that has none (`file_missing`). */
export function cleanFileName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? ''
  const clean = base
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(-200)
  if (clean !== '') return clean
  const fields = [{ field: 'file', code: 'file_missing', message: 'Choose a file.' }]
  throw invalid('The upload has no file name.', fields, 'file_missing')
}
