import { data, redirect } from 'react-router'
import { isFirstRun } from '../../../domain/accounts/create-owner.ts'
import { PlainPage } from '../../components/plain-page.tsx'
import { depsContext, requestContext } from '../../context.ts'
import { paths } from '../../paths.ts'
import { findAccount, nextPage, startSession } from '../../session.server.ts'
import { countTry, forgiveTry, type TryKey } from '../../try-limit.server.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorSummary, type FormProblem, titleWith } from '../../ui/error-summary.tsx'
import { TextField } from '../../ui/field.tsx'
import type { Route } from './+types/sign-in'

export async function loader({ request, context }: Route.LoaderArgs) {
  if (await isFirstRun(context.get(depsContext).db)) throw redirect(paths.setup(), { status: 303 })
  const next = new URL(request.url).searchParams.get('next')
  if (await findAccount({ request, context })) throw redirect(nextPage(next), { status: 303 })
  return { next }
}

export async function action({ request, context }: Route.ActionArgs) {
  const form = await request.formData()
  const email = String(form.get('email') ?? '')
    .trim()
    .toLowerCase()
  const password = String(form.get('password') ?? '')
  const next = form.get('next')
  if (email === '' || password === '') {
    return refuse(email, [
      ...(email === '' ? [{ id: 'email', message: 'Enter your mail address' }] : []),
      ...(password === '' ? [{ id: 'password', message: 'Enter your password' }] : []),
    ])
  }
  const { address } = context.get(requestContext)
  const keys: TryKey[] = [
    ['login', `${address} ${email}`],
    ['email', email],
    ['address', address],
  ]
  const wait = await countTry(keys)
  if (wait !== null) {
    const message = `Too many tries. Nothing was checked. Wait ${wait === 1 ? 'a minute' : `${wait} minutes`}, then try again.`
    return refuse(email, [{ message }], { status: 429, wait })
  }
  const headers = await startSession({ request, context }, { email, password })
  if (!headers) return refuse(email, [{ id: 'email', message: 'Email address and password do not belong together.' }])
  await forgiveTry(keys)
  throw redirect(nextPage(typeof next === 'string' ? next : null), { status: 303, headers })
}

function refuse(email: string, problems: FormProblem[], { status = 422, wait = 0 } = {}) {
  return data({ email, problems }, { status, headers: wait > 0 ? { 'Retry-After': String(wait * 60) } : {} })
}

export default function SignIn({ loaderData, actionData }: Route.ComponentProps) {
  const problems = actionData?.problems ?? []
  const errorsOf = (id: string) => problems.filter((problem) => problem.id === id).map((problem) => problem.message)
  return (
    <PlainPage
      title="Sign in"
      lead="To your campaigns, their backers and orders."
      foot={
        <>
          Password lost? Whoever runs this server can set a new one with <code>npm run owner</code>. Backers need no account:
          their link is in the mail about their pledge.
        </>
      }
    >
      <title>{`${titleWith(problems, 'Sign in')} · Afterfund`}</title>
      <div className="sheet">
        <form method="post" className="form">
          <ErrorSummary problems={problems} />
          {loaderData.next && <input type="hidden" name="next" value={loaderData.next} />}
          <TextField
            name="email"
            type="email"
            label="Email address"
            autoComplete="username"
            defaultValue={actionData?.email}
            errors={errorsOf('email')}
            required
          />
          <TextField
            name="password"
            type="password"
            label="Password"
            autoComplete="current-password"
            errors={errorsOf('password')}
            required
          />
          <Button variant="primary" wide>
            Sign in
          </Button>
        </form>
      </div>
    </PlainPage>
  )
}
