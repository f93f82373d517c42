import { describe, expect, test } from 'vitest'
import { verifyBooks } from '../../src/domain/verify.ts'
import { CARDS } from './card-steps.ts'
import { addressesAreFinal } from './to-shipped/addresses.ts'
import { backersAnswer } from './to-shipped/answers.ts'
import { cardsAreCharged, whoFailedMendsIt } from './to-shipped/charges.ts'
import { parcelsLeave, warehouseGetsLists } from './to-shipped/parcels.ts'
import { everybody, useStory } from './to-shipped/story.ts'

/*
 * The way from surveys with cards to parcels that left, as a script and its backers walk it: over HTTP alone, at the program's own gateway
 * simulator, whose ledger is asked at the end. It begins where kickstarter-to-locked.test.ts has its surveys sent; each chapter goes on
 * where the one before it ended.
 */

const story = useStory()
backersAnswer(story)
cardsAreCharged(story)
whoFailedMendsIt(story)
addressesAreFinal(story)
warehouseGetsLists(story)
parcelsLeave(story)

describe('at the end', () => {
  test('the books balance, and the gateway took of each order what it says, no more and no less', async () => {
    const counts = await story.get('/counts')
    expect(counts.orders).toMatchObject({ shipped: { count: 10 }, ready_to_ship: { count: 0 }, errored: { count: 0 } })
    expect(await verifyBooks(story.world.parts.db, new Date())).toEqual([])
    const charges = await story.world.charges()
    const orders = await Promise.all(everybody.map(story.order))
    for (const { id, captured, money } of orders) {
      const own = charges.filter(({ metadata }) => metadata.afterfund_order === id)
      expect(own.reduce((sum, { amount }) => sum + amount, 0)).toBe(captured)
      expect(money.captured).toBe(captured)
    }
    expect(charges.map(({ amount }) => amount).toSorted((a, b) => a - b)).toEqual([1000, 1000, 1300, 1400, 1800, 10_100])
    expect(new Set(charges.map(({ idempotency_key }) => idempotency_key)).size).toBe(charges.length)
  })

  test('no log has a card number, a link’s secret or a key in it', () => {
    const logged = story.world.program.output()
    for (const card of Object.values(CARDS))
      for (const text of [card, card.replaceAll(' ', '')]) expect(logged).not.toContain(text)
    for (const { link } of everybody.map(story.backer)) expect(logged).not.toContain(link.split('/').at(-1))
    expect(logged).not.toMatch(/sk_test_|af_[A-Za-z0-9]{20}/)
  })
})
