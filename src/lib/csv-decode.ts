import { isUtf8 } from 'node:buffer'

/*
 * Bytes to text, refusing what is not text instead of guessing: a wrong guess turns names into nonsense that nobody notices.
 */

export type EncodingFaultKind = 'not_utf8' | 'zero_bytes' | 'cut'

/** The bytes are not UTF-8 (nor UTF-16 with its mark). `line` is the first line that cannot be read. */
export class EncodingFault extends Error {
  readonly kind: EncodingFaultKind
  readonly line: number
  constructor(kind: EncodingFaultKind, line: number) {
    super(`${kind} at line ${line}`)
    this.kind = kind
    this.line = line
  }
}

/** Decodes UTF-8 with or without a byte-order mark, and UTF-16 with one; throws an `EncodingFault` for everything else. */
export async function* decodeText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null
  let held = Buffer.alloc(0)
  let tail = Buffer.alloc(0)
  let breaks = 0
  for await (const chunk of chunks) {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (!decoder) {
      held = Buffer.concat([held, bytes])
      if (held.length < 4) continue
      decoder = decoderFor(held)
      bytes = held
    }
    const text = decodeChunk(decoder, bytes, tail, breaks)
    tail = Buffer.from(bytes.subarray(-3))
    breaks += countBreaks(text)
    yield text
  }
  decoder ??= decoderFor(held)
  const rest = tail.length === 0 ? decodeChunk(decoder, held, tail, breaks) : ''
  yield rest + decodeEnd(decoder, breaks)
}

function decoderFor(start: Buffer): TextDecoder {
  if (start[0] === 0xff && start[1] === 0xfe) return new TextDecoder('utf-16le', { fatal: true })
  if (start[0] === 0xfe && start[1] === 0xff) return new TextDecoder('utf-16be', { fatal: true })
  return new TextDecoder('utf-8', { fatal: true })
}

function decodeChunk(decoder: TextDecoder, bytes: Buffer, tail: Buffer, breaks: number): string {
  let text: string
  try {
    text = decoder.decode(bytes, { stream: true })
  } catch {
    throw new EncodingFault(bytes.includes(0) ? 'zero_bytes' : 'not_utf8', breaks + 1 + badLine(bytes, tail))
  }
  const zero = text.indexOf('\0')
  if (zero >= 0) throw new EncodingFault('zero_bytes', breaks + 1 + countBreaks(text.slice(0, zero)))
  return text
}

function decodeEnd(decoder: TextDecoder, breaks: number): string {
  try {
    return decoder.decode()
  } catch {
    throw new EncodingFault('cut', breaks + 1)
  }
}

/** How many lines of the chunk are fine before the first that is not; a character may have begun in the chunk before. */
function badLine(bytes: Buffer, tail: Buffer): number {
  let line = 0
  for (let from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, from)
    const part = bytes.subarray(from, end < 0 ? bytes.length : end)
    const fits = isUtf8(part) || (line === 0 && [1, 2, 3].some((n) => isUtf8(Buffer.concat([tail.subarray(-n), part]))))
    if (!fits || end < 0) return line
    from = end + 1
  }
  return line
}

function countBreaks(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  return count
}
