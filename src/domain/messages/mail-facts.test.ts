import { expect, test } from 'vitest'
import type { MessageKind } from './kinds.ts'
import { type MailFacts, whyNotMail } from './mail-facts.ts'

const order = {
  status: 'paid',
  balance_due: 0,
  ships: true,
  address: { country: 'DE' },
  address_warning: false,
  payment_method: null,
}

function whyNot(kind: MessageKind, over: { order?: object | null; notice?: object; shipment?: object } = {}): string | null {
  return whyNotMail({
    kind,
    data: {},
    backer: { survey: 'completed', email_state: 'ok' },
    order: over.order === null ? null : { ...order, ...over.order },
    notice: over.notice ?? null,
    shipment: over.shipment ?? null,
  } as unknown as MailFacts)
}

test('a failed charge that is settled meanwhile is not mailed', () => {
  expect(whyNot('charge_failed', { order: { status: 'errored', balance_due: 100 } })).toBeNull()
  expect(whyNot('charge_failed', { order: { status: 'paid' } })).toBe('charge_settled')
  expect(whyNot('owe_again', { order: { status: 'locked', balance_due: 100 } })).toBeNull()
  expect(whyNot('owe_again')).toBe('nothing_owed')
})

test('an address that was put right is not asked for again', () => {
  expect(whyNot('address_invalid', { order: { address_warning: true } })).toBeNull()
  expect(whyNot('address_invalid', { order: { address: null } })).toBeNull()
  expect(whyNot('address_invalid')).toBe('address_mended')
})

test('a notice that is over, and a parcel that was taken back, are not told', () => {
  expect(whyNot('finalize_notice', { notice: { state: 'scheduled' } })).toBeNull()
  expect(whyNot('finalize_notice_moved', { notice: { state: 'withdrawn' } })).toBe('notice_over')
  expect(whyNot('finalize_notice_withdrawn', { notice: { state: 'withdrawn' } })).toBeNull()
  expect(whyNot('tracking', { shipment: { state: 'left' } })).toBeNull()
  expect(whyNot('tracking', { shipment: { state: 'undone' } })).toBe('shipping_undone')
  expect(whyNot('tracking_corrected', { shipment: { state: 'undone' } })).toBeNull()
})

test('a mail about an order needs one; a canceled order is told nothing but that', () => {
  expect(whyNot('receipt', { order: null })).toBe('no_order')
  expect(whyNot('receipt', { order: { status: 'canceled' } })).toBe('order_canceled')
  expect(whyNot('cancellation', { order: { status: 'canceled' } })).toBeNull()
})
