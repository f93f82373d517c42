import { Readable } from 'node:stream'

/** A CSV as a download, streamed part by part, under a name we make. */
export function csvResponse(file_name: string, chunks: AsyncIterable<string | Uint8Array>): Response {
  const plain = file_name.replace(/[^\x20-\x7e]|["\\]/g, '_')
  return new Response(Readable.toWeb(Readable.from(encode(chunks))) as ReadableStream<Uint8Array>, {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(file_name)}`,
      'Cache-Control': 'no-store',
    },
  })
}

async function* encode(chunks: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const chunk of chunks) yield typeof chunk === 'string' ? encoder.encode(chunk) : chunk
}
