import { redirect } from 'react-router'
import { paths } from '../../paths.ts'
import { endSession } from '../../session.server.ts'
import type { Route } from './+types/sign-out'

/** Someone typed the address: a link must never end a session. */
export function loader() {
  throw redirect(paths.home(), { status: 303 })
}

export async function action({ request, context }: Route.ActionArgs) {
  throw redirect(paths.sign_in(), { status: 303, headers: await endSession({ request, context }) })
}
