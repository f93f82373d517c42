import { data, redirect } from 'react-router'
import { createFirstOwner, isFirstRun, OWNER_EMAIL } from '../../../domain/accounts/create-owner.ts'
import { DomainError } from '../../../domain/shared/errors.ts'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { hashPassword, passwordLength } from '../../../lib/password.ts'
import { PlainPage } from '../../components/plain-page.tsx'
import { depsContext } from '../../context.ts'
import { paths } from '../../paths.ts'
import { startSession } from '../../session.server.ts'
import { countTry, type TryKey } from '../../try-limit.server.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorSummary, type FormProblem, titleWith } from '../../ui/error-summary.tsx'
import { TextField } from '../../ui/field.tsx'
import type { Route } from './+types/setup'

const tries: TryKey[] = [['setup', 'code']]

interface Typed {
  code: string
  name: string
  email: string
}

export async function loader({ context }: Route.LoaderArgs) {
  if (!(await isFirstRun(context.get(depsContext).db))) throw redirect(paths.sign_in(), { status: 303 })
  return { password: passwordLength }
}

/** Makes the owner's account and signs it in. The code of the terminal shows that it is whoever runs the server. */
export async function action({ request, context }: Route.ActionArgs) {
  const deps = context.get(depsContext)
  const form = await request.formData()
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const typed: Typed = { code: text('code'), name: text('name'), email: text('email') }
  const password = String(form.get('password') ?? '')
  const missing = problemsIn(typed, password)
  if (missing.length > 0) return refuse(typed, missing)
  const wait = await countTry(tries)
  if (wait !== null) {
    const message = `Too many wrong codes. Wait ${wait === 1 ? 'a minute' : `${wait} minutes`}, or start Afterfund again for a new one.`
    return refuse(typed, [{ message }], { status: 429, headers: { 'Retry-After': String(wait * 60) } })
  }
  const password_hash = await hashPassword(password)
  try {
    await inTransaction(deps, (tx) => createFirstOwner(tx, { ...typed, password_hash }))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return refuse(typed, problemsOfRefusal(error), { status: error.status })
  }
  const headers = await startSession({ request, context }, { email: typed.email.toLowerCase(), password })
  throw redirect(paths.campaigns(), { status: 303, headers: headers ?? {} })
}

function refuse(typed: Typed, problems: FormProblem[], init: { status: number; headers?: HeadersInit } = { status: 422 }) {
  return data({ typed, problems }, init)
}

function problemsIn(typed: Typed, password: string): FormProblem[] {
  const problems: FormProblem[] = []
  if (typed.code === '') problems.push({ id: 'code', message: 'Enter the code from the terminal' })
  if (typed.name === '') problems.push({ id: 'name', message: 'Enter your name' })
  if (!OWNER_EMAIL.test(typed.email)) problems.push({ id: 'email', message: 'Enter a mail address like name@example.com' })
  if (password.length < passwordLength.min || password.length > passwordLength.max) {
    problems.push({ id: 'password', message: `Choose a password of ${passwordLength.min} to ${passwordLength.max} characters` })
  }
  return problems
}

function problemsOfRefusal(error: DomainError): FormProblem[] {
  const fields = (error.details.fields ?? []) as { field: string; message: string }[]
  if (fields.length === 0) return [{ message: error.message }]
  return fields.map(({ field, message }) => ({ id: field, message: `${error.message} ${message}` }))
}

export default function Setup({ loaderData, actionData }: Route.ComponentProps) {
  const problems = actionData?.problems ?? []
  const errorsOf = (id: string) => problems.filter((problem) => problem.id === id).map((problem) => problem.message)
  const typed = actionData?.typed
  return (
    <PlainPage
      title="Set up Afterfund"
      lead="Make the owner’s account. It can do everything; the campaigns you make belong to it."
      foot="This page is here until the first account exists."
    >
      <title>{`${titleWith(problems, 'Set up')} · Afterfund`}</title>
      <div className="sheet">
        <form method="post" className="form">
          <ErrorSummary problems={problems} />
          <TextField
            name="code"
            label="Code"
            help="Afterfund printed it in the terminal where it was started."
            autoComplete="off"
            spellCheck={false}
            width_ch={26}
            defaultValue={typed?.code}
            errors={errorsOf('code')}
            required
          />
          <TextField
            name="name"
            label="Your name"
            autoComplete="name"
            defaultValue={typed?.name}
            errors={errorsOf('name')}
            required
          />
          <TextField
            name="email"
            type="email"
            label="Email address"
            help="You sign in with it."
            autoComplete="username"
            defaultValue={typed?.email}
            errors={errorsOf('email')}
            required
          />
          <TextField
            name="password"
            type="password"
            label="Password"
            help={`At least ${loaderData.password.min} characters. Three words of your own are easy to remember.`}
            autoComplete="new-password"
            minLength={loaderData.password.min}
            maxLength={loaderData.password.max}
            errors={errorsOf('password')}
            required
          />
          <Button variant="primary" wide>
            Make the account
          </Button>
        </form>
      </div>
    </PlainPage>
  )
}
