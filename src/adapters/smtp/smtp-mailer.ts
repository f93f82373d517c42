import { createTransport } from 'nodemailer'
import type { Mail, Mailer, MailOutcome } from '../../domain/messages/mailer.ts'
import { isLoopbackHost } from '../../lib/loopback.ts'
import { MAIL_ADDRESS } from '../../lib/mail-address.ts'

const connectLimitMs = 2_000
const answerLimitMs = 20_000
/** A whole mail, whatever the server does; below the lease of a message. */
const mailLimitMs = 60_000

type Transport = ReturnType<typeof createTransport>
type Sender = { name: string; address: string }

/**
 * Sends through the server of SMTP_URL, over a small pool of connections, as MAIL_FROM. Connections are encrypted where the server offers it,
 * and must be where a password is sent to another machine.
 */
export function createSmtpMailer(options: { url: string; from: string }): Mailer {
  const address = new URL(options.url)
  const isSecure = address.protocol === 'smtps:'
  const isHere = isLoopbackHost(address.hostname)
  const transport = createTransport({
    pool: true,
    maxConnections: 4,
    host: address.hostname,
    port: Number(address.port) || (isSecure ? 465 : 587),
    secure: isSecure,
    requireTLS: !isSecure && !isHere && address.username !== '',
    // A mail server on this machine rarely has a certificate that anybody signed.
    tls: { rejectUnauthorized: !isHere },
    ...(address.username
      ? { auth: { user: decodeURIComponent(address.username), pass: decodeURIComponent(address.password) } }
      : {}),
    connectionTimeout: connectLimitMs,
    greetingTimeout: answerLimitMs,
    socketTimeout: answerLimitMs,
    // Mails hold texts of people: no file and no address in them is ever opened by us.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const sender = parseSender(options.from)
  return {
    send: (mail) => send(transport, sender, mail),
    close: () => transport.close(),
  }
}

/** `Ada <ada@example.com>` or `ada@example.com`. */
function parseSender(from: string): Sender {
  const parts = /^\s*"?([^"<]*?)"?\s*<([^<>]+)>\s*$/.exec(from)
  return parts?.[2] ? { name: parts[1] ?? '', address: parts[2].trim() } : { name: '', address: from.trim() }
}

async function send(transport: Transport, sender: Sender, mail: Mail): Promise<MailOutcome> {
  // What is no single address would be read as a list of them.
  if (!MAIL_ADDRESS.test(mail.to)) {
    return { state: 'refused', code: 553, answer: 'This is not a mail address.', permanent: true, recipient: true }
  }
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<MailOutcome>((resolve) => {
    timer = setTimeout(() => resolve({ state: 'unknown', reason: 'The mail server took too long.' }), mailLimitMs)
  })
  try {
    return await Promise.race([handOver(transport, sender, mail), limit])
  } finally {
    clearTimeout(timer)
  }
}

async function handOver(transport: Transport, sender: Sender, mail: Mail): Promise<MailOutcome> {
  try {
    const sent = (await transport.sendMail({
      from: { name: sender.name || mail.from_name, address: sender.address },
      replyTo: { name: mail.from_name, address: mail.reply_to },
      to: { name: '', address: mail.to },
      envelope: { from: sender.address, to: [mail.to] },
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      messageId: mail.message_id,
      // Tells the machines of absent people that a machine wrote; people's answers are welcome.
      headers: { 'Auto-Submitted': 'auto-generated' },
    })) as { response?: string }
    return { state: 'sent', answer: sent.response ?? '' }
  } catch (error) {
    return outcomeOf(error as SmtpError)
  }
}

interface SmtpError {
  message: string
  code?: string
  command?: string
  syscall?: string
  responseCode?: number
  response?: string
}

/** Before these commands nothing of this mail was said: the server is not there, or takes nothing from us. */
const ABOUT_THIS_MAIL = new Set(['RCPT TO', 'DATA'])
const NEVER_REACHED = /^(connect |Connection timeout|Greeting never received|getaddrinfo )/

function outcomeOf(error: SmtpError): MailOutcome {
  const { code, command, responseCode, response, message } = error
  if (responseCode !== undefined && ABOUT_THIS_MAIL.has(command ?? '')) {
    const permanent = responseCode >= 500
    return { state: 'refused', code: responseCode, answer: response ?? message, permanent, recipient: command === 'RCPT TO' }
  }
  const wasReached = responseCode === undefined && !['EAUTH', 'EDNS', 'ETLS'].includes(code ?? '') && !NEVER_REACHED.test(message)
  return wasReached ? { state: 'unknown', reason: message } : { state: 'unavailable', reason: response ?? message }
}
