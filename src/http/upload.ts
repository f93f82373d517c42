import { DomainError, invalid } from '../domain/shared/errors.ts'
import type { ApiContext } from './context.ts'

export interface Upload {
  file_name: string
  body: AsyncIterable<Uint8Array>
}

/** The types of a body that is the file itself. */
export const RAW_TYPES = ['text/csv', 'application/zip', 'application/x-zip-compressed', 'application/octet-stream']

/**
 * The file of a request: the part `file` of a form, or the body itself with its name as `file_name` in the address. The body is handed
 * on as it arrives. Refuses a form without a file, a body without a name (`file_missing`), and every other content type (415).
 */
export async function readUpload(c: ApiContext): Promise<Upload> {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'multipart/form-data') return await fileOfForm(c)
  if (!RAW_TYPES.includes(type)) {
    const message = `Send the file as multipart/form-data in the field "file", or as the body with one of these types: ${RAW_TYPES.join(', ')}.`
    throw new DomainError('unsupported_media_type', message, { status: 415 })
  }
  const file_name = c.req.query('file_name')?.trim()
  if (!file_name) throw fileMissing('file_name', 'Say the name of the file: ?file_name=report.csv')
  return { file_name, body: await bodyOf(c) }
}

async function fileOfForm(c: ApiContext): Promise<Upload> {
  const form = await c.req.formData().catch(() => null)
  if (!form) throw new DomainError('malformed_body', 'The form could not be read.', { status: 400 })
  const file = form.get('file')
  if (!(file instanceof File)) throw fileMissing('file', 'The form has no file in the field "file".')
  return { file_name: file.name, body: file.stream() as AsyncIterable<Uint8Array> }
}

/** Once idempotency.ts has read the body, only its copy is left. */
async function bodyOf(c: ApiContext): Promise<AsyncIterable<Uint8Array>> {
  if (c.req.raw.body && !c.req.raw.bodyUsed) return c.req.raw.body as AsyncIterable<Uint8Array>
  return once(new Uint8Array(await c.req.arrayBuffer()))
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function fileMissing(field: string, message: string): DomainError {
  return invalid(message, [{ field, code: 'file_missing', message }], 'file_missing')
}
