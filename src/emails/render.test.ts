import { expect, test } from 'vitest'
import { MESSAGE_KINDS, type MessageKind } from '../domain/messages/kinds.ts'
import type { MailFacts } from '../domain/messages/mail-facts.ts'
import { renderMail } from './render.ts'

const LINK = 'https://pledges.example/b/c/b/secret'
const now = new Date('2026-11-23T09:00:00Z')

function factsOf(kind: MessageKind, over: { backer?: object; campaign?: object; order?: object; data?: object } = {}): MailFacts {
  const order = {
    number: 12,
    status: 'open',
    version: 1,
    balance_due: 1500,
    ships: true,
    has_payment_method: false,
    address: {
      name: 'Zoë Müller',
      line1: 'Musterstraße 7',
      line2: '',
      sublocality: '',
      city: 'Berlin',
      region: '',
      postcode: '10115',
      country: 'DE',
      phone: '',
      delivery_notes: '',
    },
    lines: [
      { name: 'Core Game', option: 'Deutsch', quantity: 1 },
      { name: 'Playmat', option: '', quantity: 2 },
    ],
    quote: {
      lines: [
        { kind: 'level', ref: 'l', label: 'Core Pledge', quantity: 1, unit: 4900, amount: 4900, reason: 'pledge_level' },
        { kind: 'addon', ref: 'a', label: 'Playmat', quantity: 2, unit: 1500, amount: 3000, reason: 'addon_added' },
        { kind: 'shipping', ref: null, label: 'Europe', quantity: 1, unit: 1200, amount: 1200, reason: 'to_DE' },
        { kind: 'pledged', ref: null, label: '', quantity: 1, unit: -6100, amount: -6100, reason: 'paid_on_platform' },
      ],
    },
    settled: [{ account: 'settled_outside', amount: 1500 }],
    ...over.order,
  }
  return {
    kind,
    data: {
      order_version: 1,
      balance_due: 1500,
      balance_change: 1500,
      code: kind === 'owe_again' ? 'address_changed' : 'pledge_changed',
      ...over.data,
    },
    campaign: {
      id: 'c',
      name: 'Tidebreakers',
      creator_name: 'Lanternfish Games',
      currency: 'USD',
      time_zone: 'Europe/Berlin',
      support_email: 'help@example.com',
      lockdown_on: '2026-11-30',
      mode: 'live',
      payment_method_required: false,
      ...over.campaign,
    },
    backer: { id: 'b', name: 'Zoë Müller', pledge_status: 'collected', pledge_amount: 6100, survey: 'sent', ...over.backer },
    level_name: 'Core Pledge',
    order,
    notice: { due_at: new Date('2026-11-25T09:00:00Z'), state: 'scheduled' },
    now,
  } as unknown as MailFacts
}

const render = (kind: MessageKind, over: Parameters<typeof factsOf>[1] = {}) => renderMail(factsOf(kind, over), LINK)
const plain = (html: string) =>
  html
    .replace(/<(?:head|div style="display:none").*?<\/(?:head|div)>/gs, '')
    .replace(/<\/?(?:bdi|strong)>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ')

test.each(MESSAGE_KINDS)('%s: one title, one button with the link, at most three facts, nothing loaded from outside', (kind) => {
  const { subject, text, html } = render(kind)
  expect(subject).not.toMatch(/[\r\n]|undefined|null|NaN/)
  expect(html).toContain(`<h1 style`)
  expect(html.match(/<h1/g)).toHaveLength(1)
  expect(html.split(`href="${LINK}"`)).toHaveLength(2)
  expect(text.split(LINK)).toHaveLength(2)
  expect(html).toMatch(/^<!doctype html>\n<html lang="en" dir="ltr">/)
  expect(html).toContain('max-width:560px')
  expect(html).not.toMatch(/<img|<script|<style|<link|url\(/)
  expect(`${text}${html}`).not.toMatch(/undefined|null|NaN|\[object/)
  const facts = html.split('<h2')[0]?.match(/<th scope="row"/g) ?? []
  expect(facts.length).toBeLessThanOrEqual(3)
  expect(text).toContain('Dear Zoë Müller,')
  expect(text).toContain('a person reads it')
  expect(text).not.toContain('test campaign')
})

test.each(MESSAGE_KINDS)('%s: the text part says what the HTML part says', (kind) => {
  const { text, html } = render(kind)
  const shown = plain(html)
  for (const line of text.split('\n')) {
    const words = line
      .replace(/^-- $|^\s+|:$/g, '')
      .replace(LINK, '')
      .split(/: | \(|\): /)
    for (const part of words) expect(shown).toContain(part.trim())
  }
})

test('names and amounts cannot break out of their place', () => {
  const hostile = {
    backer: { name: '"><script>alert(1)</script>\r\nBcc: eve@example.com' },
    campaign: { name: '<b>Tide</b>\r\nX-Evil: 1', creator_name: '\u202eserutpaL & Söhne' },
  }
  for (const kind of MESSAGE_KINDS) {
    const { subject, text, html } = render(kind, hostile)
    expect(subject).not.toMatch(/[\r\n]/)
    expect(html).not.toMatch(/<script|<b>|\u202e/)
    expect(html).toContain('&#60;script&#62;')
    expect(text).not.toMatch(/^(Bcc|X-Evil):/m)
  }
})

test('a right-to-left name keeps its direction to itself', () => {
  const { text, html } = render('invitation', { backer: { name: 'ليلى الحداد' } })
  expect(html).toContain('Dear <bdi>ليلى الحداد</bdi>,')
  expect(text).toContain('Dear \u2068ليلى الحداد\u2069,')
})

test('a confirmation lists lines, money with reasons, the address, and until when it can be changed', () => {
  const { text } = render('confirmation')
  for (const part of [
    'Core Game, Deutsch',
    '2 × Playmat',
    'Playmat (2 at $15.00, added here): $30.00',
    'Shipping to Germany (Europe): $12.00',
    'Paid with the pledge: −$61.00',
    'Settled in another way (agreed with the creator): −$15.00',
    'Still to pay: $15.00',
    '10115 Berlin',
    'Germany',
    'until your order is locked, planned for 30 November',
    'There is no payment method on file',
  ]) {
    expect(text).toContain(part)
  }
  const paid = render('confirmation', { order: { status: 'locked', balance_due: 0 } }).text
  expect(paid).toContain('Still to pay: nothing')
  expect(paid).toContain('The contents are locked down. You can still change the address')
  expect(paid).not.toContain('no payment method')
})

test('owe again says how much and why; a notice says when, in the campaign\u2019s zone', () => {
  const owing = render('owe_again')
  expect(owing.subject).toBe('$15.00 is left to pay for your Tidebreakers order')
  expect(owing.text).toContain('Shipping to the new address costs more')
  expect(render('lock_notice').text).toContain('Wednesday, 25 November 2026 at 10:00 CET')
})

test('what was not collected is not called paid; a test campaign says so', () => {
  expect(render('invitation').text).toContain('You pledged for: Core Pledge, $61.00')
  const { text } = render('invitation', { backer: { pledge_status: 'dropped' }, campaign: { mode: 'test', lockdown_on: null } })
  expect(text).toContain('You pledged for: Core Pledge\n')
  expect(text).not.toContain('answer by')
  expect(text).toContain('This is a test campaign: no money moves.')
})
