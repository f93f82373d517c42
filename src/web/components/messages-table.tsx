import { CircleSlash, MailX, TriangleAlert } from 'lucide-react'
import { Link } from 'react-router'
import type { MessageRow } from '../../domain/messages/list-messages.ts'
import { paths } from '../paths.ts'
import { Head, Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { MESSAGE_LABEL, MESSAGE_STATE_LABEL, messageError, type ShownMessageState } from './message-words.ts'
import { Mark } from './status.tsx'

interface Props {
  campaign_id: string
  rows: readonly MessageRow[]
  /** Without the backer's column, on their own page. */
  of_one?: boolean
  /** In the mailbox each row opens the mail itself. */
  in_mailbox?: boolean
}

/** Mails as rows: what they are about, to whom, and how far they came. */
export function MessagesTable({ campaign_id, rows, of_one, in_mailbox }: Props) {
  const to = in_mailbox ? paths.mailbox_mail : paths.message
  return (
    <Table caption="Mails">
      <thead>
        <tr>
          <Head>Mail</Head>
          {in_mailbox && <Head>Subject</Head>}
          {!of_one && <Head>To</Head>}
          {!in_mailbox && <Head>State</Head>}
          <Head>When</Head>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-row>
            <td>
              <Link className="row-link" data-open to={to(campaign_id, row.id)}>
                {MESSAGE_LABEL[row.kind]}
                {!of_one && <span className="visually-hidden"> to {row.backer_name}</span>}
              </Link>
            </td>
            {in_mailbox && (
              <td className="wraps">
                <bdi>{row.subject}</bdi>
              </td>
            )}
            {!of_one && (
              <td className="wraps">
                <bdi>{row.backer_name}</bdi> <bdi className="row-small">{row.to}</bdi>
              </td>
            )}
            {!in_mailbox && (
              <td className="wraps">
                <MessageStateMark state={row.state} />
                {row.error && <div className="row-small">{messageError(row.error)}</div>}
              </td>
            )}
            <td>
              <Time at={row.at} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

/** How far a mail came; what went wrong has its sign. */
export function MessageStateMark({ state }: { state: ShownMessageState }) {
  const label = MESSAGE_STATE_LABEL[state]
  if (state === 'failed') return <Mark icon={TriangleAlert}>{label}</Mark>
  if (state === 'bounced') return <Mark icon={MailX}>{label}</Mark>
  if (state === 'suppressed')
    return (
      <Mark icon={CircleSlash} tone="quiet">
        {label}
      </Mark>
    )
  return label
}
