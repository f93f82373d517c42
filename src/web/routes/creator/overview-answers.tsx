import { Suspense } from 'react'
import { Await, Link } from 'react-router'
import { AnswersSheet } from '../../components/charts/answers-sheet.tsx'
import { paths } from '../../paths.ts'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/overview'

/** Answers over time, once they are counted: the page does not wait for them. */
export function Answers({ campaign, counts, answers }: Route.ComponentProps['loaderData']) {
  const { sent, started, completed } = counts.surveys
  const elsewhere = <Elsewhere campaign_id={campaign.id} />
  return (
    <Suspense fallback={elsewhere}>
      <Await resolve={answers} errorElement={elsewhere}>
        {(found) => <AnswersSheet campaign_id={campaign.id} asked={sent + started + completed} answers={found} more />}
      </Await>
    </Suspense>
  )
}

/** Holds the picture's place until it comes, and stands there without script. */
function Elsewhere({ campaign_id }: { campaign_id: string }) {
  return (
    <div className="chart-awaited">
      <Sheet title="Surveys answered">
        <p>
          Answers day by day, money, countries and failed payments: <Link to={paths.figures(campaign_id)}>see the figures</Link>.
        </p>
      </Sheet>
    </div>
  )
}
