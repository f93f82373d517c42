import { Form, Link } from 'react-router'
import { countOpenRequests, listChangeRequests } from '../../../domain/fulfilment/request-queries.ts'
import { reasonSentence } from '../../../lib/reason-text.ts'
import { HowThisWorks } from '../../components/how-this-works.tsx'
import { needsLook, REQUEST_STATE, RequestBody, RequestHead, type RequestView } from '../../components/request-parts.tsx'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Empty } from '../../ui/states.tsx'
import { Head, Pages, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/requests'
import { viewRequest } from './requests.server.ts'
import { requireCampaign } from './session.server.ts'

/** Each of the open ones is priced anew, so a page of them is short. */
const OPEN_AT_ONCE = 10

export async function loader(args: Route.LoaderArgs) {
  const desk = await requireCampaign(args)
  const { deps, campaign } = desk
  const search = new URL(args.request.url).searchParams
  const cursor = (name: string) => search.get(name) ?? undefined
  const open = await orRefusalPage(
    listChangeRequests(deps.db, campaign.id, {
      state: 'open',
      oldest_first: true,
      cursor: cursor('next'),
      limit: OPEN_AT_ONCE,
    }),
  )
  const all = await orRefusalPage(listChangeRequests(deps.db, campaign.id, { cursor: cursor('cursor'), limit: 50 }))
  return {
    campaign: { id: campaign.id, name: campaign.name },
    waiting: await countOpenRequests(deps.db, campaign.id),
    open: await Promise.all(open.data.map((one) => viewRequest(desk, campaign.id, one))),
    next: open.next_cursor,
    answered: await Promise.all(
      all.data.filter(({ state }) => state !== 'open').map((one) => viewRequest(desk, campaign.id, one)),
    ),
    older: all.next_cursor,
    done: search.get('done'),
  }
}

const DONE: Record<string, string> = {
  approved: 'Approved. The address is changed, and its backer was mailed.',
  declined: 'Declined. The address stays, and its backer was mailed.',
}

export default function Requests({ loaderData }: Route.ComponentProps) {
  const { campaign, waiting, open, next, answered, older, done } = loaderData
  return (
    <>
      <title>{`Requests · ${campaign.name}`}</title>
      <PageHead
        title="Requests for another address"
        facts={
          waiting === 0
            ? 'Nobody waits for an answer.'
            : `${plural(waiting, 'backer waits', 'backers wait')} for your answer; who waits longest stands first.`
        }
        help={<HowThisWorks act="finalizing" />}
      />
      {done && DONE[done] && (
        <Note tone="good" live dismiss_to={paths.requests(campaign.id)}>
          {DONE[done]}
        </Note>
      )}
      {open.length === 0 && answered.length === 0 && (
        <Sheet label="Requests">
          <Empty title="Requests appear here once addresses are final">
            A backer whose order is ready to ship cannot change the address themselves any more. They can ask you for another one,
            and you approve or decline.
          </Empty>
        </Sheet>
      )}
      {open.map((request, index) => (
        <Sheet key={request.id} title={<bdi>{request.backer.name}</bdi>}>
          <p className="meta">
            <RequestHead campaign_id={campaign.id} request={request} />
          </p>
          <RequestBody request={request} />
          <Answer campaign_id={campaign.id} request={request} is_first={index === 0} />
        </Sheet>
      ))}
      {next && <Pages older_to={paths.requests(campaign.id, { next })} />}
      {answered.length > 0 && <Answered campaign_id={campaign.id} answered={answered} older={older} />}
    </>
  )
}

/** At once where nothing has to be looked at; with words to the backer on the request's own page. */
function Answer({ campaign_id, request, is_first }: { campaign_id: string; request: RequestView; is_first: boolean }) {
  const to = paths.request(campaign_id, request.id)
  const variant = is_first ? 'primary' : 'outlined'
  if (needsLook(request)) {
    return (
      <div className="row">
        <ButtonLink to={to} variant={variant}>
          Answer…
        </ButtonLink>
      </div>
    )
  }
  return (
    <Form method="post" action={to} className="row">
      <ButtonLink to={to}>Decline…</ButtonLink>
      <Button type="submit" name="intent" value="approve" variant={variant}>
        Approve the new address
      </Button>
    </Form>
  )
}

function Answered({ campaign_id, answered, older }: { campaign_id: string; answered: RequestView[]; older: string | null }) {
  return (
    <Sheet title="Answered" body="flush">
      <Table caption="Answered requests, newest first">
        <thead>
          <tr>
            <Head number>Order</Head>
            <Head>Backer</Head>
            <Head>Asked for</Head>
            <Head>Answer</Head>
            <Head>When</Head>
          </tr>
        </thead>
        <tbody>
          {answered.map((one) => (
            <tr key={one.id} data-row>
              <td className="number">
                <Link className="row-link" data-open to={paths.request(campaign_id, one.id)}>
                  {one.order.number}
                </Link>
              </td>
              <td className="wraps">
                <bdi>{one.backer.name}</bdi>
              </td>
              <td className="wraps">
                <bdi>{one.wanted.lines.join(', ')}</bdi>
              </td>
              <td className="wraps">
                {REQUEST_STATE[one.state]}
                <small className="row-small">{one.code ? reasonSentence(one.code) : <bdi>{one.answer}</bdi>}</small>
              </td>
              <td>{one.answered_at && <Time at={one.answered_at} />}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      {older && <Pages older_to={paths.requests(campaign_id, { cursor: older })} />}
    </Sheet>
  )
}
