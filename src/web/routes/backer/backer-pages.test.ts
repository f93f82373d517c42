import { beforeAll, describe, expect, test } from 'vitest'
import {
  captainAnswers,
  makeSurveyBacker,
  makeSurveyCampaign,
  type SurveyCampaign,
} from '../../../../test/factories/survey-campaign.ts'
import { askPage, type PageQuestion } from '../../../../test/setup/ask-page.ts'
import { useTestProgram } from '../../../../test/setup/deps.ts'
import type { Row } from '../../../db/types.ts'
import { linkSecret, revokeLink } from '../../../domain/backers/links.ts'
import { loadCatalog } from '../../../domain/catalog/load-catalog.ts'
import { saveAddon } from '../../../domain/catalog/save-addon.ts'
import { changeAddress } from '../../../domain/orders/change-address.ts'
import { confirmSurvey } from '../../../domain/orders/change-order.ts'
import { transitionOrders } from '../../../domain/orders/transition-orders.ts'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { normaliseAddress } from '../../../domain/shipping/address.ts'
import { newId } from '../../../lib/id.ts'
import { sessionCookie } from '../../backer-session.server.ts'
import { loader as addonsPage, action as saveAddons } from './addons.tsx'
import { loader as addressPage, action as saveAddress } from './address.tsx'
import { loader as openLink } from './link.tsx'
import { action as askLink } from './lost-link.tsx'
import { action as pledgeAction, loader as pledgePage } from './pledge.tsx'
import { loader as questionsPage, action as saveQuestions } from './questions.tsx'
import { action as confirm, loader as reviewPage } from './review.tsx'
import { action as saveStart } from './start.tsx'

const program = useTestProgram()
let campaign: SurveyCampaign

beforeAll(async () => {
  const { db, clock } = program.deps
  const at = clock.now()
  const id = newId()
  await db
    .insertInto('accounts')
    .values({ id, name: 'Ilse', email: 'ilse@example.com', image: null, created_at: at, updated_at: at })
    .execute()
  campaign = await makeSurveyCampaign(program.deps, id, { stock: 3 })
})

const backerOf = (over: Partial<Row<'backers'>> = {}) => makeSurveyBacker(program.deps, campaign, over)

function cookieOf(backer: Row<'backers'>): string {
  const place = { secret: program.deps.linkSecret, is_https: false, now: program.deps.clock.now() }
  return String(sessionCookie(backer, place).split(';')[0])
}

/** Asks a page as this backer's browser does; a form names its backer. */
async function ask(handler: unknown, backer: Row<'backers'>, over: Partial<PageQuestion> = {}) {
  const params = { campaign: backer.campaign_id, backer: backer.id }
  const form = over.form && { backer: backer.id, ...over.form }
  return await askPage(program.deps, handler, { params, cookie: cookieOf(backer), ...over, ...(form ? { form } : {}) })
}

const at = (backer: Row<'backers'>, step = '') => `/b/${backer.campaign_id}/${backer.id}${step && `/${step}`}`

async function answer(backer: Row<'backers'>, data: Parameters<typeof confirmSurvey>[2]['data'] = {}) {
  const key = { campaign_id: campaign.id, backer_id: backer.id }
  const input = { ...key, data: { ...captainAnswers(campaign), ...data } }
  return await inTransaction(program.deps, (tx) => confirmSurvey(tx, campaign.staff, input))
}

const orderOf = (backer: Row<'backers'>) =>
  program.deps.db
    .selectFrom('orders')
    .selectAll()
    .where('campaign_id', '=', campaign.id)
    .where('backer_id', '=', backer.id)
    .executeTakeFirst()
const draftOf = (backer: Row<'backers'>) =>
  program.deps.db
    .selectFrom('drafts')
    .selectAll()
    .where('campaign_id', '=', campaign.id)
    .where('backer_id', '=', backer.id)
    .executeTakeFirst()

async function lock(order_id: string) {
  return await inTransaction(program.deps, (tx) =>
    transitionOrders(tx, campaign.staff, { campaign_id: campaign.id, name: 'lock', selection: { ids: [order_id] } }),
  )
}

const colour = () => `answers.${campaign.questions.colour}`
const credits = () => `answers.${campaign.questions.credits}`
const game = () => `options.${campaign.game_place}`
const expansion = () => `addons.${campaign.addons.expansion}`

const toPortugal = {
  mode: 'draft',
  'address.country': 'PT',
  'address.name': 'Mei-Ling Okonkwo-Fairweather',
  'address.line1': 'Rua das Flores 118',
  'address.postcode': '4050-262',
  'address.city': 'Porto',
}

describe('the link', () => {
  const open = (backer: Row<'backers'>, secret: string) =>
    askPage(program.deps, openLink, { params: { campaign: backer.campaign_id, backer: backer.id, secret } })

  test('leads to the clean address with a cookie of this backer, and changes nothing', async () => {
    const backer = await backerOf()
    const answered = await open(backer, linkSecret(program.deps.linkSecret, backer))
    expect(answered).toMatchObject({ status: 303, location: at(backer) })
    expect(answered.set_cookie[0]).toMatch(
      new RegExp(`^afterfund_pledge_${backer.id}=[^;]+; Path=/; Max-Age=\\d+; HttpOnly; SameSite=Lax$`),
    )
    const after = await program.deps.db.selectFrom('backers').selectAll().where('id', '=', backer.id).executeTakeFirstOrThrow()
    expect(after).toEqual(backer)
    expect(await draftOf(backer)).toBeUndefined()
    expect(await ask(pledgePage, backer, { cookie: answered.cookie })).toMatchObject({
      status: 303,
      location: at(backer, 'start'),
    })
  })

  test('a wrong one, one of another backer and one that was revoked are answered alike', async () => {
    const [anna, ben] = [await backerOf(), await backerOf()]
    const right = linkSecret(program.deps.linkSecret, anna)
    expect((await open(anna, `${right.slice(0, -1)}x`)).status).toBe(404)
    expect((await open(ben, right)).status).toBe(404)
    expect((await open({ ...anna, id: 'nobody' }, right)).status).toBe(404)
    const cookie = cookieOf(anna)
    await inTransaction(program.deps, (tx) => revokeLink(tx, campaign.staff, { campaign_id: campaign.id, backer_id: anna.id }))
    expect((await open(anna, right)).status).toBe(404)
    expect((await ask(pledgePage, anna, { cookie })).status).toBe(404)
  })

  test('two backers in one browser never mix', async () => {
    const [anna, ben] = [await backerOf(), await backerOf()]
    const both = `${cookieOf(anna)}; ${cookieOf(ben)}`
    expect((await ask(pledgePage, ben, { cookie: cookieOf(anna) })).status).toBe(404)
    expect((await ask(pledgePage, anna, { cookie: both })).location).toBe(at(anna, 'start'))
    expect((await ask(pledgePage, ben, { cookie: both })).location).toBe(at(ben, 'start'))
    const astray = await ask(saveStart, anna, { cookie: both, form: { backer: ben.id, country: 'PT' } })
    expect(astray.status).toBe(404)
    expect(await draftOf(anna)).toBeUndefined()
    expect(await draftOf(ben)).toBeUndefined()
  })
})

describe('the steps', () => {
  test('each saves, leads on, and is where one comes back to', async () => {
    const backer = await backerOf()
    expect((await ask(saveStart, backer, { form: { country: 'PT' } })).location).toBe(at(backer, 'questions'))
    const started = await program.deps.db
      .selectFrom('backers')
      .select('survey')
      .where('id', '=', backer.id)
      .executeTakeFirstOrThrow()
    expect(started.survey).toBe('started')
    const choices = { [game()]: campaign.skus.german, [colour()]: 'Blue' }
    expect((await ask(saveQuestions, backer, { form: choices })).location).toBe(at(backer, 'addons'))
    expect((await ask(pledgePage, backer)).location).toBe(at(backer, 'addons'))
    expect((await ask(saveAddons, backer, { form: { [expansion()]: '1', intent: 'total' } })).location).toBe(at(backer, 'addons'))
    expect((await ask(saveAddons, backer, { form: { [expansion()]: '1' } })).location).toBe(at(backer, 'address'))
    expect((await ask(saveAddress, backer, { form: toPortugal })).location).toBe(at(backer, 'payment'))
    const page = await ask(reviewPage, backer)
    // 89.00 + 36.00 + 21.50 + 3.00 shipping - 89.00 - 5.00 paid for shipping
    expect(page.data).toMatchObject({ total: 5550, problems: [], pays: true })
  })

  test('a refused step keeps everything that was typed and saves nothing', async () => {
    const backer = await backerOf()
    const refused = await ask(saveQuestions, backer, { form: { [credits()]: '  Mei-Ling ', [game()]: campaign.skus.german } })
    expect(refused.status).toBe(422)
    expect(refused.data?.problems).toEqual([{ id: colour(), message: 'Answer “Colour of your ship”.' }])
    const typed = refused.data?.typed as { questions: { name: string; value: string }[]; places: { value: string }[] }
    expect(typed.questions.find(({ name }) => name === credits())?.value).toBe('Mei-Ling')
    expect(typed.places[0]?.value).toBe(campaign.skus.german)
    expect(await draftOf(backer)).toBeUndefined()
  })

  test('another country takes the address along; one that is not served is refused in words', async () => {
    const address = captainAnswers(campaign).address
    const backer = await backerOf({ prefill: { address } })
    expect((await ask(saveStart, backer, { form: { country: 'BR' } })).data?.problems).toEqual([
      { id: 'country', message: 'Lanternfish Games does not ship to Brazil. Choose another country, or write to them.' },
    ])
    await ask(saveStart, backer, { form: { country: 'AT' } })
    expect((await draftOf(backer))?.data).toMatchObject({
      country: 'AT',
      address: { country: 'AT', name: address?.name, postcode: '' },
    })
  })

  test('who gets digital things only is asked for no address, who owes nothing for no payment', async () => {
    const backer = await backerOf({ level_id: campaign.levels.pdf, pledge_amount: 900, pledge_minimum: 900, pledge_shipping: 0 })
    expect((await ask(saveAddons, backer, { form: {} })).location).toBe(at(backer, 'review'))
    expect((await ask(addressPage, backer)).location).toBe(at(backer, 'review'))
    const page = await ask(reviewPage, backer)
    expect(page.data).toMatchObject({ page: { names: ['your pledge', 'choices', 'add-ons', 'check'] }, problems: [] })
  })

  test('an unusual address is asked about once and can be used as it is', async () => {
    const backer = await backerOf()
    const form = { ...toPortugal, 'address.postcode': '99' }
    const asked = await ask(saveAddress, backer, { form })
    expect(asked.status).toBe(422)
    expect(asked.data).toMatchObject({ problems: [], typed: { warnings: { postcode: expect.stringContaining('postal code') } } })
    expect((await ask(saveAddress, backer, { form: { ...form, address_accepted: 'yes' } })).status).toBe(303)
    expect((await draftOf(backer))?.data).toMatchObject({ address_accepted: true, address: { postcode: '99' } })
  })

  test('changing the country shows its form and saves nothing', async () => {
    const backer = await backerOf()
    const page = await ask(saveAddress, backer, { form: { ...toPortugal, 'address.country': 'JP', intent: 'country' } })
    expect(page.status).toBe(200)
    const typed = page.data?.typed as { form: { field: string }[]; values: { name: string } }
    expect(typed.form.map(({ field }) => field)).toContain('region')
    expect(typed.values.name).toBe(toPortugal['address.name'])
    expect(await draftOf(backer)).toBeUndefined()
  })

  test('a survey that is not open is explained, not filled in', async () => {
    for (const survey of ['not_sent', 'waiting', 'withdrawn'] as const) {
      const backer = await backerOf({ survey })
      expect((await ask(pledgePage, backer)).data).toMatchObject({ closed: survey })
      expect((await ask(questionsPage, backer)).location).toBe(at(backer))
      expect((await ask(saveStart, backer, { form: { country: 'PT' } })).location).toBe(at(backer))
      expect(await draftOf(backer)).toBeUndefined()
    }
  })
})

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

describe('a lost link', () => {
  const asked = (email: string) => askPage(program.deps, askLink, { params: { campaign: campaign.id }, form: { email } })

  test('is answered alike for known and unknown addresses, and mailed to the known one', async () => {
    const backer = await backerOf({ email: 'lost@example.com' })
    const known = await asked('Lost@Example.com')
    const unknown = await asked('nobody@example.com')
    expect(known.data).toEqual({ problems: [], email: 'Lost@Example.com', sent: true })
    expect(unknown.data).toEqual({ ...known.data, email: 'nobody@example.com' })
    const mails = await program.deps.db.selectFrom('messages').select(['kind', 'backer_id']).where('kind', '=', 'link').execute()
    expect(mails).toEqual([{ kind: 'link', backer_id: backer.id }])
  })

  test('asks for an address, and for a campaign that exists', async () => {
    expect((await asked('nothing')).status).toBe(422)
    expect(
      (await askPage(program.deps, askLink, { params: { campaign: newId() }, form: { email: 'a@example.com' } })).status,
    ).toBe(404)
  })
})
