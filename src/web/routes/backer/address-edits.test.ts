import { expect, test } from 'vitest'
import { captainAnswers } from '../../../../test/factories/survey-campaign.ts'
import { useTestBackerPages } from '../../../../test/setup/backer-pages.ts'
import { type Address, normaliseAddress } from '../../../domain/shipping/address.ts'
import { action as saveAddress } from './address.tsx'
import { action as confirm, loader as reviewPage } from './review.tsx'

const { campaign, backerOf, ask, at, answer, orderOf } = useTestBackerPages()

const home = () => normaliseAddress(captainAnswers(campaign).address ?? {})

/** The form of the address step, filled in with this address. */
function typed(address: Address, more: Record<string, string> = {}) {
  const fields = Object.entries(address).map(([field, value]) => [`address.${field}`, value])
  return { mode: 'draft', ...Object.fromEntries(fields), ...more }
}

/** What the review says is changed; then its button is pressed. */
async function review(backer: Awaited<ReturnType<typeof backerOf>>) {
  const { data } = await ask(reviewPage, backer)
  const form = { draft: String(data?.draft), agreed_total: String(data?.total), intent: 'confirm' }
  expect((await ask(confirm, backer, { form })).location).toBe(`${at(backer)}?done=order`)
  return { changes: data?.changes, same: data?.same }
}

test('delivery notes alone are a change that the review shows and confirms', async () => {
  const backer = await backerOf()
  await answer(backer)
  await ask(saveAddress, backer, { form: typed(home()) })
  expect((await ask(reviewPage, backer)).data).toMatchObject({ same: true, changes: [] })
  await ask(saveAddress, backer, { form: typed({ ...home(), delivery_notes: 'Ring twice.' }) })
  expect(await review(backer)).toMatchObject({
    same: false,
    changes: [{ label: 'Delivery notes', before: '', after: 'Ring twice.' }],
  })
  expect(await orderOf(backer)).toMatchObject({ address: { delivery_notes: 'Ring twice.' } })
})

test('an unusual address of the order can be said to be right, and nothing else', async () => {
  const backer = await backerOf()
  const address = { ...home(), postcode: '99' }
  await answer(backer, { address })
  expect(await orderOf(backer)).toMatchObject({ address_warning: true })
  const saved = await ask(saveAddress, backer, { form: typed(address, { address_accepted: 'yes' }) })
  expect(saved.status).toBe(303)
  expect(await review(backer)).toMatchObject({
    same: false,
    changes: [{ label: 'Address', before: 'It looks unusual', after: 'It is right as it is' }],
  })
  expect(await orderOf(backer)).toMatchObject({ address_warning: false, address: { postcode: '99' } })
})
