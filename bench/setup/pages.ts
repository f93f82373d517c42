import { ask } from './http.ts'
import { owner } from './world.ts'

/** The cookie of whoever owns everything. */
export async function signIn(url: string): Promise<string> {
  const form = { origin: url, 'content-type': 'application/x-www-form-urlencoded' }
  const { email, password } = owner
  const answer = await ask(`${url}/sign-in`, {
    method: 'POST',
    headers: form,
    body: new URLSearchParams({ email, password }).toString(),
  })
  const cookies = answer.headers['set-cookie']?.map((line) => line.split(';')[0]) ?? []
  if (cookies.length === 0) throw new Error(`Signing in answers ${answer.status}`)
  return cookies.join('; ')
}

/** Reads a page to its end; one that is not there ends the case. */
export async function openPage(url: string, cookie: string): Promise<void> {
  const answer = await ask(url, { headers: { cookie } })
  if (answer.status !== 200) throw new Error(`${url} answers ${answer.status} ${answer.headers.location ?? ''}`)
}
