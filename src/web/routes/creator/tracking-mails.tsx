import { data, Form, redirect } from 'react-router'
import { previewTrackingMails, sendTrackingMails } from '../../../domain/fulfilment/tracking-mails.ts'
import { setLimits } from '../../../domain/shared/tx.ts'
import { reasonText } from '../../../lib/reason-text.ts'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ShareBar } from '../../ui/figures.tsx'
import { Note } from '../../ui/note.tsx'
import { Count, countText, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import type { Route } from './+types/tracking-mails'
import { queryOfSelection, selectionOf } from './selection.server.ts'
import { attempt, requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, actor, campaign } = await requireCampaign(args)
  const input = { campaign_id: campaign.id, selection: selectionOf(args.request) }
  return {
    campaign: { id: campaign.id, name: campaign.name },
    preview: await previewTrackingMails(deps.db, actor, input),
    is_narrowed: Object.keys(queryOfSelection(args.request)).length > 0,
    cannot: campaign.mode === 'live' && deps.mailer === null,
  }
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const input = { campaign_id: desk.campaign.id, selection: selectionOf(args.request), smtp: desk.deps.mailer !== null }
  const { done, refusal } = await attempt(desk, (tx) => sendTrackingMails(tx, desk.actor, input), setLimits)
  if (refusal) return data({ refusal }, 409)
  throw redirect(paths.operation(desk.campaign.id, done.operation), { status: 303 })
}

export default function TrackingMails({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, preview, is_narrowed, cannot } = loaderData
  const { total, mails } = preview
  const title = `Send ${countText(mails)} of ${plural(total, 'tracking mail', 'tracking mails')}`
  return (
    <>
      <title>{`${title} · ${campaign.name}`}</title>
      <PageHead
        title={title}
        crumbs={{ label: 'Shipping', to: paths.shipping(campaign.id) }}
        facts="Counted just now. Nothing has left yet. Checked again when you press."
        help={<HowThisWorks act="marking-shipped" />}
      />
      {actionData && (
        <Note tone="danger" live>
          {actionData.refusal.message}
        </Note>
      )}
      {cannot && <Note tone="warn">No mail server is set up, so no mail can leave.</Note>}
      <Sheet label="Outcome">
        <p>{is_narrowed ? 'Of the orders you chose: parcels that have left.' : 'All parcels that have left.'}</p>
        <Outcomes {...preview} />
        <p>
          Each backer gets one mail for each parcel: carrier, number, and where to follow it. A parcel that was mailed before is
          mailed again only with another number. A mail that left cannot be called back.
        </p>
        <Form method="post" className="row">
          <ButtonLink to={paths.shipping(campaign.id)}>Mail nobody</ButtonLink>
          <Button
            type="submit"
            variant="primary"
            disabled_reason={cannot ? 'No mail server is set up.' : mails === 0 ? 'No number waits to be mailed.' : null}
          >
            {`Send ${plural(mails, 'tracking mail', 'tracking mails')}`}
          </Button>
        </Form>
      </Sheet>
    </>
  )
}

type Preview = Route.ComponentProps['loaderData']['preview']

function Outcomes({ total, mails, mailed_before, without_number, left }: Preview) {
  const rows = [
    { words: 'to be mailed now', count: mails },
    { words: `left out: ${reasonText('mailed_before')}`, count: mailed_before },
    { words: `left out: ${reasonText('without_number')}`, count: without_number },
    ...left.map(({ code, count }) => ({ words: `left out: ${reasonText(code)}`, count })),
  ].filter(({ count }) => count > 0)
  if (total === 0) return <p>No parcel has left.</p>
  return (
    <>
      <ShareBar
        size="m"
        label={`${countText(mails)} get a mail, ${countText(total - mails)} do not`}
        shares={[
          { label: 'get a mail', count: mails, status: 'shipped' },
          { label: 'do not', count: total - mails, tone: 'rest' },
        ]}
      />
      <ul className="plain-list">
        {rows.map(({ words, count }) => (
          <li key={words}>
            <b>
              <Count of={count} />
            </b>{' '}
            {words}
          </li>
        ))}
      </ul>
    </>
  )
}
