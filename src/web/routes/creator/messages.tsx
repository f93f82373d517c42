import { Form, Link } from 'react-router'
import { countMessages, listMessages, MESSAGE_STATES, type MessageState } from '../../../domain/messages/list-messages.ts'
import { isId } from '../../../lib/id.ts'
import { FilterTabs, ListLine } from '../../components/filter-bar.tsx'
import { MESSAGE_STATE_LABEL } from '../../components/message-words.ts'
import { MessagesTable } from '../../components/messages-table.tsx'
import { pageUrl } from '../../page-url.server.ts'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { plural } from '../../ui/numbers.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Empty, NoMatch } from '../../ui/states.tsx'
import { Pages } from '../../ui/table.tsx'
import type { Route } from './+types/messages'
import { requireCampaign } from './session.server.ts'

/** All mails, or, as the mailbox, those of a test campaign that can be read here. */
export async function loader(args: Route.LoaderArgs) {
  const { deps, campaign } = await requireCampaign(args)
  const url = pageUrl(args.request)
  const inMailbox = url.pathname.endsWith('/mailbox')
  const wanted = url.searchParams.get('state') as MessageState
  const state = inMailbox ? 'sent' : MESSAGE_STATES.find((one) => one === wanted)
  const q = url.searchParams.get('q')?.trim().slice(0, 200) ?? ''
  const backer = url.searchParams.get('backer') ?? ''
  const cursor = url.searchParams.get('cursor') ?? undefined
  const backer_id = isId(backer) ? backer : undefined
  const page = await orRefusalPage(listMessages(deps.db, campaign.id, { state, q: q || undefined, backer_id, cursor }))
  const counts = await countMessages(deps.db, campaign.id)
  return {
    campaign: { id: campaign.id, name: campaign.name },
    in_mailbox: inMailbox,
    has_mailbox: campaign.mode === 'test' && deps.mailer === null,
    state: state ?? null,
    q,
    backer: backer_id ?? null,
    rows: inMailbox ? page.data.filter(({ subject }) => subject !== null) : page.data,
    next_cursor: page.next_cursor,
    is_first: cursor === undefined,
    tabs: MESSAGE_STATES.map((one) => ({ state: one, count: counts[one] })),
  }
}

export default function Messages({ loaderData }: Route.ComponentProps) {
  const { campaign, in_mailbox, has_mailbox, state, q, backer, rows, next_cursor, tabs, is_first } = loaderData
  const all = tabs.reduce((sum, { count }) => sum + count, 0)
  const to = in_mailbox ? paths.mailbox : paths.messages
  const query = { q, backer, state: in_mailbox ? null : state }
  const title = in_mailbox ? 'Mailbox' : 'Messages'
  return (
    <>
      <title>{`${title} · ${campaign.name}`}</title>
      <PageHead
        title={title}
        {...(in_mailbox ? { crumbs: { label: 'Messages', to: paths.messages(campaign.id) } } : {})}
        facts={
          !in_mailbox
            ? `${plural(all, 'mail', 'mails')}. Mails leave one after the other.`
            : has_mailbox
              ? 'No mail server is set up, so the mails of this test campaign stay here. Their links work.'
              : 'Mails of this campaign leave through your mail server, so they are not kept here.'
        }
        actions={
          <>
            {has_mailbox && !in_mailbox && <ButtonLink to={paths.mailbox(campaign.id)}>Open the mailbox</ButtonLink>}
            <ButtonLink to={paths.survey(campaign.id)}>Send or remind…</ButtonLink>
          </>
        }
      />
      {!in_mailbox && (
        <FilterTabs
          label="States"
          tabs={[
            { label: 'All', count: all, to: to(campaign.id, { q, backer }), current: state === null },
            ...tabs.map((tab) => ({
              label: MESSAGE_STATE_LABEL[tab.state],
              count: tab.count,
              to: to(campaign.id, { q, backer, state: tab.state }),
              current: state === tab.state,
            })),
          ]}
        />
      )}
      <search>
        <Form method="get" className="row items-end pb-3">
          {!in_mailbox && state && <input type="hidden" name="state" value={state} />}
          {backer && <input type="hidden" name="backer" value={backer} />}
          <TextField name="q" type="search" label="Name, mail or subject" defaultValue={q} maxLength={200} dir="auto" key={q} />
          <Button>Search mails</Button>
          {(q !== '' || backer) && <Link to={to(campaign.id, { state: query.state })}>Show all</Link>}
        </Form>
      </search>
      {rows.length === 0 ? (
        <Sheet label={title}>
          {all > 0 && (q !== '' || backer || state !== null) ? (
            <NoMatch title="No mail matches" actions={<Link to={to(campaign.id)}>Show all</Link>} />
          ) : (
            <Empty title="Mails appear here as they leave">The first ones go out when you send the survey.</Empty>
          )}
        </Sheet>
      ) : (
        <>
          <ListLine
            end={
              <Pages
                newer_to={is_first ? null : to(campaign.id, query)}
                older_to={next_cursor ? to(campaign.id, { ...query, cursor: next_cursor }) : null}
              />
            }
          >
            Newest first
          </ListLine>
          <Sheet body="flush" label={title}>
            <MessagesTable campaign_id={campaign.id} rows={rows} in_mailbox={in_mailbox} />
          </Sheet>
        </>
      )}
    </>
  )
}
