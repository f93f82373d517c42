import { Link } from 'react-router'
import { type BackerDetail, findBacker } from '../../../domain/backers/queries.ts'
import { listMessages } from '../../../domain/messages/list-messages.ts'
import { listEvents } from '../../../domain/orders/timeline.ts'
import { whyLinkNotMailed, whySurveyClosed } from '../../../domain/surveys/statuses.ts'
import { countryName } from '../../../lib/country-name.ts'
import { reasonSentence } from '../../../lib/reason-text.ts'
import { ContactSheet, DecideSheet, LinkSheet, NoteSheet, WithdrawSheet } from '../../components/backer-forms.tsx'
import { MessagesTable } from '../../components/messages-table.tsx'
import { OrderTimeline } from '../../components/order-timeline.tsx'
import { Status } from '../../components/status.tsx'
import { paths, withQuery } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { ErrorSummary, problemsOf, titleWith } from '../../ui/error-summary.tsx'
import { Note } from '../../ui/note.tsx'
import { Money } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Facts, Sheet, Sheets } from '../../ui/sheet.tsx'
import { Pages } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/backer'
import { changeBacker } from './backer-action.server.ts'
import { requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, actor, campaign } = await requireCampaign(args)
  const search = new URL(args.request.url).searchParams
  const scope = { campaign_id: campaign.id, backer_id: args.params.backer }
  const backer = await orRefusalPage(findBacker(deps.db, { actor, campaign_id: campaign.id }, scope.backer_id))
  const cursor = search.get('cursor') ?? undefined
  const messages = await listMessages(deps.db, campaign.id, { backer_id: backer.id, limit: 20 })
  return {
    campaign: { id: campaign.id, name: campaign.name, currency: campaign.currency },
    backer,
    done: search.get('done'),
    messages: messages.data,
    events: await orRefusalPage(listEvents(deps.db, scope, { cursor, limit: 30 })),
  }
}

export async function action(args: Route.ActionArgs) {
  return await changeBacker(args)
}

const DONE: Record<string, string> = {
  contact: 'Name and mail are saved.',
  resend: 'The link is on its way.',
  revoke: 'Every link this backer was given is void.',
  note: 'The note is saved.',
  withdraw: 'The pledge is withdrawn.',
  decide: 'The decision is saved. The survey can be sent now.',
}

export default function Backer({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, backer, messages, events, done } = loaderData
  const here = paths.backer(campaign.id, backer.id)
  const problems = problemsOf(actionData?.errors).map(({ id, message }) => ({
    id: id === 'reason' ? `reason-${actionData?.intent}` : (id ?? ''),
    message,
  }))
  return (
    <>
      <title>{titleWith(problems, `${backer.name} · ${campaign.name}`)}</title>
      <PageHead
        title={<bdi>{backer.name}</bdi>}
        beside={<Status status={backer.survey} chip />}
        crumbs={{ label: 'Backers', to: paths.backers(campaign.id) }}
        facts={
          <>
            {backer.number !== null && `Backer ${backer.number} · `}
            <bdi>{backer.level_name ?? 'No reward'}</bdi>
            {backer.country && ` · ${countryName(backer.country)}`}
          </>
        }
        actions={<Actions campaign_id={campaign.id} backer={backer} />}
      />
      <ErrorSummary problems={problems} />
      {done && DONE[done] && !actionData && (
        <Note tone="good" live dismiss_to={here}>
          {DONE[done]}
        </Note>
      )}
      <Sheets columns="main-side">
        <div className="sheets">
          {backer.survey === 'waiting' && <DecideSheet answer={actionData} />}
          <PledgeSheet campaign={campaign} backer={backer} />
          <SurveySheet campaign={campaign} backer={backer} />
          <Sheet
            title="Mails"
            body={messages.length > 0 ? 'flush' : 'padded'}
            aside={<Link to={paths.messages(campaign.id, { backer: backer.id })}>All mails</Link>}
          >
            {messages.length > 0 ? (
              <MessagesTable campaign_id={campaign.id} rows={messages} of_one />
            ) : (
              <p>No mail was sent to this backer yet.</p>
            )}
          </Sheet>
          <Sheet title="Timeline">
            <OrderTimeline campaign={campaign} events={events.data} />
            {events.data.length === 0 && <p>Nothing happened here yet.</p>}
            <Pages older_to={events.next_cursor ? withQuery(here, { cursor: events.next_cursor }) : null} />
          </Sheet>
        </div>
        <div className="sheets">
          <LinkSheet answer={actionData} can_resend={inWords(whyLinkNotMailed(backer))} />
          <ContactSheet name={backer.name} email={backer.email} email_state={backer.email_state} answer={actionData} />
          <NoteSheet note={backer.note} report_note={backer.report_note} answer={actionData} />
          {!backer.order && backer.survey !== 'withdrawn' && <WithdrawSheet answer={actionData} />}
        </div>
      </Sheets>
    </>
  )
}

const inWords = (code: string | null) => code && reasonSentence(code)

function Actions({ campaign_id, backer }: { campaign_id: string; backer: BackerDetail }) {
  return (
    <>
      <ButtonLink to={paths.backer_view(campaign_id, backer.id)} reload new_tab>
        See as the backer
      </ButtonLink>
      <ButtonLink
        to={paths.backer_answers(campaign_id, backer.id)}
        disabled_reason={inWords(whySurveyClosed(backer, 'staff'))}
        reason_as="description"
        variant={backer.order ? 'outlined' : 'primary'}
      >
        {backer.order ? 'Change the order for them…' : 'Fill the survey for them…'}
      </ButtonLink>
      {backer.order && (
        <ButtonLink to={paths.order(campaign_id, backer.order.id)} variant="primary">
          Open order {backer.order.number}
        </ButtonLink>
      )}
    </>
  )
}

interface SheetProps {
  campaign: { id: string; currency: string }
  backer: BackerDetail
}

function PledgeSheet({ campaign, backer }: SheetProps) {
  const money = (minor: number | null) => minor !== null && <Money minor={minor} currency={campaign.currency} />
  return (
    <Sheet title="What they pledged">
      <Facts
        facts={[
          { term: 'Level', fact: <bdi>{backer.level_name ?? 'No reward'}</bdi> },
          { term: 'Pledged', fact: money(backer.pledge_amount) },
          { term: 'Of it for the level', fact: backer.pledge_minimum > 0 ? money(backer.pledge_minimum) : null },
          { term: 'Of it for shipping', fact: backer.pledge_shipping > 0 ? money(backer.pledge_shipping) : null },
          { term: 'Of it bonus', fact: backer.pledge_bonus ? money(backer.pledge_bonus) : null },
          {
            term: 'Add-ons',
            fact:
              backer.pledged_addons.length > 0 &&
              backer.pledged_addons.map(({ addon_id, name, quantity }) => (
                <div key={addon_id}>
                  {quantity} × <bdi>{name}</bdi>
                </div>
              )),
          },
          { term: 'On the platform', fact: <bdi>{backer.pledge_status}</bdi> },
          { term: 'Pledged on', fact: backer.pledged_at?.slice(0, 16).replace('T', ' ') },
          { term: 'Country', fact: backer.country && countryName(backer.country) },
        ].map(({ term, fact }) => ({ term, fact: fact || null }))}
      />
    </Sheet>
  )
}

function SurveySheet({ campaign, backer }: SheetProps) {
  const why = inWords(whySurveyClosed(backer, 'staff'))
  return (
    <Sheet title="Survey">
      <Facts
        facts={[
          { term: 'State', fact: <Status status={backer.survey} /> },
          { term: 'Sent', fact: backer.survey_sent_at && <Time at={backer.survey_sent_at} as="moment" /> },
          { term: 'Started', fact: backer.survey_started_at && <Time at={backer.survey_started_at} as="moment" /> },
          { term: 'Reminders', fact: backer.reminders > 0 ? backer.reminders : null },
          { term: 'Last reminder', fact: backer.reminded_at && <Time at={backer.reminded_at} as="moment" /> },
          {
            term: 'Order',
            fact: backer.order && (
              <>
                <Link to={paths.order(campaign.id, backer.order.id)}>{backer.order.number}</Link>{' '}
                <Status status={backer.order.status} />
              </>
            ),
          },
          {
            term: backer.order && backer.order.balance_due < 0 ? 'Credit' : 'Balance due',
            fact: backer.order && <Money minor={Math.abs(backer.order.balance_due)} currency={campaign.currency} />,
          },
          { term: 'Answers', fact: why },
        ]}
      />
      {backer.survey === 'not_sent' && (
        <ButtonLink to={paths.survey_send(campaign.id, { id: backer.id })}>Send the survey…</ButtonLink>
      )}
      {(backer.survey === 'sent' || backer.survey === 'started') && (
        <ButtonLink to={paths.survey_remind(campaign.id, { id: backer.id })}>Remind…</ButtonLink>
      )}
    </Sheet>
  )
}
