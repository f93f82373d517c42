import { Outlet } from 'react-router'
import type { PageHandle } from '../../root.tsx'
import deskCss from '../../styles/desk.css?url'

/** Forms and nothing else: no script. */
export const handle: PageHandle = { scripts: false }

export const links = () => [{ rel: 'stylesheet', href: deskCss }]

export function headers() {
  return { 'Cache-Control': 'no-store' }
}

export default function AuthLayout() {
  return <Outlet />
}
