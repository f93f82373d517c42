import { describe, expect, test } from 'vitest'
import { CARDS, openCardPage, putCard } from '../card-steps.ts'
import { dubai, NUMBERS } from '../k5-campaign.ts'
import { answerByPages } from '../sample-steps.ts'
import { everybody, type Story } from './story.ts'

const { ADA, MIGUEL, KENJI, ZOE, PAT, LAYLA, JEAN_LUC, LAYLA_M, HUBERT, ADA_AGAIN } = NUMBERS

/** What a spreadsheet would run, in a field that goes to the warehouse. */
export const FORMULA = '=HYPERLINK("http://example.com")'

export const perth = {
  'address.name': 'Kenji Tanaka',
  'address.line1': '7 Harbour Road',
  'address.city': 'Perth',
  'address.region': 'WA',
  'address.postcode': '6000',
  'address.country': 'AU',
}

/** Surveys are answered, and cards left on the hosted page. */
export function backersAnswer(story: Story): void {
  const { world, backer, order, statuses, get, tried } = story
  const choices = () => ({
    questions: { [`options.level:${story.made.game}`]: story.made.english, [`answers.${story.made.sleeves}`]: 'Blue' },
  })
  const dice = () => ({ ...choices(), addons: { [`addons.${story.made.dice}`]: '1' } })
  describe('backers answer, and leave a card', () => {
    test('on the hosted page under our own address: a plain decline is said there, a good card is on file afterwards', async () => {
      const zoe = await world.visit(backer(ZOE).link)
      const confirmed = await answerByPages(zoe, dice(), async () => {
        const asked = await zoe.open(`${zoe.base}/payment`)
        expect(asked.html).toContain('By adding a card you allow')
        const page = await openCardPage(zoe, 'survey')
        expect(page.url).toMatch(new RegExp(`^${world.url}/gateway/checkout/cs_test_\\w+$`))
        const refused = await page.enter(CARDS.refused)
        expect(refused.status).toBe(422)
        expect(refused.html).toContain('was not saved')
        const entered = await page.enter(CARDS.visa)
        expect(entered.location).toMatch(new RegExp(`^${world.url}${zoe.base}/card/return\\?session=cs_test_`))
        // An id that is not the one that was stored says nothing.
        const foreign = await zoe.open(`${zoe.base}/card/return?session=cs_test_somebodys`)
        expect(foreign.location).not.toContain('saved')
        const back = await zoe.open(entered.location)
        expect(back.location).toBe(`${zoe.base}/payment?card=saved`)
        expect((await zoe.open(back.location)).html).toContain('Visa ending 4242')
      })
      expect((await zoe.open(confirmed)).html).toContain('Visa ending 4242')
      expect(await order(ZOE)).toMatchObject({
        status: 'open',
        balance_due: 1000,
        payment_method: { last4: '4242', is_usable: true },
      })
    })

    test('a tab that was closed on the hosted page loses nothing', async () => {
      const kenji = await world.visit(backer(KENJI).link)
      await answerByPages(kenji, { ...choices(), address: perth }, async () => {
        const page = await openCardPage(kenji, 'survey')
        expect((await page.enter(CARDS.times_out_and_pays)).status).toBe(303)
      })
      await world.advance('PT11M')
      expect(await order(KENJI)).toMatchObject({ balance_due: 1300, payment_method: { last4: '0210' } })
      expect((await get(`/backers/${backer(KENJI).id}/payment-method`)).payment_method).toMatchObject({ state: 'usable' })
    })

    test('the others: one whose bank will decline, one whose answer will be lost, and those who owe nothing and are asked for none', async () => {
      const pat = await world.visit(backer(PAT).link)
      await answerByPages(pat, choices(), () => putCard(pat, CARDS.no_funds, 'survey'))
      const again = await world.visit(backer(ADA_AGAIN).link)
      const dublin = {
        'address.name': 'Ada Byrne',
        'address.line1': '12 Sample Street',
        'address.city': 'Dublin',
        'address.postcode': 'D02 AF30',
      }
      await answerByPages(again, { ...dice(), address: { ...dublin, 'address.country': 'IE' } }, () =>
        putCard(again, CARDS.times_out_first, 'survey'),
      )
      for (const number of [ADA, MIGUEL]) {
        const visit = await world.visit(backer(number).link)
        await answerByPages(visit, choices(), () => Promise.reject(new Error('nothing is owed')))
      }
      const confirm = (number: number, data: object) =>
        tried(`/backers/${backer(number).id}/survey/confirm`, {
          data: {
            options: { [`level:${story.made.game}`]: story.made.english },
            answers: { [story.made.sleeves]: 'Green' },
            ...data,
          },
        })
      expect((await confirm(JEAN_LUC, { options: {} })).body).toMatchObject({ balance_due: -100, ships: false })
      expect((await confirm(LAYLA, { address: { ...dubai, delivery_notes: FORMULA } })).body).toMatchObject({ balance_due: 0 })
      expect((await confirm(LAYLA_M, { address: dubai })).body).toMatchObject({ balance_due: 0 })
      // A postcode that is not like any of its country's; nobody says that it is right.
      const unusual = { name: 'Hubert B.', line1: '4500 Imaginary Boulevard', city: 'Philadelphia', region: 'PA', country: 'US' }
      const hubert = await confirm(HUBERT, { address: { ...unusual, postcode: '1910', phone: '+1 215 555 0110' } })
      expect(hubert.body).toMatchObject({ balance_due: 0, address_warning: true })
      expect(await statuses(...everybody)).toEqual(Array(10).fill('open'))
    })
  })
}
