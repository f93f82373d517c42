import { redirect } from 'react-router'
import { coloursCookie } from '../../colours.server.ts'
import { typedFields } from '../../form.server.ts'
import { paths } from '../../paths.ts'
import { nextPage } from '../../session.server.ts'
import type { Route } from './+types/colours'

/** Someone typed the address: there is nothing to see. */
export function loader() {
  throw redirect(paths.home(), { status: 303 })
}

/** Keeps the colours that were chosen, in this browser only. */
export async function action({ request }: Route.ActionArgs) {
  const { colours = '', next = '' } = await typedFields(request)
  throw redirect(nextPage(next), { status: 303, headers: { 'Set-Cookie': coloursCookie(colours) } })
}
