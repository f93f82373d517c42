import { expect, test } from 'vitest'
import { MESSAGE_KINDS, type MessageKind } from '../domain/messages/kinds.ts'
import type { MailFacts } from '../domain/messages/mail-facts.ts'
import { renderMail } from './render.ts'

const LINK = 'https://pledges.example/b/c/b/secret'
const now = new Date('2026-11-23T09:00:00Z')

function factsOf(
  kind: MessageKind,
  over: { backer?: object; campaign?: object; order?: object; data?: object; attempt?: object; shipment?: object } = {},
): MailFacts {
  const order = {
    number: 12,
    status: 'open',
    version: 1,
    balance_due: 1500,
    ships: true,
    payment_method: null,
    address_warning: false,
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
      code: kind === 'owe_again' ? 'address_changed' : kind === 'charge_failed' ? 'insufficient_funds' : 'pledge_changed',
      amount: 10832,
      payment_method: { brand: 'visa', last4: '4242' },
      decision: 'approve',
      charge_on: '2026-12-12',
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
    attempt: { amount: 10832, sent_at: new Date('2026-11-23T13:31:00Z'), decline_class: 'soft', ...over.attempt },
    request: {
      address: { ...order.address, line1: 'Neue Straße 1' },
      answer: 'We caught the parcel in time.\nBest wishes!',
    },
    shipment: {
      state: 'left',
      carrier: 'DHL',
      tracking_number: '00340434161094042557',
      tracking_url: '',
      lines: [{ name: 'Core Game', option: 'Deutsch', quantity: 2 }],
      ...over.shipment,
    },
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

test('owe again says when it is charged, and to which card', () => {
  expect(render('owe_again').text).toContain('There is no payment method on file. Put one in on your page')
  const { text } = render('owe_again', { order: { payment_method: { brand: 'visa', last4: '4242' } } })
  expect(text).toContain('We charge it to your Visa ending 4242 when the next orders are charged, and you get a receipt.')
  const tiny = render('owe_again', { data: { balance_due: 12 } }).text
  expect(tiny).toContain('too little to be charged to a card')
  expect(tiny).not.toContain('no payment method')
})

test('a receipt says how much, when, which card and what for', () => {
  const { subject, text } = render('receipt', {
    order: { status: 'paid', balance_due: 0, settled: [{ account: 'card', amount: 10832 }] },
  })
  expect(subject).toBe('You paid $108.32 for your Tidebreakers order')
  for (const part of [
    'On Monday, 23 November 2026 at 14:31 CET we charged $108.32 to your Visa ending 4242.',
    'Charged: $108.32',
    '2 × Playmat',
    'Paid by card: −$108.32',
    'Still to pay: $0.00',
    'Next, when the items are here, we make your address final',
  ]) {
    expect(text).toContain(part)
  }
  expect(text).not.toContain('left to pay')
})

test('a failed charge says why, that the order is safe, and what to do; lost and stolen read as declined only', () => {
  const { subject, text } = render('charge_failed')
  expect(subject).toBe('Your bank declined $108.32')
  for (const part of [
    'On Monday, 23 November 2026 at 14:31 CET we tried to charge your card for Tidebreakers. Your bank said: not enough funds. Nothing was charged, and your order is safe.',
    'Card: Visa ending 4242',
    'Still to pay: $15.00',
    'Use another card:',
    'The same page lets you try this card again.',
    'If you do nothing, your order waits and is not packed.',
  ]) {
    expect(text).toContain(part)
  }
  const stolen = render('charge_failed', { data: { code: 'stolen_card' }, attempt: { decline_class: 'hard' } })
  expect(stolen.text).toContain('Your bank declined the charge. Nothing was charged, and your order is safe.')
  expect(`${stolen.text}${stolen.html}`).not.toMatch(/stolen|try this card/)
  expect(render('charge_failed', { attempt: { decline_class: 'hard' } }).text).toContain('please use another one')
})

test('a bank that wants to hear from its customer has words of its own, as long as the payment can be confirmed', () => {
  const asks = { data: { code: 'authentication_required' }, attempt: { payment_open: true } }
  const { subject, text } = render('charge_failed', asks)
  expect(subject).toBe('Your bank wants to hear from you about $108.32')
  for (const part of [
    'On Monday, 23 November 2026 at 14:31 CET we asked your bank for $108.32 for Tidebreakers. Your bank wants you to confirm it first',
    'Nothing was charged, and your order is safe.',
    'Card: Visa ending 4242',
    'To confirm: $108.32',
    'Confirm with your bank:',
    'We never ask for a card number or a password in a mail.',
    'If you do nothing, your order waits and is not packed.',
  ]) {
    expect(text).toContain(part)
  }
  expect(text).not.toMatch(/declined|try this card/)
  const refused = render('charge_failed', { ...asks, data: { code: 'payment_intent_authentication_failure' } })
  expect(refused.subject).toBe('Your bank has no yes from you to $108.32')
  expect(refused.text).toContain('$108.32 was not confirmed with your bank, so it was not charged for Tidebreakers.')
  expect(render('charge_failed', { ...asks, attempt: { payment_open: false } }).subject).toBe('Your bank declined $108.32')
})

test('amounts have the decimals of their currency', () => {
  expect(render('receipt', { campaign: { currency: 'JPY' } }).subject).toBe('You paid ¥10,832 for your Tidebreakers order')
  expect(render('charge_failed', { campaign: { currency: 'KWD' } }).subject).toBe('Your bank declined KWD 10.832')
})

test('a notice of the final address shows the address and what looks unusual in it', () => {
  const { text } = render('finalize_notice')
  expect(text).toContain('We make your address final on Wednesday, 25 November 2026 at 10:00 CET.')
  expect(text).toContain('10115 Berlin')
  expect(text).toContain('your parcel goes there')
  const odd = factsOf('finalize_notice', { order: { address_warning: true } })
  if (odd.order?.address) odd.order.address.postcode = '1011'
  expect(renderMail(odd, LINK).text).toMatch(/Something in it looks unusual\. Enter .* like/)
  expect(renderMail({ ...odd, kind: 'address_invalid' }, LINK).text).toMatch(/looks unusual:\n\nEnter .* like/)
  expect(render('finalize_notice', { order: { ships: false } }).text).not.toContain('Berlin')
})

test('an answered request shows the new address or the creator\u2019s words', () => {
  expect(render('change_request_answered').text).toContain('Neue Straße 1')
  const declined = render('change_request_answered', { data: { decision: 'decline' } }).text
  expect(declined).toContain('Our answer\n  We caught the parcel in time.\n  Best wishes!')
  expect(declined).toContain('Musterstraße 7')
  const late = render('change_request_answered', { data: { decision: 'decline', code: 'already_shipped' } }).text
  expect(late).toContain('Your parcel left before we came to it')
})

test('no mail says that nothing is to do while something is', () => {
  const nothing = 'nothing you need to do'
  const card = { brand: 'visa', last4: '4242' }
  for (const kind of ['confirmation', 'changed_by_staff', 'change_request_answered'] as const) {
    const locked = (over: object) => render(kind, { order: { status: 'locked', ...over } }).text
    expect(render(kind, { order: { status: 'open' } }).text).not.toContain(nothing)
    expect(locked({})).not.toContain(nothing)
    expect(locked({})).toContain('Put one in on your page')
    expect(locked({ payment_method: card })).toContain(nothing)
    expect(locked({ balance_due: 0 })).toContain(nothing)
    expect(locked({ status: 'errored', payment_method: card })).toContain('did not go through yet')
  }
})

test('a tracking mail has number, link and contents; a link that is none is not one', () => {
  const { text, html } = render('tracking')
  const page = 'https://www.dhl.com/en/home/tracking.html?tracking-id=00340434161094042557'
  expect(text).toContain(`Tracking at DHL:\n  ${page}`)
  expect(html).toContain(`href="${page}"`)
  expect(text).toContain('2 × Core Game, Deutsch')
  const hostile = render('tracking', { shipment: { tracking_url: 'javascript:alert(1)' } })
  expect(`${hostile.text}${hostile.html}`).not.toContain('javascript:')
  const without = render('tracking', { shipment: { carrier: '', tracking_number: '' } })
  expect(without.text).toContain('There is no tracking number for it.')
})

test('what was not collected is not called paid; a test campaign says so', () => {
  expect(render('invitation').text).toContain('You pledged for: Core Pledge, $61.00')
  const { text } = render('invitation', { backer: { pledge_status: 'dropped' }, campaign: { mode: 'test', lockdown_on: null } })
  expect(text).toContain('You pledged for: Core Pledge\n')
  expect(text).not.toContain('answer by')
  expect(text).toContain('This is a test campaign: no money moves.')
})
