import { Link } from 'react-router'
import { findMessage } from '../../../domain/messages/list-messages.ts'
import { MESSAGE_LABEL, messageError } from '../../components/message-words.ts'
import { MessageStateMark } from '../../components/messages-table.tsx'
import { paths } from '../../paths.ts'
import { orRefusalPage } from '../../session.server.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { Facts, Sheet, Sheets } from '../../ui/sheet.tsx'
import { Time } from '../../ui/time.tsx'
import type { Route } from './+types/message'
import { requireCampaign } from './session.server.ts'

/** One mail: how far it came, and, where the mailbox keeps it, what it says. */
export async function loader(args: Route.LoaderArgs) {
  const { deps, actor, campaign } = await requireCampaign(args)
  const { message: id, mail } = args.params as { message?: string; mail?: string }
  const message = await orRefusalPage(findMessage(deps.db, { actor, campaign_id: campaign.id }, id ?? mail ?? ''))
  return {
    campaign: { id: campaign.id, name: campaign.name },
    in_mailbox: mail !== undefined,
    message,
    // Without it a link would open inside the frame, where no session is.
    html: message.html?.replace('<head>', '<head><base target="_blank">') ?? null,
    link: linkIn(message.text, deps.config.publicUrl),
  }
}

/** The backer's own link in a mail's text. */
function linkIn(text: string | null, publicUrl: string): string | null {
  const start = text?.indexOf(`${publicUrl}/b/`) ?? -1
  return start < 0 ? null : (/^\S+/.exec(text?.slice(start) ?? '')?.[0] ?? null)
}

export default function Message({ loaderData }: Route.ComponentProps) {
  const { campaign, in_mailbox, message, html, link } = loaderData
  const title = message.subject ?? MESSAGE_LABEL[message.kind]
  return (
    <>
      <title>{`${title} · ${campaign.name}`}</title>
      <PageHead
        title={<bdi>{title}</bdi>}
        crumbs={
          in_mailbox
            ? { label: 'Mailbox', to: paths.mailbox(campaign.id) }
            : { label: 'Messages', to: paths.messages(campaign.id) }
        }
        facts={
          <>
            To <bdi>{message.backer_name}</bdi>, <bdi>{message.to}</bdi>
          </>
        }
        actions={
          link && (
            <ButtonLink to={link} reload new_tab variant="primary">
              Open its link
            </ButtonLink>
          )
        }
      />
      <Sheets columns="main-side">
        <div className="sheets">
          {html && (
            <Sheet title="As it looks" body="flush">
              <iframe
                title="The mail"
                srcDoc={html}
                sandbox="allow-popups allow-popups-to-escape-sandbox"
                className="block h-[720px] w-full border-0"
              />
            </Sheet>
          )}
          {message.text !== null && (
            <Sheet title="Its text">
              <div className="whitespace-pre-wrap [overflow-wrap:anywhere]" dir="auto">
                <WithLinks text={message.text} />
              </div>
            </Sheet>
          )}
          {message.text === null && (
            <Sheet title="What it says">
              <p>
                {message.state === 'sent'
                  ? 'The mail server took it. Its text is not kept here.'
                  : 'It is written when it leaves, so that it says what is true then.'}
              </p>
            </Sheet>
          )}
        </div>
        <Sheet title="Mail">
          <Facts
            facts={[
              { term: 'About', fact: MESSAGE_LABEL[message.kind] },
              { term: 'State', fact: <MessageStateMark state={message.state} /> },
              {
                term: 'Backer',
                fact: (
                  <Link to={paths.backer(campaign.id, message.backer_id)}>
                    <bdi>{message.backer_name}</bdi>
                  </Link>
                ),
              },
              { term: 'Address', fact: <bdi>{message.to}</bdi> },
              { term: message.state === 'sent' ? 'Sent' : 'Made', fact: <Time at={message.at} as="moment" /> },
              { term: 'Next try', fact: message.state === 'queued' && <Time at={message.due_at} as="moment" /> },
              { term: 'Tries', fact: message.tries > 1 ? message.tries : null },
              { term: 'Why', fact: message.error && <bdi>{messageError(message.error)}</bdi> },
            ].map(({ term, fact }) => ({ term, fact: fact || null }))}
          />
        </Sheet>
      </Sheets>
    </>
  )
}

/** The text part, with its addresses as links. */
function WithLinks({ text }: { text: string }) {
  return text.split(/(https?:\/\/\S+)/).map((piece, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text never move
      <a key={index} href={piece} target="_blank" rel="noreferrer">
        {piece}
      </a>
    ) : (
      piece
    ),
  )
}
