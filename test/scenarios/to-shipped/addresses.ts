import { describe, expect, test } from 'vitest'
import { NUMBERS } from '../k5-campaign.ts'
import { problemsOf, wordsOf } from '../sample-steps.ts'
import { perth } from './answers.ts'
import { emailsOf, everybody, type Story } from './story.ts'

const { ADA, MIGUEL, KENJI, ZOE, PAT, LAYLA, JEAN_LUC, LAYLA_M, HUBERT, ADA_AGAIN } = NUMBERS

interface Choice {
  sku_id: string
  code: string
  stock_on_hand: number | null
  paid_orders: number
}

/** Addresses are made final: some first, then the rest, then the one that was wrong. */
export function addressesAreFinal(story: Story): void {
  const { world, backer, order, statuses, one, get, post, put, move, mailsTo, mailTo } = story
  describe('addresses are made final', () => {
    /** what only the base game is */
    let game: Choice

    test('first the orders that contain only what lies in the warehouse: the preview is what happens', async () => {
      const { data } = (await get('/finalize/choices')) as { data: Choice[] }
      game = data.find(({ code }) => code === 'GAME-EN') as Choice
      expect(game).toMatchObject({ stock_on_hand: null, paid_orders: 8 })
      expect((await put('/stock', { skus: { [game.sku_id]: 4 } })).body).toEqual({ changed: 1 })
      expect((await get('/finalize/choices')).data).toContainEqual(expect.objectContaining({ code: 'GAME-EN', stock_on_hand: 4 }))
      const only = { filter: { status: ['paid'], only_sku: [game.sku_id] } }
      const preview = await move('finalize_address', only, { dry_run: true })
      expect(preview).toMatchObject({ state: 'preview', total: 3, moved: 3, left: [] })
      const done = await move('finalize_address', only)
      expect(done).toMatchObject({ state: 'done', total: 3, moved: 3 })
      expect(await statuses(ADA, KENJI, LAYLA)).toEqual(Array(3).fill('ready_to_ship'))
      expect(await statuses(MIGUEL, ZOE, PAT, JEAN_LUC, LAYLA_M, HUBERT, ADA_AGAIN)).toEqual(Array(7).fill('paid'))
      const { data: listed } = await get(`/orders?operation=${done.operation}`)
      expect(listed.map(({ id }: { id: string }) => id).toSorted()).toEqual((await one(ADA, KENJI, LAYLA)).ids.toSorted())
    })

    test('then the rest: who has an address that looks wrong stays behind, and is asked once', async () => {
      const paid = { filter: { status: ['paid'] } }
      const done = await move('finalize_address', paid)
      expect(done).toMatchObject({ total: 7, moved: 6, left: [{ code: 'address_invalid', count: 1 }] })
      expect(done.left[0].sample_ids).toEqual((await one(HUBERT)).ids)
      expect(await move('finalize_address', paid)).toMatchObject({ moved: 0, left: [{ code: 'address_invalid' }] })
      const mail = await mailTo(HUBERT, 'address_invalid')
      expect(await mailsTo('address_invalid')).toEqual(emailsOf(story, HUBERT))
      const hubert = await world.visit(mail.link)
      expect(wordsOf((await hubert.open(hubert.base)).html)).toMatch(/check/i)
      const unread = await hubert.fill('address')
      expect(unread.status).toBe(422)
      expect((await hubert.fill('address', { 'address.postcode': '19104' })).status).toBe(303)
      expect(await order(HUBERT)).toMatchObject({ status: 'paid', address_warning: false, address: { postcode: '19104' } })
      expect(await move('finalize_address', paid)).toMatchObject({ moved: 1, left: [] })
      expect(await statuses(...everybody)).toEqual(Array(10).fill('ready_to_ship'))
    })

    test('one reopened: unusual and right as it is, says its backer, and it is final again', async () => {
      expect(await move('reopen_address', await one(ADA))).toMatchObject({ moved: 1 })
      const ada = await world.visit(backer(ADA).link)
      const odd = { 'address.postcode': '99999' }
      const asked = await ada.fill('address', odd)
      expect(asked.status).toBe(422)
      expect(wordsOf(asked.html)).toContain('tick Use it as it is at the end if it is right')
      expect((await ada.fill('address', { ...odd, address_accepted: 'yes' })).status).toBe(303)
      expect(await order(ADA)).toMatchObject({ status: 'paid', address_warning: false, address: { postcode: '99999' } })
      expect(await move('finalize_address', await one(ADA))).toMatchObject({ moved: 1, left: [] })
    })

    test('once it is final, a backer asks; staff approve, and it stays ready', async () => {
      const kenji = await world.visit(backer(KENJI).link)
      const closed = await kenji.post(`${kenji.base}/address`, {
        backer: backer(KENJI).id,
        mode: 'order',
        version: '1',
        ...perth,
      })
      expect(closed.status).toBe(409)
      const moved = { 'address.line1': '9 Harbour Road', note: 'We moved next door' }
      const asked = await kenji.fill('change-request', moved)
      expect(asked.status, problemsOf(asked.html)).toBe(303)
      expect(await order(KENJI)).toMatchObject({ status: 'ready_to_ship', address: { line1: '7 Harbour Road' } })
      const { data } = await get('/change-requests?state=open')
      expect(data).toMatchObject([{ note: 'We moved next door', address: { line1: '9 Harbour Road' }, agreed_balance: 0 }])
      expect(await post(`/change-requests/${data[0].id}/approve`, { answer: 'Done' })).toMatchObject({ state: 'approved' })
      expect(await order(KENJI)).toMatchObject({ status: 'ready_to_ship', address: { line1: '9 Harbour Road' } })
      expect((await mailTo(KENJI, 'change_request_answered')).text).toContain('Done')
    })
  })
}
