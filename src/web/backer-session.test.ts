import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { hasSession, sessionCookie, sessionCookieName } from './backer-session.server.ts'

const now = new Date('2026-11-23T09:00:00Z')
const place = { secret: randomBytes(32), is_https: false, now }
const anna = { campaign_id: 'c1', id: 'b1', link_version: 1 }
const cookieOf = (backer: typeof anna, over = {}) => String(sessionCookie(backer, { ...place, ...over }).split(';')[0])

test('a cookie lets in the backer it was made for, and nobody else', () => {
  expect(hasSession(anna, `other=1; ${cookieOf(anna)}`, place)).toBe(true)
  expect(hasSession({ ...anna, id: 'b2' }, cookieOf(anna), place)).toBe(false)
  const moved = cookieOf(anna).replace('_b1=', '_b2=')
  expect(hasSession({ ...anna, id: 'b2' }, moved, place)).toBe(false)
  expect(hasSession({ ...anna, campaign_id: 'c2' }, cookieOf(anna), place)).toBe(false)
  expect(hasSession(anna, null, place)).toBe(false)
})

test('revoking the link, another secret and the end of its time all end a session', () => {
  expect(hasSession({ ...anna, link_version: 2 }, cookieOf(anna), place)).toBe(false)
  expect(hasSession(anna, cookieOf(anna), { ...place, secret: randomBytes(32) })).toBe(false)
  const later = new Date(now.getTime() + 61 * 24 * 3_600_000)
  expect(hasSession(anna, cookieOf(anna), { ...place, now: later })).toBe(false)
  const prolonged = cookieOf(anna).replace(/=\d+/, `=${Math.floor(later.getTime() / 1000) + 60}`)
  expect(hasSession(anna, prolonged, { ...place, now: later })).toBe(false)
})

test('the cookie is HttpOnly and Lax, ends in the id, and is tied to the host over https', () => {
  expect(sessionCookie(anna, place)).toMatch(/^afterfund_pledge_b1=\d+\.[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/)
  expect(sessionCookie(anna, { ...place, is_https: true })).toMatch(/^__Host-.*; HttpOnly; SameSite=Lax; Secure$/)
  expect(sessionCookieName('b1', true)).toBe('__Host-afterfund_pledge_b1')
  expect(hasSession(anna, cookieOf(anna), { ...place, is_https: true })).toBe(false)
})
