import { describe, expect, test } from 'vitest'
import { captainAnswers } from '../../../../test/factories/survey-campaign.ts'
import { useTestBackerPages } from '../../../../test/setup/backer-pages.ts'
import type { Row } from '../../../db/types.ts'
import { loadCatalog } from '../../../domain/catalog/load-catalog.ts'
import { saveAddon } from '../../../domain/catalog/save-addon.ts'
import { changeAddress } from '../../../domain/orders/change-address.ts'
import { transitionOrders } from '../../../domain/orders/transition-orders.ts'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { normaliseAddress } from '../../../domain/shipping/address.ts'
import { loader as addonsPage, action as saveAddons } from './addons.tsx'
import { loader as addressPage, action as saveAddress } from './address.tsx'
import { action as pledgeAction, loader as pledgePage } from './pledge.tsx'
import { action as saveQuestions } from './questions.tsx'
import { action as confirm, loader as reviewPage } from './review.tsx'

const { program, campaign, backerOf, ask, at, answer, orderOf, draftOf, lock, colour, game, expansion, toPortugal } =
  useTestBackerPages()

describe('confirming', () => {
  /** A draft that can be confirmed, and the form of its review. */
  async function ready(backer: Row<'backers'>, addons: Record<string, string> = {}) {
    await ask(saveQuestions, backer, { form: { [game()]: campaign.skus.english, [colour()]: 'Red' } })
    await ask(saveAddons, backer, { form: addons })
    await ask(saveAddress, backer, { form: toPortugal })
    return await reviewForm(backer)
  }

  async function reviewForm(backer: Row<'backers'>) {
    const { data } = await ask(reviewPage, backer)
    return { draft: String(data?.draft), agreed_total: String(data?.total), intent: 'confirm' }
  }

  test('a double press confirms once', async () => {
    const backer = await backerOf()
    const form = await ready(backer)
    const answers = await Promise.all([ask(confirm, backer, { form }), ask(confirm, backer, { form })])
    expect(answers.map(({ status, location }) => [status, location])).toEqual([
      [303, `${at(backer)}?done=order`],
      [303, `${at(backer)}?done=order`],
    ])
    expect(await orderOf(backer)).toMatchObject({ version: 1, status: 'open' })
    const mails = await program.deps.db.selectFrom('messages').select('kind').where('backer_id', '=', backer.id).execute()
    expect(mails).toEqual([{ kind: 'confirmation' }])
  })

  test('what is sold out is said before the review, and refused at it', async () => {
    const backer = await backerOf()
    const form = await ready(backer, { [expansion()]: '2' })
    const other = await backerOf()
    await answer(other, { addons: { [campaign.addons.expansion]: 2 } })
    const refused = await ask(confirm, backer, { form })
    expect(refused.status).toBe(409)
    expect(refused.data?.refused).toMatchObject({ code: 'out_of_stock', message: 'Only 1 of Leviathan expansion left.' })
    expect((await ask(addonsPage, backer)).data?.gone).toEqual([
      { id: expansion(), message: 'Only 1 of Leviathan expansion left.' },
    ])
    expect((await ask(reviewPage, backer)).data?.problems).toMatchObject([
      { step: 'addons', message: 'Only 1 of Leviathan expansion left.' },
    ])
    expect(await orderOf(backer)).toBeUndefined()
    expect((await ask(saveAddons, backer, { form: { [expansion()]: '1', next: 'review' } })).location).toBe(at(backer, 'review'))
    expect((await ask(confirm, backer, { form: await reviewForm(backer) })).status).toBe(303)
  })

  test('another price than the one shown is not agreed to', async () => {
    const backer = await backerOf()
    const form = await ready(backer, { [`addons.${campaign.addons.wallpaper}`]: '1' })
    const { addons } = await loadCatalog(program.deps.db, campaign.id)
    const { name, description, contents } = addons.find(({ id }) => id === campaign.addons.wallpaper) ?? {
      name: '',
      description: '',
      contents: [],
    }
    const items = contents.map(({ item, quantity }) => ({ item_id: item.id, quantity }))
    const dearer = {
      id: campaign.addons.wallpaper,
      name,
      description,
      items,
      limit_per_backer: null,
      stock: null,
      offered: true,
      price: 250,
    }
    await inTransaction(program.deps, (tx) => saveAddon(tx, campaign.staff, { campaign_id: campaign.id, ...dearer }))
    const refused = await ask(confirm, backer, { form })
    expect(refused.status).toBe(409)
    expect(refused.data?.refused).toMatchObject({ code: 'price_changed' })
    expect(await orderOf(backer)).toBeUndefined()
    expect((await ask(confirm, backer, { form: await reviewForm(backer) })).status).toBe(303)
  })

  test('what another window saved meanwhile is looked at first', async () => {
    const backer = await backerOf()
    const form = await ready(backer)
    await ask(saveQuestions, backer, { form: { [game()]: campaign.skus.german, [colour()]: 'Blue' } })
    expect((await ask(confirm, backer, { form })).data?.refused).toMatchObject({ code: 'draft_changed' })
    expect(await orderOf(backer)).toBeUndefined()
  })

  test('an order that staff changed under an edit is never merged silently', async () => {
    const backer = await backerOf()
    const { order_id } = await answer(backer)
    await ask(saveQuestions, backer, { form: { [game()]: campaign.skus.german, [colour()]: 'Red' } })
    const address = normaliseAddress({ ...captainAnswers(campaign).address, line1: 'Neue Straße 8' })
    await inTransaction(program.deps, (tx) => changeAddress(tx, campaign.staff, { campaign_id: campaign.id, order_id, address }))
    const stale = await ask(reviewPage, backer)
    expect(stale.data).toMatchObject({
      stale: true,
      changes: [
        { label: 'Tidebreakers core game', after: 'Deutsch' },
        { label: 'Address', before: expect.stringContaining('Neue Straße 8') },
      ],
    })
    expect((await ask(confirm, backer, { form: await reviewForm(backer) })).data?.refused).toMatchObject({
      code: 'changed_meanwhile',
    })
    expect((await ask(confirm, backer, { form: { intent: 'keep' } })).location).toBe(at(backer, 'review'))
    expect((await ask(reviewPage, backer)).data).toMatchObject({ stale: false })
    expect((await ask(confirm, backer, { form: await reviewForm(backer) })).status).toBe(303)
    expect((await orderOf(backer))?.options).toMatchObject({ [campaign.game_place]: campaign.skus.german })
  })

  test('an edit can be dropped, and the order stays as it was confirmed', async () => {
    const backer = await backerOf()
    await answer(backer)
    const before = await orderOf(backer)
    await ask(saveQuestions, backer, { form: { [game()]: campaign.skus.german, [colour()]: 'Red' } })
    expect((await ask(pledgePage, backer)).data?.unconfirmed).toMatchObject({
      state: 'active',
      changes: [{ label: 'Tidebreakers core game', before: 'English', after: 'Deutsch' }],
    })
    expect((await ask(pledgeAction, backer, { form: { intent: 'drop' } })).location).toBe(`${at(backer)}?done=dropped`)
    expect(await draftOf(backer)).toBeUndefined()
    expect(await orderOf(backer)).toEqual(before)
  })
})

describe('a lock', () => {
  test('that came first refuses the choices with what happened and what was typed', async () => {
    const backer = await backerOf()
    const { order_id } = await answer(backer)
    await ask(saveQuestions, backer, { form: { [game()]: campaign.skus.german, [colour()]: 'Red' } })
    const form = { intent: 'confirm', draft: '1', agreed_total: '0' }
    expect(await lock(order_id)).toMatchObject({ moved: 1 })
    const late = await ask(confirm, backer, { form })
    expect(late.status).toBe(409)
    expect(late.data?.closed).toMatchObject({
      code: 'order_locked',
      while_open: true,
      since: expect.any(String),
      typed: [{ label: 'Tidebreakers core game', before: 'English', after: 'Deutsch' }],
    })
    const step = await ask(saveQuestions, backer, { form: { [game()]: campaign.skus.german, [colour()]: 'Blue' } })
    expect(step.status).toBe(409)
    expect(step.data?.closed).toMatchObject({ typed: [{ after: 'Deutsch' }, { label: 'Colour of your ship', after: 'Blue' }] })
    expect((await orderOf(backer))?.options).toMatchObject({ [campaign.game_place]: campaign.skus.english })
    expect((await ask(pledgePage, backer)).data).toMatchObject({
      order: { status: 'locked', may: { choices: false, address: true } },
      unconfirmed: { state: 'overtaken' },
    })
  })

  test('leaves the address open: the new price is agreed to before it is saved', async () => {
    const backer = await backerOf()
    const { order_id } = await answer(backer)
    await lock(order_id)
    const version = async () => String((await orderOf(backer))?.version)
    const overtaken = await ask(saveAddress, backer, { form: { ...toPortugal, version: await version() } })
    expect(overtaken.status).toBe(409)
    expect(overtaken.data?.overtaken_at).toEqual(expect.any(String))
    const form = { ...toPortugal, mode: 'order', version: await version() }
    const asked = await ask(saveAddress, backer, { form })
    expect(asked.data?.agree).toMatchObject({
      balance_before: 0,
      balance_after: 1650,
      shipping_before: 500,
      shipping_after: 2150,
    })
    expect((await ask(saveAddress, backer, { form: { ...form, agreed_balance: '1' } })).data?.agree).toMatchObject({
      balance_after: 1650,
    })
    expect(await orderOf(backer)).toMatchObject({ balance_due: 0, country: 'DE' })
    expect((await ask(saveAddress, backer, { form: { ...form, agreed_balance: '1650' } })).location).toBe(
      `${at(backer)}?done=address`,
    )
    expect(await orderOf(backer)).toMatchObject({ balance_due: 1650, country: 'PT', status: 'locked' })
    const stale = await ask(saveAddress, backer, { form: { ...form, 'address.line1': 'Rua Nova 1' } })
    expect(stale.data?.refused).toMatchObject({ code: 'changed_meanwhile' })
  })

  test('under way is told as such, and nothing is lost', async () => {
    const backer = await backerOf()
    const { order_id } = await answer(backer)
    const holder = await program.pool.connect()
    try {
      await holder.query('begin')
      await holder.query('select 1 from orders where id = $1 for update', [order_id])
      const form = { [game()]: campaign.skus.german, [colour()]: 'Red' }
      const refused = await ask(saveQuestions, backer, { form })
      expect(refused.status).toBe(409)
      expect(refused.data).toMatchObject({
        refused: { code: 'being_locked' },
        closed: null,
        typed: { places: [{ value: campaign.skus.german }] },
      })
    } finally {
      await holder.query('rollback')
      holder.release()
    }
  })

  test('a final or canceled order says so and lets nothing be changed', async () => {
    const backer = await backerOf()
    const { order_id } = await answer(backer)
    await inTransaction(program.deps, (tx) =>
      transitionOrders(tx, campaign.staff, {
        campaign_id: campaign.id,
        name: 'cancel',
        selection: { ids: [order_id] },
        reason: 'asked',
      }),
    )
    expect((await ask(addressPage, backer)).data?.page).toMatchObject({ closed: { code: 'order_canceled' } })
    expect((await ask(saveAddress, backer, { form: toPortugal })).data?.closed).toMatchObject({ code: 'order_canceled' })
    expect((await ask(saveQuestions, backer, { form: { [colour()]: 'Red' } })).data?.closed).toMatchObject({
      code: 'order_canceled',
    })
    expect((await ask(pledgePage, backer)).data).toMatchObject({ order: { status: 'canceled', may: { address: false } } })
  })
})
