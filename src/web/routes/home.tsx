import { redirect } from 'react-router'
import { isFirstRun } from '../../domain/accounts/create-owner.ts'
import { depsContext } from '../context.ts'
import { paths } from '../paths.ts'
import { requireAccount } from '../session.server.ts'
import type { Route } from './+types/home'

/** The address of the program itself: leads to the first run, the sign-in, or the campaigns. */
export async function loader({ request, context }: Route.LoaderArgs) {
  if (await isFirstRun(context.get(depsContext).db)) throw redirect(paths.setup(), { status: 303 })
  await requireAccount({ request, context })
  throw redirect(paths.campaigns(), { status: 303 })
}
