import { describe, expect, it } from 'vitest'
import {
  answersFinding,
  countriesFinding,
  dayInWords,
  failuresFinding,
  moneyFinding,
  percentText,
  shortDay,
} from './figure-words.ts'

const money = { pledged: 100_000, added: 25_000, collected: 10_000, settled: 0, open: 15_000, credit: 0, canceled_kept: 0 }

describe('the sentence beside each picture', () => {
  it('says how many have answered, when most came, and how it goes lately', () => {
    const days = [
      { day: '2026-11-02', answers: 51, total: 51 },
      { day: '2026-11-16', answers: 9, total: 60 },
      { day: '2026-11-17', answers: 12, total: 72 },
    ]
    const answers = { answered: 72, days, mailings: [], today: '2026-11-23' }
    expect(answersFinding({ asked: 1268, answers })).toBe(
      '72 of 1,268 backers have answered. The most on one day: 51, on 2 November. In the last 7 days: 12.',
    )
    const one = { answered: 1, days: [{ day: '2026-11-23', answers: 1, total: 1 }], mailings: [], today: '2026-11-23' }
    expect(answersFinding({ asked: 1, answers: one })).toBe('1 of 1 backer has answered. All came today.')
    expect(answersFinding({ asked: 5, answers: { answered: 0, days: [], mailings: [], today: '2026-11-23' } })).toBe(
      'Nobody has answered yet.',
    )
  })

  it('says what was added, to the cent', () => {
    expect(moneyFinding(money, 'USD')).toBe(
      'Backers added $250.00 here (25% on top of what the platform took). $100.00 of it is collected, $150.00 is still open.',
    )
    expect(moneyFinding({ ...money, pledged: 0, added: 3, collected: 0, open: 3 }, 'JPY')).toBe(
      'Backers added ¥3 here. ¥0 of it is collected, ¥3 is still open.',
    )
    expect(moneyFinding({ ...money, added: 0, collected: 0, open: 0 }, 'USD')).toBe(
      'Nothing was added to the pledges here so far.',
    )
  })

  it('names what was settled without a card, and credit, where there is some', () => {
    expect(moneyFinding({ ...money, open: 12_000, settled: 3000, credit: 700 }, 'USD')).toBe(
      'Backers added $250.00 here (25% on top of what the platform took). $100.00 of it is collected, $30.00 was paid elsewhere or waived, $120.00 is still open. Credit of backers: $7.00.',
    )
    expect(moneyFinding({ ...money, added: 0, collected: 0, open: 0, credit: 700 }, 'USD')).toBe(
      'Nothing was added to the pledges here so far. Credit of backers: $7.00.',
    )
  })

  it('says where most go', () => {
    expect(
      countriesFinding([
        { country: 'US', orders: 3 },
        { country: 'DE', orders: 2 },
        { country: null, orders: 1 },
      ]),
    ).toBe('Orders go to 2 countries. The most to one: United States, 3 orders, 50% of all.')
    expect(countriesFinding([{ country: null, orders: 1 }])).toBe('No order names a country.')
    expect(countriesFinding([{ country: 'PT', orders: 1 }])).toBe('All orders that name a country go to one: Portugal.')
  })

  it('says what is at stake', () => {
    const by_code = [
      { code: 'insufficient_funds', count: 4, amount: 9000 },
      { code: 'expired_card', count: 1, amount: 1200 },
    ]
    expect(failuresFinding({ orders: 5, amount: 10_200, by_code }, 'USD')).toMatch(
      /^5 orders could not be charged; \$102\.00 is at stake\. Most often: .+, 4 orders\.$/,
    )
    expect(failuresFinding({ orders: 0, amount: 0, by_code: [] }, 'USD')).toMatch(/^No payment has failed/)
  })
})

describe('days and shares', () => {
  it('writes a day of the campaign as it is, with its year where that is another', () => {
    expect(shortDay('2026-11-23', '2026-11-23')).toBe('23 Nov')
    expect(shortDay('2026-11-02', '2026-11-23')).toBe('2 Nov')
    expect(shortDay('2025-11-02', '2026-11-23')).toBe('2 Nov 2025')
    expect(dayInWords('2026-11-02', '2026-11-23')).toBe('2 November')
  })

  it('never calls nearly all all, nor hardly any none', () => {
    expect([percentText(220_000, 220_000), percentText(219_999, 220_000), percentText(1, 220_000), percentText(0, 9)]).toEqual([
      '100%',
      '99.9%',
      '0.1%',
      '0%',
    ])
    expect(percentText(0, 0)).toBe('0%')
  })
})
