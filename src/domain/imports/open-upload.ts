import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { type Entry, fromBufferPromise, openPromise, type ZipFile } from 'yauzl'
import { fault } from './file-faults.ts'
import type { ReportLimits } from './report-types.ts'

/*
 * An upload is one CSV or a zip of several. A zip is read without trusting what it says of itself.
 */

/** The upload: its name as the creator knows it, and where its bytes are. */
export type ReportSource = { name: string; path: string } | { name: string; bytes: Uint8Array }

export interface UploadedFile {
  name: string
  in_zip: boolean
  chunks: AsyncIterable<Uint8Array>
}

export interface OpenedUpload {
  files: AsyncIterable<UploadedFile>
  /** filled while `files` is walked */
  ignored: { name: string; reason: string }[]
}

/** Opens an upload. Throws the fault of the file for what is neither a CSV nor a readable zip, or is over a limit. */
export async function openUpload(source: ReportSource, limits: ReportLimits): Promise<OpenedUpload> {
  const size = 'path' in source ? (await stat(source.path)).size : source.bytes.byteLength
  if (size > limits.file_bytes)
    throw tooLarge(source.name, `The upload has ${mib(size)}; the limit is ${mib(limits.file_bytes)}.`)
  if (size === 0) throw fault('empty_file', 'The file is empty.', { file: source.name })
  const start = await firstBytes(source)
  if (start.subarray(0, 2).toString('latin1') === 'PK') return openZip(source, limits)
  refuseOtherKinds(start, source.name)
  const chunks = 'path' in source ? createReadStream(source.path) : Readable.from(slices(source.bytes))
  return { files: only({ name: source.name, in_zip: false, chunks }), ignored: [] }
}

async function* only(file: UploadedFile): AsyncGenerator<UploadedFile> {
  yield file
}

/** As much as is read at once: parsing it holds the process up for a few milliseconds. */
const partSize = 64 * 1024

/** Bytes in memory are handed on in parts, so that reading them does not block the process. */
function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += partSize) yield bytes.subarray(at, at + partSize)
}

async function firstBytes(source: ReportSource): Promise<Buffer> {
  if ('bytes' in source) return Buffer.from(source.bytes.subarray(0, 512))
  const handle = await open(source.path)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

function refuseOtherKinds(start: Buffer, file: string): void {
  const head = start.toString('latin1').trimStart().toLowerCase()
  const kind =
    (head.startsWith('%pdf') && 'a PDF') ||
    (start.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0])) && 'an old Excel workbook') ||
    ((head.startsWith('<!doctype html') || head.startsWith('<html')) && 'a web page (the download link had probably expired)') ||
    (start.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b])) && 'a gzip archive') ||
    (head.startsWith('rar!') && 'a RAR archive') ||
    (head.startsWith('7z\xbc\xaf') && 'a 7-Zip archive') ||
    null
  if (kind) throw fault('not_a_report', `This is ${kind}, not a backer report.`, { file })
}

async function openZip(source: ReportSource, limits: ReportLimits): Promise<OpenedUpload> {
  const options = { lazyEntries: true, validateEntrySizes: true, autoClose: false }
  let zip: ZipFile
  try {
    zip = 'path' in source ? await openPromise(source.path, options) : await fromBufferPromise(Buffer.from(source.bytes), options)
  } catch (error) {
    throw zipFault(error, source.name)
  }
  if (zip.entryCount > limits.entries) {
    zip.close()
    throw tooLarge(source.name, `The zip holds ${zip.entryCount} entries; the limit is ${limits.entries}.`)
  }
  const ignored: OpenedUpload['ignored'] = []
  return { files: walkZip(zip, source.name, limits, ignored), ignored }
}

async function* walkZip(
  zip: ZipFile,
  name: string,
  limits: ReportLimits,
  ignored: OpenedUpload['ignored'],
): AsyncGenerator<UploadedFile> {
  const budget = { left: limits.text_bytes }
  let found = 0
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue
      const reason = reasonToIgnore(entry.fileName)
      if (reason === 'workbook')
        throw fault('not_a_report', 'This is an Excel workbook. Upload the CSV as Kickstarter gives it.', { file: name })
      if (reason) {
        ignored.push({ name: entry.fileName, reason })
        continue
      }
      if (!entry.canDecodeFileData())
        throw fault('not_a_report', 'The zip is encrypted or packed in a way that cannot be read here.', { file: entry.fileName })
      if (entry.uncompressedSize > budget.left) throw textTooLarge(name, limits)
      found += 1
      yield { name: entry.fileName, in_zip: true, chunks: readEntry(zip, entry, name, limits, budget) }
    }
  } catch (error) {
    throw zipFault(error, name)
  } finally {
    zip.close()
  }
  if (found === 0) throw fault('not_a_report', 'The zip holds no CSV.', { file: name })
}

function reasonToIgnore(path: string): string | null {
  const base = path.split('/').at(-1) ?? ''
  if (path.startsWith('__MACOSX/') || base.startsWith('.') || base.toLowerCase() === 'thumbs.db')
    return 'made by the operating system'
  if (path === '[Content_Types].xml') return 'workbook'
  if (/\.(zip|rar|7z|gz)$/i.test(base)) return 'an archive within the zip'
  return /\.csv$/i.test(base) ? null : 'not a CSV'
}

/** The bytes of one entry, counted and checked against the checksum that the zip states (yauzl does not). */
async function* readEntry(
  zip: ZipFile,
  entry: Entry,
  name: string,
  limits: ReportLimits,
  budget: { left: number },
): AsyncGenerator<Uint8Array> {
  let sum = 0
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      const bytes = chunk as Buffer
      budget.left -= bytes.length
      if (budget.left < 0) throw textTooLarge(name, limits)
      sum = crc32(bytes, sum)
      yield bytes
    }
  } catch (error) {
    throw zipFault(error, entry.fileName)
  }
  if (sum !== entry.crc32)
    throw fault('cut_off', 'The file in the zip is damaged: its checksum does not fit.', { file: entry.fileName })
}

/** Errors of yauzl and zlib mean a damaged zip; ours, and those of the reader above, pass through. */
function zipFault(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error.constructor !== Error || 'syscall' in error) return error
  if (/relative path|absolute path|invalid characters/i.test(error.message)) {
    return fault('not_a_report', 'The zip names a file outside itself.', { file })
  }
  return fault('cut_off', `The zip is damaged or not whole (${error.message}).`, { file })
}

function tooLarge(file: string, message: string) {
  return fault('too_large', message, { file })
}

function textTooLarge(file: string, limits: ReportLimits) {
  return tooLarge(file, `The files in the zip hold more than ${mib(limits.text_bytes)} together.`)
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024).toLocaleString('en')} MB`
}
