import { RouterContextProvider } from 'react-router'
import { describe, expect, test } from 'vitest'
import { useTestProgram } from '../../../../test/setup/deps.ts'
import { isFirstRun, saveFirstRunCode } from '../../../domain/accounts/create-owner.ts'
import { notFound } from '../../../domain/shared/errors.ts'
import { depsContext, requestContext } from '../../context.ts'
import { findAccount, nextPage, orRefusalPage, requireAccount } from '../../session.server.ts'
import { action as setUp, loader as setupPage } from './setup.tsx'
import { action as signIn, loader as signInPage } from './sign-in.tsx'
import { action as signOut } from './sign-out.tsx'

const program = useTestProgram()
const owner = { name: 'Ilse Verhoeven', email: 'ilse@lanternfish.example', password: 'a boat on the tide' }

type Answer = {
  status: number
  location: string | null
  cookie: string
  data: { problems?: { id?: string; message: string }[] } | null
}

/** Calls a loader or action as React Router does, and reads what it returns or throws. */
async function ask(
  handler: unknown,
  path: string,
  { form, cookie, address = '192.0.2.1' }: { form?: Record<string, string>; cookie?: string; address?: string } = {},
): Promise<Answer> {
  const context = new RouterContextProvider()
  context.set(depsContext, program.deps)
  context.set(requestContext, { id: 'r', nonce: 'n', address })
  const request = new Request(`http://localhost:3000${path}`, {
    headers: { host: 'localhost:3000', ...(cookie ? { cookie } : {}) },
    ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
  })
  const result = await (handler as (args: unknown) => Promise<unknown>)({ request, context, params: {} }).catch(
    (thrown) => thrown,
  )
  if (result instanceof Response) {
    const cookies = result.headers.getSetCookie().map((line) => line.split(';')[0])
    return { status: result.status, location: result.headers.get('location'), cookie: cookies.join('; '), data: null }
  }
  if (result instanceof Error) throw result
  const answered = result as { data?: Answer['data']; init?: { status?: number } } | null
  return { status: answered?.init?.status ?? 200, location: null, cookie: '', data: answered?.data ?? null }
}

describe('first run', () => {
  test('every way in leads to the first-run page until there is an account', async () => {
    expect(await ask(signInPage, '/sign-in')).toMatchObject({ status: 303, location: '/setup' })
    expect((await ask(setupPage, '/setup')).status).toBe(200)
  })

  test('names everything that is missing, at its field', async () => {
    const answer = await ask(setUp, '/setup', { form: { code: '', name: '', email: 'nowhere', password: 'short' } })
    expect(answer.status).toBe(422)
    expect(answer.data?.problems?.map((problem) => problem.id)).toEqual(['code', 'name', 'email', 'password'])
  })

  test('refuses a wrong code and keeps what was typed', async () => {
    await saveFirstRunCode(program.deps.db, 'ABCD-EFGH')
    const answer = await ask(setUp, '/setup', { form: { ...owner, code: 'ABCD-EFGX' } })
    expect(answer.status).toBe(422)
    expect(answer.data).toMatchObject({ typed: { name: owner.name, email: owner.email }, problems: [{ id: 'code' }] })
    expect(await isFirstRun(program.deps.db)).toBe(true)
  })

  test('the right code makes the owner and signs them in; the page is gone afterwards', async () => {
    const answer = await ask(setUp, '/setup', { form: { ...owner, code: 'abcd efgh' } })
    expect(answer).toMatchObject({ status: 303, location: '/campaigns' })
    expect(await ask(signInPage, '/sign-in', { cookie: answer.cookie })).toMatchObject({ location: '/campaigns' })
    expect(await ask(setupPage, '/setup')).toMatchObject({ status: 303, location: '/sign-in' })
  })
})

describe('sign-in', () => {
  test('leads back to the page that was asked for, and never to another site', async () => {
    const cookieless = await ask(requireAccount, '/campaigns/c1/orders?status=open')
    expect(cookieless.location).toBe(`/sign-in?next=${encodeURIComponent('/campaigns/c1/orders?status=open')}`)
    const form = { email: ' ILSE@lanternfish.example', password: owner.password, next: '/campaigns/c1/orders?status=open' }
    const answer = await ask(signIn, '/sign-in', { form })
    expect(answer).toMatchObject({ status: 303, location: '/campaigns/c1/orders?status=open' })
    expect(answer.cookie).toContain('afterfund.session_token=')
    for (const next of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      '/.//evil.example',
      '/a/..//evil.example',
      'evil',
      null,
    ]) {
      expect(nextPage(next)).toBe('/campaigns')
    }
  })

  test('ends with the session', async () => {
    const { cookie } = await ask(signIn, '/sign-in', { form: owner })
    const accountOf = () =>
      ask(async (args: Parameters<typeof findAccount>[0]) => ({ data: await findAccount(args) }), '/', { cookie })
    expect((await accountOf()).data).toMatchObject({ email: owner.email, name: owner.name })
    expect(await ask(signOut, '/sign-out', { form: {}, cookie })).toMatchObject({ status: 303, location: '/sign-in' })
    expect((await accountOf()).data).toBeNull()
  })

  test('says the same for a wrong password and an unknown address', async () => {
    const wrong = await ask(signIn, '/sign-in', { form: { ...owner, password: 'not the password' }, address: '192.0.2.2' })
    const unknown = await ask(signIn, '/sign-in', {
      form: { ...owner, email: 'nobody@lanternfish.example' },
      address: '192.0.2.2',
    })
    expect(wrong.status).toBe(422)
    expect(unknown.data?.problems).toEqual(wrong.data?.problems)
  })

  test('asks for what is missing without counting a try', async () => {
    for (let i = 0; i < 7; i++) {
      const answer = await ask(signIn, '/sign-in', { form: { email: '', password: '' }, address: '192.0.2.3' })
      expect(answer.data?.problems?.map((problem) => problem.id)).toEqual(['email', 'password'])
    }
  })

  test('refuses the sixth try within a quarter of an hour, even with the right password, and only from that place', async () => {
    const tries = await Promise.all(
      Array.from({ length: 5 }, () =>
        ask(signIn, '/sign-in', { form: { ...owner, password: 'guess guess' }, address: '192.0.2.4' }),
      ),
    )
    expect(tries.map((answer) => answer.status)).toEqual([422, 422, 422, 422, 422])
    const sixth = await ask(signIn, '/sign-in', { form: owner, address: '192.0.2.4' })
    expect(sixth.status).toBe(429)
    expect(sixth.data?.problems?.[0]?.message).toMatch(/Wait 15 minutes/)
    expect((await ask(signIn, '/sign-in', { form: owner, address: '192.0.2.5' })).status).toBe(303)
  })

  test('a right password forgives the wrong ones before it', async () => {
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 3; i++)
        await ask(signIn, '/sign-in', { form: { ...owner, password: 'guess guess' }, address: '192.0.2.6' })
      expect((await ask(signIn, '/sign-in', { form: owner, address: '192.0.2.6' })).status).toBe(303)
    }
  })
})

test('a refusal of the domain becomes a page with its sentence and status', async () => {
  const answer = await ask(() => orRefusalPage(Promise.reject(notFound('order'))), '/')
  expect(answer).toMatchObject({ status: 404, data: { code: 'not_found', message: 'There is no such order.' } })
})

test('the code of the terminal cannot be guessed: ten wrong ones, then nothing is checked for a while', async () => {
  const guesses = Array.from({ length: 11 }, () => ask(setUp, '/setup', { form: { ...owner, code: 'AAAA-AAAA' } }))
  expect((await Promise.all(guesses)).at(-1)?.status).toBe(429)
})
