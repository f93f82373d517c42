import { type Logger, pino } from 'pino'

export type Log = Logger

/** What stands in place of a backer's secret in anything that is logged. */
const hidden = '[hidden]'

/** JSON lines on stdout. Secrets, mails, names and addresses given as fields are hidden, and backers' links lose their secret. */
export function createLog(destination?: { write(line: string): void }, level = 'info'): Log {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [...hiddenFields, ...hiddenFields.map((field) => `*.${field}`), 'headers.authorization', 'headers.cookie'],
      censor: hidden,
    },
    serializers: { err: serializeError, error: serializeError },
    formatters: { level: (label: string) => ({ level: label }) },
    // The whole line, so that no field is forgotten.
    hooks: { streamWrite: scrubUrls },
  }
  return destination ? pino(options, destination) : pino(options)
}

/** `/b/<campaign>/<backer>/<secret>` becomes `/b/<campaign>/<backer>/[hidden]`, wherever it stands; so do API keys and passwords in addresses. */
export function scrubUrls(text: string): string {
  return text
    .replace(/(\/b\/[^/\s"']+\/[^/\s"'?]+\/)[^/\s"'?#)]+/gi, `$1${hidden}`)
    .replace(/\baf_[A-Za-z0-9_-]{20,}/g, `af_${hidden}`)
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^:@/\s"]*):[^@/\s"]+@/gi, `$1:${hidden}@`)
}

const hiddenFields = [
  'password',
  'secret',
  'token',
  'api_key',
  'key',
  'cookie',
  'authorization',
  'email',
  'name',
  'address',
  'to',
]

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code } = error as NodeJS.ErrnoException
  const serialized = pino.stdSerializers.err(error)
  return { type: serialized.type, code, message: serialized.message, stack: serialized.stack }
}
