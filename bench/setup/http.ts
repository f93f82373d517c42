import { Agent, type IncomingMessage, request } from 'node:http'

export interface HttpAnswer {
  status: number
  headers: IncomingMessage['headers']
  text: string
}

interface Ask {
  method?: string
  headers?: Record<string, string>
  body?: string | NodeJS.ReadableStream
}

const agent = new Agent({ keepAlive: true, maxSockets: 200 })

/** The plainest client there is: both sides share the machine, so what it costs is measured with it. */
export function ask(url: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const length = typeof body === 'string' ? { 'content-length': String(Buffer.byteLength(body)) } : {}
    const sent = request(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.once('error', reject)
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(pieces).toString('utf8') })
      })
    })
    sent.once('error', reject)
    if (body === undefined || typeof body === 'string') sent.end(body)
    else body.pipe(sent)
  })
}

/** Reads a long answer without keeping it; says how many bytes it had. */
export function drain(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers }, (response) => {
      let bytes = 0
      response.on('data', (piece: Buffer) => {
        bytes += piece.byteLength
      })
      response.once('error', reject)
      response.once('end', () =>
        response.statusCode === 200 ? resolve(bytes) : reject(new Error(`${url}: ${response.statusCode}`)),
      )
    })
    sent.once('error', reject)
    sent.end()
  })
}

export interface Api {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body?: unknown): Promise<T>
  upload<T>(path: string, body: NodeJS.ReadableStream): Promise<T>
}

/** The program's API, with a key. Whatever is not 2xx ends the case. */
export function apiOf(url: string, key: string): Api {
  const send = async <T>(path: string, options: Ask): Promise<T> => {
    const answer = await ask(`${url}/api/v1${path}`, {
      ...options,
      headers: { ...options.headers, authorization: `Bearer ${key}` },
    })
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`${path} answers ${answer.status}: ${answer.text.slice(0, 500)}`)
    return JSON.parse(answer.text) as T
  }
  const json = { 'content-type': 'application/json' }
  return {
    get: (path) => send(path, {}),
    post: (path, body = {}) => send(path, { method: 'POST', headers: json, body: JSON.stringify(body) }),
    upload: (path, body) => send(path, { method: 'POST', headers: { 'content-type': 'text/csv' }, body }),
  }
}
