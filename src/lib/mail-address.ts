/** One address and nothing else: no list, no display name, no line break, nothing that a mail server would read as more. */
export const MAIL_ADDRESS = /^[^\s@<>(),;:"\\[\]]+@[^\s@<>(),;:"\\[\]]+\.[^\s@<>(),;:"\\[\]]+$/

/** Services that hide the real address behind one of their own; what they forward may stop without notice. */
const RELAYS = [
  'privaterelay.appleid.com',
  'relay.firefox.com',
  'mozmail.com',
  'duck.com',
  'simplelogin.com',
  'simplelogin.co',
  'aleeas.com',
  'slmail.me',
  'anonaddy.com',
  'anonaddy.me',
  'addy.io',
]

/** Whether mail to this address goes through a relay. */
export function isRelayAddress(email: string): boolean {
  const host = email
    .slice(email.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase()
  return RELAYS.some((relay) => host === relay || host.endsWith(`.${relay}`))
}

/** The state of an address that nothing is known about but itself. */
export function mailStateOf(email: string): 'ok' | 'relay' {
  return isRelayAddress(email) ? 'relay' : 'ok'
}
