import { createTransport } from 'nodemailer'
import type { Mail, Mailer, MailOutcome } from '../../domain/messages/mailer.ts'

const connectLimitMs = 2_000
const answerLimitMs = 20_000

/** Sends through the server of SMTP_URL, over a small pool of connections. */
export function createSmtpMailer(url: string): Mailer {
  const address = new URL(url)
  const transport = createTransport({
    pool: true,
    maxConnections: 3,
    host: address.hostname,
    port: Number(address.port) || (address.protocol === 'smtps:' ? 465 : 587),
    secure: address.protocol === 'smtps:',
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
  return {
    send: (mail) => send(transport, mail),
    close: () => transport.close(),
  }
}

async function send(transport: ReturnType<typeof createTransport>, mail: Mail): Promise<MailOutcome> {
  try {
    const sent = (await transport.sendMail({
      from: mail.from,
      to: mail.to,
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      messageId: mail.message_id,
      ...(mail.reply_to ? { replyTo: mail.reply_to } : {}),
      ...(mail.headers ? { headers: mail.headers } : {}),
    })) as { response?: string }
    return { state: 'sent', answer: sent.response ?? '' }
  } catch (error) {
    const { responseCode, response, message } = error as { responseCode?: number; response?: string; message: string }
    if (responseCode === undefined) return { state: 'unknown', reason: message }
    return { state: 'refused', code: responseCode, answer: response ?? message, permanent: responseCode >= 500 }
  }
}
