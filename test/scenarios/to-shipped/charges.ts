import { describe, expect, test } from 'vitest'
import type { Visit } from '../../setup/http-world.ts'
import { CARDS, openCardPage, putCard } from '../card-steps.ts'
import { NUMBERS } from '../k5-campaign.ts'
import { problemsOf, wordsOf } from '../sample-steps.ts'
import { perth } from './answers.ts'
import { emailsOf, everybody, type Story } from './story.ts'

const { ADA, MIGUEL, KENJI, ZOE, PAT, LAYLA, JEAN_LUC, LAYLA_M, HUBERT, ADA_AGAIN } = NUMBERS

type Run = { id: string; state: string; orders: Record<string, number>; amounts: Record<string, number> } & Record<
  string,
  unknown
>

/** The run once it is so far; `unknown` orders may still wait for their answer. */
async function runSettled(
  { get }: Story,
  run_id: string,
  until: (run: Run) => boolean = ({ state }) => state === 'done',
): Promise<Run> {
  await expect.poll(async () => until(await get(`/charge-runs/${run_id}`)), { timeout: 30_000, interval: 100 }).toBe(true)
  return await get(`/charge-runs/${run_id}`)
}

/** A run over all that are locked: paid, declined, unknown and settled. */
export function cardsAreCharged(story: Story): void {
  const { world, backer, order, statuses, one, get, post, tried, move, mailsTo, taken, gateway } = story
  let first: Run

  describe('cards are charged', () => {
    test('all are locked; one of them then moves to where shipping costs more, and has no card', async () => {
      expect(await move('lock', { filter: { status: ['open'] } })).toMatchObject({ moved: 10, left: [] })
      const visit = await world.visit(backer(LAYLA_M).link)
      const nepal = { 'address.country': 'NP', 'address.city': 'Kathmandu', 'address.postcode': '44600' }
      const offered = await visit.fill('address', nepal)
      expect(offered.status, problemsOf(offered.html)).toBe(200)
      expect((await visit.fill('address', { ...nepal, agreed_balance: '1800' })).status).toBe(303)
      expect(await order(LAYLA_M)).toMatchObject({ status: 'locked', balance_due: 1800 })
    })

    test('the preview says how many, how much, who cannot be charged and why; it charges nothing', async () => {
      const preview = await post('/charge-runs', { dry_run: true })
      expect(preview).toMatchObject({ total: 10, charge: { orders: 4, amount: 13_400 }, nothing_owed: 5, run: null })
      expect(preview.left).toMatchObject([{ code: 'payment_method_missing', count: 1 }])
      expect(preview.left[0].sample_ids).toEqual((await one(LAYLA_M)).ids)
      expect(await world.charges()).toEqual([])
    })

    test('started as it was looked at, and once: a second start meets the first', async () => {
      const stale = await tried('/charge-runs', { expected: { orders: 4, amount: 13_399 } })
      expect(stale).toMatchObject({ status: 409, body: { code: 'preview_changed' } })
      const started = await post('/charge-runs', { expected: { orders: 4, amount: 13_400 } })
      const second = await tried('/charge-runs', {})
      expect(second).toMatchObject({ status: 409, body: { code: 'charge_run_under_way', run_id: started.run.id } })
      first = await runSettled(story, started.run.id, ({ orders }) => orders.waiting === 0 && orders.charging === 0)
      // Nobody answers any more, until the next test has looked.
      await gateway({ latency_ms: 10_000 })
      expect(first.orders).toMatchObject({ succeeded: 1, declined: 1, unknown: 2, left_out: 1, nothing_owed: 5 })
    })

    test('an answer that never came is unknown, never failed: asked again it is settled, and nothing is taken twice', async () => {
      const { data } = await get('/attempts?state=sent,unknown,created')
      expect(data.map(({ amount }: { amount: number }) => amount).toSorted()).toEqual([1000, 1300])
      expect(await statuses(KENJI, ADA_AGAIN)).toEqual(['locked', 'locked'])
      // The money of one of them was taken already.
      expect(await taken(KENJI)).toEqual([1300])
      const kenji = await world.visit(backer(KENJI).link)
      expect((await kenji.open(kenji.base)).html).toMatch(/No answer yet|is being charged/)
      expect((await tried('/transitions', { name: 'unlock', selection: await one(KENJI) })).body).toMatchObject({
        moved: 0,
        left: [{ code: 'charge_in_progress' }],
      })
      await gateway({ latency_ms: 0 })
      await world.advance('PT2M')
      first = await runSettled(story, first.id)
      expect(first.orders).toMatchObject({ succeeded: 3, declined: 1, unknown: 0, left_out: 1, nothing_owed: 5 })
      expect(first.amounts).toMatchObject({ succeeded: 3300, declined: 10_100 })
      expect(first.failures).toEqual([{ outcome: 'declined', code: 'insufficient_funds', count: 1, amount: 10_100 }])
      expect(first.left).toEqual([{ code: 'payment_method_missing', count: 1, amount: 1800 }])
      expect([await taken(KENJI), await taken(ADA_AGAIN), await taken(ZOE), await taken(PAT)]).toEqual([
        [1300],
        [1000],
        [1000],
        [],
      ])
      expect(await statuses(ADA, MIGUEL, JEAN_LUC, LAYLA, HUBERT, ZOE, KENJI, ADA_AGAIN)).toEqual(Array(8).fill('paid'))
      expect(await statuses(PAT, LAYLA_M)).toEqual(['errored', 'locked'])
      expect(await mailsTo('receipt')).toEqual(emailsOf(story, KENJI, ADA_AGAIN, ZOE))
    })
  })
}

/** What could not be charged is mended by its backers; what is owed again is charged. */
export function whoFailedMendsIt(story: Story): void {
  const { world, backer, order, statuses, get, post, mailTo, taken } = story
  let pat: Visit

  describe('who could not be charged mends it', () => {
    test('the mail says why in words, and that nothing is lost; its link leads to the order', async () => {
      const mail = await mailTo(PAT, 'charge_failed')
      expect(mail.subject).toContain('declined')
      expect(mail.text).toContain('not enough funds')
      expect(mail.text).toContain('your order is safe')
      expect(mail.text).not.toContain('insufficient_funds')
      pat = await world.visit(mail.link)
      const words = wordsOf((await pat.open(pat.base)).html)
      expect(words).toContain('Your bank declined $101.00 It said: not enough funds.')
      expect(words).toContain('Use another card')
      expect(words).toContain('Try Visa ending 0012 again')
    })

    test('another card is charged at once, and once, however often the way back is opened and the button pressed', async () => {
      const page = await openCardPage(pat, 'order')
      const { location } = await page.enter(CARDS.mastercard)
      const ways = await Promise.all([location, location, location].map((path) => pat.open(path)))
      expect(ways.map(({ status }) => status)).toEqual([303, 303, 303])
      expect(ways.map(({ location: to }) => to)).toContain(`${pat.base}?done=charged`)
      await Promise.all([1, 2, 3].map(() => pat.post(`${pat.base}/retry`, { backer: backer(PAT).id })))
      expect(await taken(PAT)).toEqual([10_100])
      expect(await order(PAT)).toMatchObject({
        status: 'paid',
        balance_due: 0,
        captured: 10_100,
        payment_method: { last4: '4444' },
      })
      const words = wordsOf((await pat.open(`${pat.base}?done=charged`)).html)
      expect(words).toContain('$101.00 was charged to Mastercard ending 4444.')
      const { data } = await get(`/orders/${(await order(PAT)).id}/attempts`)
      expect(data.map(({ state }: { state: string }) => state)).toEqual(['succeeded', 'declined'])
      expect((await mailTo(PAT, 'receipt')).text).toContain('Mastercard ending 4444')
    })

    test('who was left out for want of a card is asked for one, and puts it in from the order’s page', async () => {
      expect((await get('/next-actions')).data).toContainEqual(expect.objectContaining({ code: 'ask_payment_method', count: 1 }))
      expect(await post('/surveys/ask-payment-method')).toMatchObject({ moved: 1 })
      const mail = await mailTo(LAYLA_M, 'payment_method_needed')
      expect(mail.text).toContain('Without one it cannot be charged and packed.')
      const visit = await world.visit(mail.link)
      expect(await putCard(visit, CARDS.visa, 'order')).toBe(`${visit.base}?card=saved`)
      expect(await order(LAYLA_M)).toMatchObject({ status: 'locked', balance_due: 1800, payment_method: { last4: '4242' } })
      expect(await taken(LAYLA_M)).toEqual([])
    })

    test('a paid backer moves abroad: agrees to the price, owes again and is told; the next run charges the difference only', async () => {
      const zoe = await world.visit(backer(ZOE).link)
      const typed = { ...perth, 'address.name': 'Zoë Müller', 'address.phone': '' }
      const offered = await zoe.fill('address', typed)
      expect(offered.status, problemsOf(offered.html)).toBe(200)
      expect(await order(ZOE)).toMatchObject({ status: 'paid', country: 'DE' })
      expect((await zoe.fill('address', { ...typed, agreed_balance: '1400' })).status).toBe(303)
      expect(await order(ZOE)).toMatchObject({ status: 'locked', balance_due: 1400, captured: 1000, country: 'AU' })
      const mail = await mailTo(ZOE, 'owe_again')
      expect(mail.text).toContain('$14.00')
      expect(mail.text).toContain('Shipping to the new address costs more')
      const { run } = await post('/charge-runs', { expected: { orders: 2, amount: 3200 } })
      const done = await runSettled(story, run.id)
      expect(done.orders).toMatchObject({ succeeded: 2, declined: 0, left_out: 0, nothing_owed: 0 })
      expect([await taken(ZOE), await taken(LAYLA_M)]).toEqual([[1000, 1400], [1800]])
      expect(await order(ZOE)).toMatchObject({ status: 'paid', balance_due: 0, captured: 2400 })
      expect(await statuses(...everybody)).toEqual(Array(10).fill('paid'))
      const { data: runs } = await get('/charge-runs')
      expect(runs).toMatchObject([
        { id: run.id, total: 2 },
        { state: 'done', total: 10 },
      ])
    })
  })
}
