import { Link, redirect } from 'react-router'
import { findOperation, type Operation } from '../../../domain/operations/queries.ts'
import { CHARGE_RUN } from '../../../domain/operations/run-state.ts'
import { isNoticeStep } from '../../../domain/orders/notice-steps.ts'
import { operationDone, operationTitle } from '../../../lib/operation-text.ts'
import { reasonSentence } from '../../../lib/reason-text.ts'
import { useLookAgain } from '../../components/use-look-again.ts'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Count, plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Facts, Sheet } from '../../ui/sheet.tsx'
import { Head, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { readWayBack } from '../../way-back.ts'
import type { Route } from './+types/operation'
import { requireCampaign } from './session.server.ts'

/** Operations on backers: who is left out is a backer, not an order. */
const ON_BACKERS = ['send_surveys', 'remind_backers', 'ask_payment_method', 'import']
/** Operations that only mail. */
const MAILINGS = ['send_surveys', 'remind_backers', 'ask_payment_method', 'tracking_mails']

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign, now } = await requireCampaign(args)
  const operation = await orRefusalPage(findOperation(deps.db, campaign.id, args.params.operation))
  // A charge run has a page of its own, under the same id.
  if (operation.kind === CHARGE_RUN) throw redirect(paths.charge(campaign.id, operation.id))
  const { tracking_file } = (operation.input.selection ?? {}) as { tracking_file?: string }
  return {
    campaign: { id: campaign.id, name: campaign.name },
    operation,
    is_about_backers: ON_BACKERS.includes(operation.kind),
    is_mailing: MAILINGS.includes(operation.kind),
    tracking_file: tracking_file ?? null,
    notice: noticeOf(operation),
    back: readWayBack(campaign.id, new URL(args.request.url).searchParams.get('from')),
    undo_until: undoUntil(operation, campaign.undo_ship_hours, now),
    has_mailbox: campaign.mode === 'test' && deps.mailer === null && MAILINGS.includes(operation.kind),
  }
}

/** The notice that it gave, moved or withdrew; there is none before it was given. */
function noticeOf({ kind, state, input }: Operation): string | null {
  if (!isNoticeStep(kind)) return null
  return state === 'done' || !('selection' in input) ? String(input.notice) : null
}

/** Until when the shipping can be undone; null where it is over, or is none. */
function undoUntil({ kind, finished_at, moved }: Operation, hours: number, now: Date): Date | null {
  if (kind !== 'ship' || moved === 0 || !finished_at) return null
  const until = new Date(finished_at.getTime() + hours * 3_600_000)
  return until > now ? until : null
}

/** What an operation counts. */
function nounOf({ is_about_backers, tracking_file, operation }: Loaded): readonly [string, string] {
  if (is_about_backers) return ['backer', 'backers']
  if (tracking_file) return ['row', 'rows']
  return operation.kind === 'tracking_mails' ? ['parcel', 'parcels'] : ['order', 'orders']
}

type Loaded = Route.ComponentProps['loaderData']

export default function OperationPage({ loaderData }: Route.ComponentProps) {
  const { campaign, operation, is_about_backers } = loaderData
  const isRunning = operation.state === 'queued' || operation.state === 'running'
  useLookAgain(isRunning)
  const [one, many] = nounOf(loaderData)
  return (
    <>
      <title>{`${operationTitle(operation.kind)} · ${campaign.name}`}</title>
      <PageHead
        title={operationTitle(operation.kind)}
        crumbs={
          loaderData.back
            ? { ...loaderData.back, rest: <Link to={paths.operations(campaign.id)}>Operations</Link> }
            : { label: 'Operations', to: paths.operations(campaign.id) }
        }
        actions={<Actions {...loaderData} />}
      />
      <Outcome
        {...{ operation, isRunning, one, many }}
        campaign_id={campaign.id}
        has_mailbox={loaderData.has_mailbox}
        is_mailing={loaderData.is_mailing}
      />
      {operation.left.length > 0 && (
        <Sheet title="Left out" body="flush">
          <Table caption="Left out, by reason">
            <thead>
              <tr>
                <Head number>Count</Head>
                <Head>Why</Head>
                <Head>For example</Head>
              </tr>
            </thead>
            <tbody>
              {operation.left.map((row) => (
                <tr key={row.code}>
                  <td className="number">
                    <Count of={row.count} />
                  </td>
                  <td className="wraps">{reasonSentence(row.code)}</td>
                  <td>
                    {row.sample_ids.slice(0, 3).map((id, index) => (
                      <span key={id}>
                        {index > 0 && ', '}
                        <Link to={is_about_backers ? paths.backer(campaign.id, id) : paths.order(campaign.id, id)}>
                          {index === 0 ? 'one' : 'another'}
                        </Link>
                      </span>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        </Sheet>
      )}
      <Sheet title="Facts">
        <Facts
          facts={[
            { term: 'Started', fact: <Time at={operation.created_at} as="moment" /> },
            { term: 'Finished', fact: operation.finished_at && <Time at={operation.finished_at} as="moment" /> },
            {
              term: 'By',
              fact: operation.actor.name ? (
                <bdi>{operation.actor.name}</bdi>
              ) : operation.actor.kind === 'clock' ? (
                'The clock, after a notice'
              ) : null,
            },
            { term: 'Can be undone until', fact: loaderData.undo_until && <Time at={loaderData.undo_until} as="moment" /> },
            { term: 'Why', fact: operation.reason && <bdi>{operation.reason}</bdi> },
          ]}
        />
      </Sheet>
    </>
  )
}

/** Those whose address does not pass know it. */
function mailed(left: Operation['left']): string {
  const count = left.find(({ code }) => code === 'address_invalid')?.count ?? 0
  return count > 0 ? ` ${plural(count, 'backer was', 'backers were')} mailed about their address.` : ''
}

/** What takes an act back, by its kind: with a preview of its own, over the orders that it moved. */
const TAKEN_BACK: Partial<Record<string, { deed: string; status: string | null; label: string }>> = {
  lock: { deed: 'unlock', status: null, label: 'Unlock them again…' },
  unlock: { deed: 'lock', status: 'open', label: 'Lock them again…' },
  finalize_address: { deed: 'reopen_address', status: 'ready_to_ship', label: 'Reopen them again…' },
  reopen_address: { deed: 'finalize_address', status: 'paid', label: 'Finalize them again…' },
  hold: { deed: 'release', status: null, label: 'Release them again…' },
  release: { deed: 'hold', status: null, label: 'Hold them again…' },
}

/** What can be taken back of it, and where its orders are. */
function Actions({ campaign, operation, is_about_backers, undo_until, tracking_file, notice, back }: Loaded) {
  const { id, kind, moved } = operation
  const all = { all: '1', operation: id }
  const list = is_about_backers ? paths.backers : paths.orders
  const deed = (name: string, status: string | null) => paths.orders_transition(campaign.id, name, { ...all, status })
  const back_again = TAKEN_BACK[kind]
  return (
    <>
      {back_again && moved > 0 && <ButtonLink to={deed(back_again.deed, back_again.status)}>{back_again.label}</ButtonLink>}
      {undo_until && <ButtonLink to={deed('undo_ship', 'shipped')}>Undo shipping…</ButtonLink>}
      {kind === 'ship' && moved > 0 && <ButtonLink to={paths.tracking_mails(campaign.id, all)}>Tracking mails…</ButtonLink>}
      {tracking_file && <ButtonLink to={paths.tracking(campaign.id, tracking_file)}>Tracking file</ButtonLink>}
      {notice && <ButtonLink to={paths.notice(campaign.id, notice)}>The notice</ButtonLink>}
      <ButtonLink
        to={list(campaign.id, kind === 'move_notice' && notice ? { notice } : { operation: id })}
        variant={back ? 'outlined' : 'primary'}
      >
        {is_about_backers ? 'Show the backers' : 'Show the orders'}
      </ButtonLink>
      {back && (
        <ButtonLink to={back.to} variant="primary">
          {back.label === 'The order' ? 'Back to the order' : 'Back to the list'}
        </ButtonLink>
      )}
    </>
  )
}

type OutcomeProps = {
  operation: Route.ComponentProps['loaderData']['operation']
  isRunning: boolean
  one: string
  many: string
  campaign_id: string
  has_mailbox: boolean
  is_mailing: boolean
}

/** What is being done now. Mails are put in line in one step, and leave one after the other. */
function startedText({ operation, one, many, is_mailing }: Pick<OutcomeProps, 'operation' | 'one' | 'many' | 'is_mailing'>) {
  if (is_mailing) return `${plural(operation.total, one, many)}: who can be mailed gets a mail, the others are left out.`
  return `${plural(operation.total, `${one} changes`, `${many} change`)} together, in one step.`
}

function Outcome({ operation, isRunning, one, many, campaign_id, has_mailbox, is_mailing }: OutcomeProps) {
  if (isRunning) {
    return (
      <Sheet label="Progress">
        <p aria-live="polite">
          {operation.state === 'queued' ? (
            <b>It waits for its turn, and starts by itself.</b>
          ) : (
            <b>{startedText({ operation, one, many, is_mailing })}</b>
          )}{' '}
          {is_mailing ? 'Until it is done no mail has left' : 'Until it is done nothing has changed'}; for all the {many} of a
          large campaign it takes up to a minute.
        </p>
        <p>You may close this page. It goes on without it, and after a restart too.</p>
      </Sheet>
    )
  }
  if (operation.state === 'failed') {
    return (
      <Note tone="danger" live>
        <b>It could not be carried out, and nothing was changed.</b> {operation.failure}
      </Note>
    )
  }
  const left = operation.left.reduce((sum, row) => sum + row.count, 0)
  if (operation.moved === 0) {
    return (
      <Note tone="warn" live>
        <b>No {one} qualified, so nothing was changed.</b>
      </Note>
    )
  }
  return (
    <Note tone="good" live end={<Link to={paths.overview(campaign_id)}>See the next step</Link>}>
      <b>
        {operationDone(operation.kind)}: {plural(operation.moved, one, many)}.
      </b>{' '}
      {left > 0 && `${plural(left, `${one} was`, `${many} were`)} left out, as below.`}
      {operation.kind === 'finalize_address' && mailed(operation.left)}
      {has_mailbox && (
        <>
          {' '}
          No mail server is set up, so these mails are in the <Link to={paths.mailbox(campaign_id)}>mailbox</Link>: open one and
          answer it as a backer would.
        </>
      )}
    </Note>
  )
}
