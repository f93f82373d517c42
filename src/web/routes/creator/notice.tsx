import { data, Form, Link, redirect } from 'react-router'
import { findNotice } from '../../../domain/orders/notice-queries.ts'
import { moveNotice, withdrawNotice } from '../../../domain/orders/notices.ts'
import { typedFields } from '../../form.server.ts'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Facts, Sheet } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'
import { readWayBack } from '../../way-back.ts'
import type { Route } from './+types/notice'
import { attempt, requireCampaign } from './session.server.ts'

export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const search = new URL(args.request.url).searchParams
  const notice = await orRefusalPage(findNotice(deps.db, campaign.id, args.params.notice))
  return {
    campaign: { id: campaign.id, name: campaign.name },
    notice,
    moved: search.has('moved'),
    back: readWayBack(campaign.id, search.get('from')) ?? { label: 'Orders', to: paths.orders(campaign.id) },
  }
}

const HOUR_MS = 3_600_000

/** The words of each kind of notice. */
const WORDS = {
  lock: {
    title: 'Notice of the lock',
    withdrawn: 'The orders stay open, and their backers are mailed.',
    done: 'See who was locked, and who was left out',
    due: 'Locks on',
    waiting: 'Still open',
    meaning:
      'Until then its backers may still change their orders; the last confirmed version is locked. Who completes a survey now is not swept in. An order without a payment method that it needs, or on hold, stays open.',
  },
  finalize_address: {
    title: 'Notice of the final address',
    withdrawn: 'The orders stay paid, and their backers are mailed.',
    done: 'See whose address was finalized, and who was left out',
    due: 'Finalizes on',
    waiting: 'Still paid',
    meaning:
      'Until then its backers may still correct their address; the last one they confirmed becomes final. An order that is paid only now is not swept in. One whose address does not pass, or that owes again, or is on hold, stays as it is; backers whose address does not pass are mailed.',
  },
} as const

export async function action(args: Route.ActionArgs) {
  const desk = await requireCampaign(args)
  const fields = await typedFields(args.request)
  const key = { campaign_id: desk.campaign.id, notice_id: args.params.notice }
  const hours = Number(fields.hours)
  const { refusal } = await attempt(desk, (tx) =>
    fields.intent === 'withdraw'
      ? withdrawNotice(tx, desk.actor, key)
      : moveNotice(tx, desk.actor, { ...key, due_at: new Date(desk.now.getTime() + Math.max(0, hours || 0) * HOUR_MS) }),
  )
  if (refusal) return data({ refusal }, 422)
  const from = new URL(args.request.url).searchParams.get('from')
  const moved = fields.intent === 'withdraw' ? null : '1'
  throw redirect(paths.notice(key.campaign_id, key.notice_id, { moved, from }), { status: 303 })
}

export default function Notice({ loaderData, actionData }: Route.ComponentProps) {
  const { campaign, notice, moved, back } = loaderData
  const isScheduled = notice.state === 'scheduled'
  const words = WORDS[notice.kind]
  return (
    <>
      <title>{`Notice · ${campaign.name}`}</title>
      <PageHead
        title={words.title}
        crumbs={back}
        facts={
          <>
            {plural(notice.orders, 'order was', 'orders were')} named on <Time at={notice.created_at} as="moment" />
          </>
        }
        actions={
          isScheduled ? <ButtonLink to={paths.orders(campaign.id, { notice: notice.id })}>Show the orders</ButtonLink> : undefined
        }
      />
      {actionData && <Note tone="danger">{actionData.refusal.message}</Note>}
      {moved && !actionData && (
        <Note tone="good" live>
          The notice was moved, and its backers are mailed the new time.
        </Note>
      )}
      {notice.state === 'withdrawn' && <Note tone="info">This notice was withdrawn. {words.withdrawn}</Note>}
      {notice.state === 'done' && (
        <Note tone="good">
          The clock carried it out.{' '}
          {notice.operation_id && <Link to={paths.operation(campaign.id, notice.operation_id)}>{words.done}</Link>}
        </Note>
      )}
      <Sheet title="What will happen">
        <Facts
          facts={[
            { term: isScheduled ? words.due : 'Was due', fact: <Time at={notice.due_at} as="moment" /> },
            { term: words.waiting, fact: isScheduled ? plural(notice.waiting, 'order', 'orders') : null },
            { term: 'By', fact: notice.actor.name && <bdi>{notice.actor.name}</bdi> },
          ]}
        />
        {isScheduled && (
          <>
            <p>{words.meaning}</p>
            <Form method="post" className="form">
              <TextField
                name="hours"
                type="number"
                min={1}
                max={1440}
                defaultValue={48}
                label="Move it to so many hours from now"
                help="The backers are mailed the new time."
                width_ch={8}
              />
              <div className="row">
                <Button type="submit" name="intent" value="withdraw">
                  Withdraw the notice
                </Button>
                <Button type="submit" name="intent" value="move" variant="primary">
                  Move the notice
                </Button>
              </div>
            </Form>
          </>
        )}
      </Sheet>
    </>
  )
}
