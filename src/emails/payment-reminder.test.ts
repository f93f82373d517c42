import { expect, test } from 'vitest'
import type { MailFacts } from '../domain/messages/mail-facts.ts'
import type { Letter } from './letter.ts'
import { paymentReminder } from './payment-reminder.ts'

const now = new Date('2026-11-26T09:00:00Z')

function letter(over: { data?: object; attempt?: object; campaign?: object; follow_up?: object | null } = {}): Letter {
  return paymentReminder({
    kind: 'payment_reminder',
    now,
    data: { is_last: false, day: null, ...over.data },
    campaign: { name: 'Tidebreakers', currency: 'USD', time_zone: 'Europe/Berlin', retry_failed_cards: true, ...over.campaign },
    order: { number: 12, status: 'errored', balance_due: 1300 },
    attempt: { code: 'insufficient_funds', decline_class: 'soft', sent_at: new Date('2026-11-23T12:00:00Z'), ...over.attempt },
    follow_up: over.follow_up === undefined ? { retry_at: new Date('2026-11-27T12:00:00Z') } : over.follow_up,
  } as unknown as MailFacts)
}

const textOf = ({ body, after }: Letter) => JSON.stringify([body, after])

test('a reminder says what failed when, what is next, and that a day can be named', () => {
  const text = textOf(letter())
  for (const said of ['On 23 November your bank declined', 'the next time on 27 November', 'Name a day'])
    expect(text).toContain(said)
  expect(text).not.toContain('last mail')
})

test('the last one says that it is the last, in its subject too', () => {
  const last = letter({ data: { is_last: true }, follow_up: { retry_at: null } })
  expect(last.subject).toBe('Last reminder: your Tidebreakers order is not paid')
  expect(textOf(last)).toContain('This is the last mail about it that we send by ourselves.')
  expect(textOf(last)).toContain('not tried again by itself')
})

test('on the day that the backer named it says so', () => {
  expect(textOf(letter({ data: { day: '2026-11-26' } }))).toContain('You asked us to remind you today')
})

test('of a card that was refused for good it asks for another one only; switched off, nothing is promised', () => {
  const dead = textOf(letter({ attempt: { code: 'lost_card', decline_class: 'hard' } }))
  expect(dead).toContain('please use another one')
  expect(dead).not.toContain('tried again by itself')
  expect(textOf(letter({ campaign: { retry_failed_cards: false } }))).toContain('not tried again by itself')
})
