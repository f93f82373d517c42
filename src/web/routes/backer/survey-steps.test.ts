import { describe, expect, test } from 'vitest'
import { captainAnswers } from '../../../../test/factories/survey-campaign.ts'
import { askPage } from '../../../../test/setup/ask-page.ts'
import { useTestBackerPages } from '../../../../test/setup/backer-pages.ts'
import type { Row } from '../../../db/types.ts'
import { linkSecret, revokeLink } from '../../../domain/backers/links.ts'
import { inTransaction } from '../../../domain/shared/tx.ts'
import { newId } from '../../../lib/id.ts'
import { action as saveAddons } from './addons.tsx'
import { loader as addressPage, action as saveAddress } from './address.tsx'
import { loader as openLink } from './link.tsx'
import { action as askLink } from './lost-link.tsx'
import { loader as pledgePage } from './pledge.tsx'
import { loader as questionsPage, action as saveQuestions } from './questions.tsx'
import { loader as reviewPage } from './review.tsx'
import { action as saveStart } from './start.tsx'

const { program, campaign, backerOf, cookieOf, ask, at, draftOf, colour, credits, game, expansion, toPortugal } =
  useTestBackerPages()

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
