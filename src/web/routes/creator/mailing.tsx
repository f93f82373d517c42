import { data, Form, Link, redirect } from 'react-router'
import { type BackerSelection, NOT_ANSWERED, NOT_SENT, WITHOUT_PAYMENT_METHOD } from '../../../domain/backers/selection.ts'
import { countStages } from '../../../domain/orders/counts.ts'
import type { Db } from '../../../domain/shared/tx.ts'
import { findCatalogueWarnings } from '../../../domain/surveys/catalogue-warnings.ts'
import {
  askPaymentMethod,
  previewAskPaymentMethod,
  previewRemindBackers,
  remindBackers,
} from '../../../domain/surveys/remind-backers.ts'
import { previewSendSurveys, sendSurveys } from '../../../domain/surveys/send-surveys.ts'
import { mailingRefusalSentence } from '../../../lib/mailing-text.ts'
import { reasonSentence } from '../../../lib/reason-text.ts'
import { readBackerFilter } from '../../backer-filter.server.ts'
import { CatalogueWarnings } from '../../components/catalogue-warnings.tsx'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { pageUrl } from '../../page-url.server.ts'
import { paths } from '../../paths.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { ShareBar } from '../../ui/figures.tsx'
import { Note } from '../../ui/note.tsx'
import { Count, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { readWayBack } from '../../way-back.ts'
import type { Route } from './+types/mailing'
import { attempt, requireCampaign } from './session.server.ts'

/** The three mailings of this page, by the last part of its address. */
const MAILINGS = {
  send: {
    preview: previewSendSurveys,
    act: sendSurveys,
    everybody: NOT_SENT,
    title: 'Send the survey',
    verb: 'Send',
    noun: ['survey', 'surveys'],
    effect: 'Each gets a mail with a personal link. A mail that left cannot be called back.',
  },
  remind: {
    preview: previewRemindBackers,
    act: remindBackers,
    everybody: NOT_ANSWERED,
    title: 'Remind who did not answer',
    verb: 'Send',
    noun: ['reminder', 'reminders'],
    effect: 'The same link as before. Whoever answers before their mail leaves gets none.',
  },
  'payment-method': {
    preview: previewAskPaymentMethod,
    act: askPaymentMethod,
    everybody: WITHOUT_PAYMENT_METHOD,
    title: 'Ask for a payment method',
    verb: 'Send',
    noun: ['mail', 'mails'],
    effect: 'Each is told what is owed, and that the order cannot be locked without a payment method.',
  },
} as const

function mailingOf(request: Request) {
  const name = pageUrl(request).pathname.split('/').at(-1) as keyof typeof MAILINGS
  return MAILINGS[name]
}

/** Ticked backers (`id=…`), all that match a filter (`all=1`), or everybody whom this mailing is about. */
function selectionOf(request: Request): BackerSelection {
  const search = new URL(request.url).searchParams
  const ids = search.getAll('id')
  if (ids.length > 0) return { backer_ids: ids.slice(0, 5_000) }
  return search.has('all') ? { filter: readBackerFilter(search).filter } : mailingOf(request).everybody
}

export async function loader(args: Route.LoaderArgs) {
  const { deps, actor, campaign } = await requireCampaign(args)
  const mailing = mailingOf(args.request)
  const input = { campaign_id: campaign.id, selection: selectionOf(args.request), smtp: deps.mailer !== null }
  const preview = await mailing.preview(deps.db, actor, input)
  const isFirst = mailing === MAILINGS.send
  return {
    campaign: { id: campaign.id, name: campaign.name },
    back: readWayBack(campaign.id, new URL(args.request.url).searchParams.get('from')) ?? {
      label: 'Survey',
      to: paths.survey(campaign.id),
    },
    title: mailing.title,
    act: `${mailing.verb} ${plural(preview.moved, mailing.noun[0], mailing.noun[1])}`,
    effect: mailing.effect,
    moved: preview.moved,
    left: preview.left,
    refusal: preview.refusal,
    warnings: isFirst ? await findCatalogueWarnings(deps.db, campaign) : [],
    lockdown_on: campaign.lockdown_on,
    others: isFirst && selectionOf(args.request) === NOT_SENT ? await countOthers(deps.db, campaign.id) : [],
    keeps_mails: deps.mailer === null,
    seconds: deps.config.mailPerSecond ? Math.ceil(preview.moved / deps.config.mailPerSecond) : 0,
  }
}

/** Who is not asked now, in words: together with who is, everybody. */
async function countOthers(db: Db, campaign_id: string): Promise<string[]> {
  const { sent, started, completed, waiting, withdrawn } = (await countStages(db, campaign_id)).surveys
  const asked = sent + started + completed
  return [
    ...(asked > 0 ? [`${plural(asked, 'backer was', 'backers were')} asked before`] : []),
    ...(waiting > 0 ? [`${plural(waiting, 'pledge waits', 'pledges wait')} for the platform’s money`] : []),
    ...(withdrawn > 0 ? [`${plural(withdrawn, 'pledge was', 'pledges were')} withdrawn`] : []),
  ]
}

/** How mails leave, and until when. */
function leavingText(keeps_mails: boolean, seconds: number): string {
  if (keeps_mails)
    return 'No mail server is set up: the mails of this test campaign go to Messages → Mailbox, where their links work.'
  if (seconds < 60) return 'The last one leaves within a minute.'
  return `Mails leave one after the other: the last one in about ${plural(Math.ceil(seconds / 60), 'minute', 'minutes')}.`
}

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const input = { campaign_id: desk.campaign.id, selection: selectionOf(args.request), smtp: desk.deps.mailer !== null }
  const { done, refusal } = await attempt(desk, (tx) => mailingOf(args.request).act(tx, desk.actor, input))
  if (refusal) return data({ refusal }, 409)
  const from = new URL(args.request.url).searchParams.get('from')
  throw redirect(paths.operation(desk.campaign.id, done.operation, { from }), { status: 303 })
}

export default function Mailing({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, back, title, act, effect, moved, left, refusal, warnings, lockdown_on, others, keeps_mails, seconds } =
    loaderData
  const staying = left.reduce((sum, row) => sum + row.count, 0)
  return (
    <>
      <title>{`${title} · ${campaign.name}`}</title>
      <PageHead
        title={title}
        crumbs={back}
        facts="Counted just now. Nothing has left yet."
        help={<HowThisWorks act="telling-backers" />}
      />
      {actionData && <Note tone="danger">{actionData.refusal.message}</Note>}
      {refusal && <Note tone="warn">{mailingRefusalSentence(refusal)}</Note>}
      {lockdown_on === null && (
        <Note tone="info" end={<Link to={paths.settings(campaign.id)}>Set one</Link>}>
          No lockdown date is set, so backers are told no day until which to answer.
        </Note>
      )}
      <CatalogueWarnings campaign_id={campaign.id} warnings={warnings} />
      <Sheet title={`${plural(moved, 'backer gets', 'backers get')} a mail`}>
        {staying > 0 && (
          <ShareBar
            label={`${moved} get a mail, ${staying} do not`}
            shares={[
              { label: 'get a mail', count: moved },
              { label: 'do not', count: staying, tone: 'rest' },
            ]}
            legend
          />
        )}
        {left.length > 0 && (
          <ul>
            {left.map((row) => (
              <li key={row.code}>
                <Count of={row.count} /> left out: {reasonSentence(row.code)}
              </li>
            ))}
          </ul>
        )}
        {others.length > 0 && <p className="meta">Not asked now: {others.join('; ')}.</p>}
        <p>
          {effect} {moved > 0 && !refusal ? leavingText(keeps_mails, seconds) : null}
        </p>
        <Form method="post" className="row">
          <ButtonLink to={back.to}>Send nothing</ButtonLink>
          <Button
            type="submit"
            variant="primary"
            disabled_reason={refusal ? mailingRefusalSentence(refusal) : moved === 0 ? 'Nobody is left to mail.' : undefined}
          >
            {act}
          </Button>
        </Form>
      </Sheet>
    </>
  )
}
