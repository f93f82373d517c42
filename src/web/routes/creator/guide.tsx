import { data, Link } from 'react-router'
import { GuideText } from '../../components/guide-text.tsx'
import { findGuidePage, listGuidePages } from '../../guide.server.ts'
import { paths } from '../../paths.ts'
import { nextPage } from '../../session.server.ts'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet, Sheets } from '../../ui/sheet.tsx'
import type { Route } from './+types/guide'
import { requireDesk } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  await requireDesk(args)
  const act = args.params.act ?? null
  const page = findGuidePage(act)
  if (!page) throw data(null, { status: 404 })
  const from = new URL(args.request.url).searchParams.get('from')
  return { ...page, act, pages: listGuidePages(), from: from === null ? null : nextPage(from) }
}

export default function Guide({ loaderData: { title, nodes, act, pages, from } }: Route.ComponentProps) {
  return (
    <>
      <title>{`${title} · Guide`}</title>
      <PageHead
        title={title}
        {...(from
          ? { crumbs: { label: 'Back to where you were', to: from } }
          : act === null
            ? {}
            : { crumbs: { label: 'Guide', to: paths.guide() } })}
      />
      <Sheets columns="main-side">
        <Sheet label={title}>
          <GuideText nodes={nodes} />
        </Sheet>
        <Sheet title="The guide">
          <nav aria-label="The guide">
            <ul className="guide-list">
              {pages.map((each) => (
                <li key={each.to}>
                  <Link to={each.to} aria-current={each.act === act ? 'page' : undefined}>
                    {each.title}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
        </Sheet>
      </Sheets>
    </>
  )
}
