import { describe, expect, test } from 'vitest'
import { captainAnswers } from '../../../../test/factories/survey-campaign.ts'
import { useTestBackerPages } from '../../../../test/setup/backer-pages.ts'
import type { Row } from '../../../db/types.ts'
import { answerChangeRequest } from '../../../domain/fulfilment/answer-request.ts'
import { transitionOrders } from '../../../domain/orders/transition-orders.ts'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { action as ask, loader as requestPage } from './change-request.tsx'
import { loader as pledgePage } from './pledge.tsx'

const { program, campaign, backerOf, ask: open, at, answer, orderOf, toPortugal } = useTestBackerPages()

const berlin = {
  'address.country': 'DE',
  'address.name': 'Mei-Ling Okonkwo-Fairweather',
  'address.line1': 'Neue Straße 8',
  'address.postcode': '10115',
  'address.city': 'Berlin',
}

async function makeReady() {
  const backer = await backerOf()
  const { order_id } = await answer(backer, captainAnswers(campaign))
  for (const name of ['lock', 'nothing_owed', 'finalize_address'] as const) {
    await inTransaction(program.deps, (tx) =>
      transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name, selection: { ids: [order_id] } }),
    )
  }
  expect((await orderOf(backer))?.status).toBe('ready_to_ship')
  return { backer, order_id }
}

function requestsOf(order_id: string): Promise<Row<'change_requests'>[]> {
  return program.deps.db.selectFrom('change_requests').selectAll().where('order_id', '=', order_id).orderBy('id').execute()
}

describe('asking for another address', () => {
  test('is for an address that is final; before, it is changed at once', async () => {
    const backer = await backerOf()
    await answer(backer)
    expect((await open(requestPage, backer)).location).toBe(at(backer))
    expect((await open(pledgePage, backer)).data).toMatchObject({ change: { request: null } })
    const posted = await open(ask, backer, { form: berlin })
    expect(posted).toMatchObject({ status: 409, data: { refused: { code: 'change_directly' } } })
  })

  test('one at a time, shown with its note, and taken back', async () => {
    const { backer, order_id } = await makeReady()
    expect((await open(pledgePage, backer)).data).toMatchObject({ change: { request: at(backer, 'change-request') } })
    expect((await open(requestPage, backer)).data).toMatchObject({ open: null, fields: { values: { line1: 'Musterstraße 7' } } })
    const form = { ...berlin, note: 'We move on 3 December.' }
    expect((await open(ask, backer, { form })).location).toBe(`${at(backer)}?done=asked`)
    // A second press, or a second window, is shown what was asked.
    expect((await open(ask, backer, { form })).location).toBe(at(backer, 'change-request'))
    const [request] = await requestsOf(order_id)
    expect(await requestsOf(order_id)).toHaveLength(1)
    expect((await open(requestPage, backer)).data?.open).toMatchObject({
      id: request?.id,
      lines: expect.arrayContaining(['Neue Straße 8']),
      note: 'We move on 3 December.',
      balance: null,
    })
    expect((await open(pledgePage, backer)).data?.order).toMatchObject({
      request: { state: 'open' },
      address: { lines: expect.arrayContaining(['Musterstraße 7']) },
    })
    const back = await open(ask, backer, { form: { intent: 'withdraw', request: request?.id ?? '' } })
    expect(back.location).toBe(`${at(backer)}?done=taken_back`)
    expect((await open(pledgePage, backer)).data?.order).toMatchObject({ request: null })
    expect((await open(ask, backer, { form: { intent: 'withdraw', request: request?.id ?? '' } })).location).toBe(at(backer))
  })

  test('shows another price first, and sends it only when it is agreed to', async () => {
    const { backer, order_id } = await makeReady()
    const form = { ...toPortugal, mode: '', note: 'To my sister' }
    const asked = await open(ask, backer, { form })
    expect(asked).toMatchObject({
      status: 200,
      data: { agree: { balance_before: 0, balance_after: 1650 }, note: 'To my sister', typed: { country: 'PT' } },
    })
    expect(await requestsOf(order_id)).toEqual([])
    expect((await open(ask, backer, { form: { ...form, agreed_balance: '1' } })).data).toMatchObject({
      agree: { balance_after: 1650 },
    })
    expect((await open(ask, backer, { form: { ...form, agreed_balance: '1650' } })).location).toBe(`${at(backer)}?done=asked`)
    expect(await requestsOf(order_id)).toMatchObject([{ state: 'open', agreed_balance: 1650, note: 'To my sister' }])
    expect((await open(requestPage, backer)).data?.open).toMatchObject({ balance: 1650 })
    expect(await orderOf(backer)).toMatchObject({ status: 'ready_to_ship', balance_due: 0, country: 'DE' })
  })

  test('keeps what was typed when it is not an address, or none that is new', async () => {
    const { backer } = await makeReady()
    const without = await open(ask, backer, { form: { ...berlin, 'address.city': '', note: 'Soon' } })
    expect(without).toMatchObject({ status: 422, data: { problems: [{ id: 'address.city' }], note: 'Soon' } })
    const same = await open(ask, backer, { form: { ...berlin, 'address.line1': 'Musterstraße 7' } })
    expect(same).toMatchObject({ status: 422, data: { problems: [{ message: 'This is the address that the order has.' }] } })
    const unusual = await open(ask, backer, { form: { ...berlin, 'address.postcode': '1011' } })
    expect(unusual).toMatchObject({ status: 422, data: { problems: [], typed: { warnings: { postcode: expect.any(String) } } } })
  })

  test('tells the answer on the order', async () => {
    const { backer, order_id } = await makeReady()
    await open(ask, backer, { form: berlin })
    const [request] = await requestsOf(order_id)
    await inTransaction(program.deps, (tx) =>
      answerChangeRequest(tx, campaign.staff, {
        campaign_id: campaign.id,
        request_id: request?.id ?? '',
        decision: 'decline',
        answer: 'The parcel is sealed already.',
      }),
    )
    expect((await open(pledgePage, backer)).data?.order).toMatchObject({
      request: { state: 'declined', answer: 'The parcel is sealed already.', is_over: false },
    })
  })
})
