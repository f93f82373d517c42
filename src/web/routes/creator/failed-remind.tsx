import { data, Form, redirect } from 'react-router'
import { previewRemindNow, remindNow } from '../../../domain/follow-ups/remind-now.ts'
import { setLimits } from '../../../domain/shared/tx.ts'
import { mailingRefusalSentence } from '../../../lib/mailing-text.ts'
import { reasonText } from '../../../lib/reason-text.ts'
import { codesOf } from '../../components/failed-reasons.ts'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { Outcome, OutcomeTable } from '../../components/outcome-table.tsx'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/failed-remind'
import { attempt, requireCampaign } from './session.server.ts'

function selectionOf(request: Request) {
  const failure = codesOf(new URL(request.url).searchParams.getAll('failure'))
  return { filter: failure.length > 0 ? { failure } : {} }
}

export async function loader(args: Route.LoaderArgs) {
  const { deps, actor, campaign, now } = await requireCampaign(args)
  const input = { campaign_id: campaign.id, selection: selectionOf(args.request) }
  return {
    campaign: { id: campaign.id, name: campaign.name },
    preview: await previewRemindNow(deps.db, actor, input, now),
    refusal: campaign.mode === 'live' && deps.mailer === null ? ('smtp_missing' as const) : null,
  }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const input = { campaign_id: desk.campaign.id, selection: selectionOf(args.request), smtp: desk.deps.mailer !== null }
  const { done, refusal } = await attempt(desk, (tx) => remindNow(tx, desk.actor, input), setLimits)
  if (refusal) return data({ refusal }, 409)
  throw redirect(paths.failed_payments(desk.campaign.id, { reminded: done.moved }), 303)
}

/** Who gets a reminder now, and who does not. */
export default function RemindFailed({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, preview, refusal } = loaderData
  const title = `Remind ${plural(preview.moved, 'backer', 'backers')}`
  const why = refusal ? mailingRefusalSentence(refusal) : preview.moved === 0 ? 'Nobody can be reminded now.' : null
  return (
    <>
      <title>{`${title} · ${campaign.name}`}</title>
      <PageHead
        title={title}
        crumbs={{ label: 'Failed payments', to: paths.failed_payments(campaign.id) }}
        facts="Counted just now. Nothing has left yet. Checked again when you press."
        help={<HowThisWorks act="failed-payments" />}
      />
      {actionData && (
        <Note tone="danger" live>
          {actionData.refusal.message}
        </Note>
      )}
      {refusal && <Note tone="warn">{mailingRefusalSentence(refusal)}</Note>}
      <Sheet label="Outcome">
        <OutcomeTable>
          <Outcome what="get a reminder now, with the link to pay" count={preview.moved} isLoud />
          {preview.left.map(({ code, count }) => (
            <Outcome key={code} what={`get none: ${reasonText(code)}`} count={count} />
          ))}
        </OutcomeTable>
        <p>
          It counts as one of the series: after the third, no reminder leaves by itself. A mail that left cannot be called back.
        </p>
        <Form method="post" className="form">
          <div className="row">
            <ButtonLink to={paths.failed_payments(campaign.id)}>Remind nobody</ButtonLink>
            <Button type="submit" variant="primary" disabled_reason={why}>
              Send {plural(preview.moved, 'reminder', 'reminders')}
            </Button>
          </div>
        </Form>
      </Sheet>
    </>
  )
}
