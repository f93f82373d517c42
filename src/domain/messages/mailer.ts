/** The port through which mails leave. The adapter is SMTP; without one, mails stay in the mailbox page of demo and test campaigns. */
export type Mailer = {
  send(mail: Mail): Promise<MailOutcome>
  close(): void
}

export type Mail = {
  /** Shown beside the address that MAIL_FROM gives, where that has no name of its own. */
  from_name: string
  reply_to: string
  to: string
  subject: string
  text: string
  html: string
  /** The same on each try, so that a mail cut after DATA is known as a repeat. */
  message_id: string
}

/**
 * `refused`: the server answered with a code. `permanent` (5xx) ends the mail, a temporary one (4xx) is tried again; `recipient`: it
 * refused this address, not the mail. `unavailable`: the server is not there or takes no mail from us, so nothing of this mail was said.
 * `unknown`: the connection broke in the middle; tried again with the same message id.
 */
export type MailOutcome =
  | { state: 'sent'; answer: string }
  | { state: 'refused'; code: number; answer: string; permanent: boolean; recipient: boolean }
  | { state: 'unavailable'; reason: string }
  | { state: 'unknown'; reason: string }
