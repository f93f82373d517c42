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
    hooks: { streamWrite: scrub },
  }
  return destination ? pino(options, destination) : pino(options)
}

/** Takes out of a line what no log may hold: secrets in addresses, keys, card numbers. */
export function scrub(line: string): string {
  return scrubCards(scrubUrls(line))
}

/** `/b/<campaign>/<backer>/<secret>` becomes `/b/<campaign>/<backer>/[hidden]`, wherever it stands; so do API keys and passwords in addresses. */
export function scrubUrls(text: string): string {
  return text
    .replace(/(\/b\/[^/\s"']+\/[^/\s"'?]+\/)[^/\s"'?#)]+/gi, `$1${hidden}`)
    .replace(/\baf_[A-Za-z0-9_-]{20,}/g, `af_${hidden}`)
    .replace(/\b((?:[rs]k_(?:test|live)|whsec)_)[A-Za-z0-9_]+/g, `$1${hidden}`)
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^:@/\s"]*):[^@/\s"]+@/gi, `$1:${hidden}@`)
}

/** What could be a card's number: 13 to 19 digits, with or without spaces or dashes, that are no part of a longer name. */
function scrubCards(line: string): string {
  return line.replace(/(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])/g, (_digits, at: number) => {
    // A number of JSON stands outside of quotes and must stay a value.
    const quotes = line.slice(0, at).replaceAll(/\\./g, '').split('"').length - 1
    return quotes % 2 === 1 || !line.startsWith('{') ? hidden : `"${hidden}"`
  })
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
