import type { AddressInfo } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

export interface ReceivedMail extends ParsedMail {
  /** to whom the envelope said, not the header */
  recipients: string[]
}

export interface MailServer {
  /** for SMTP_URL */
  url: string
  received: ReceivedMail[]
  /** how often each address was named in RCPT TO */
  asked: Map<string, number>
  close(): Promise<void>
}

/**
 * A real SMTP server that takes every mail but those whose address begins with a word: `gone` 550 at RCPT, `later` 451 at RCPT,
 * `spam` 554 after DATA, `cut` drops the connection after it has taken the mail (the first time only).
 */
export async function startMailServer(): Promise<MailServer> {
  const received: ReceivedMail[] = []
  const asked = new Map<string, number>()
  const cut = new Set<string>()
  const server: SMTPServer = new SMTPServer({
    authOptional: true,
    logger: false,
    onRcptTo({ address }, _session, done) {
      asked.set(address, (asked.get(address) ?? 0) + 1)
      if (address.startsWith('gone')) return done(refusal(550, 'no such mailbox'))
      if (address.startsWith('later')) return done(refusal(451, 'greylisted, come back later'))
      done()
    },
    onData(stream, session, done) {
      const recipients = session.envelope.rcptTo.map(({ address }) => address)
      const address = recipients[0] ?? ''
      simpleParser(stream).then((mail) => {
        if (address.startsWith('spam')) return done(refusal(554, 'looks like spam'))
        received.push(Object.assign(mail, { recipients }))
        if (!address.startsWith('cut') || cut.has(address)) return done(null, 'taken')
        cut.add(address)
        for (const connection of server.connections as Set<{ close(): void }>) connection.close()
      }, done)
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    asked,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

function refusal(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode })
}
