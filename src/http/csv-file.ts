import { Readable } from 'node:stream'

/** Answers a CSV part by part, always as a download: never shown in the browser. Shared by every export of the API. */
export function csvFile(file: { file_name: string; chunks: AsyncIterable<string | Uint8Array> }): Response {
  const plain = file.file_name.replace(/[^\w .-]+/g, '_')
  const whole = encodeURIComponent(file.file_name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
  return new Response(Readable.toWeb(Readable.from(encoded(file.chunks))) as ReadableStream<Uint8Array>, {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${plain}"; filename*=UTF-8''${whole}`,
      'Cache-Control': 'no-store',
    },
  })
}

async function* encoded(chunks: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const chunk of chunks) yield typeof chunk === 'string' ? encoder.encode(chunk) : chunk
}
