import { createHmac, timingSafeEqual } from 'node:crypto'

/*
 * What lets a browser in behind a backer's link: one cookie for each backer, so that two backers in one browser never mix. Its value is
 * signed over campaign, backer and link version: revoking the link ends every session that came from it. Nothing of it is stored.
 */

const LASTS_S = 60 * 24 * 60 * 60

export interface SessionBacker {
  campaign_id: string
  id: string
  link_version: number
}

interface Place {
  secret: Buffer
  is_https: boolean
  now: Date
}

/** Ends in the backer's id; `__Host-` ties it to this host over https. */
export function sessionCookieName(backer_id: string, is_https: boolean): string {
  return `${is_https ? '__Host-' : ''}afterfund_pledge_${backer_id}`
}

/** The Set-Cookie line that a right link is answered with. */
export function sessionCookie(backer: SessionBacker, { secret, is_https, now }: Place): string {
  const until = Math.floor(now.getTime() / 1000) + LASTS_S
  const value = `${until}.${signature(secret, backer, until)}`
  const name = sessionCookieName(backer.id, is_https)
  return `${name}=${value}; Path=/; Max-Age=${LASTS_S}; HttpOnly; SameSite=Lax${is_https ? '; Secure' : ''}`
}

/** Whether the request's cookies let it in as this backer, under the link version that counts now. */
export function hasSession(backer: SessionBacker, cookies: string | null, { secret, is_https, now }: Place): boolean {
  const value = readCookie(cookies ?? '', sessionCookieName(backer.id, is_https))
  const parts = /^(\d{1,12})\.([\w-]{43})$/.exec(value ?? '')
  if (!parts?.[1] || !parts[2]) return false
  const until = Number(parts[1])
  if (until * 1000 <= now.getTime()) return false
  return timingSafeEqual(Buffer.from(signature(secret, backer, until)), Buffer.from(parts[2]))
}

function signature(secret: Buffer, backer: SessionBacker, until: number): string {
  const said = ['backer-session', backer.campaign_id, backer.id, backer.link_version, until].join('\n')
  return createHmac('sha256', secret).update(said).digest('base64url')
}

function readCookie(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return null
}
