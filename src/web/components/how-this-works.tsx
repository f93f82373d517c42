import { Link, useLocation } from 'react-router'
import type { GuideAct } from '../guide-acts.ts'
import { paths } from '../paths.ts'

/** The way from an act's page to its page of the guide, which leads back. */
export function HowThisWorks({ act }: { act: GuideAct }) {
  const { pathname, search } = useLocation()
  const from = search.length > 500 ? pathname : pathname + search
  return <Link to={paths.guide(act, { from })}>How this works</Link>
}
