import { expect, test } from 'vitest'
import type { LifecycleCounts } from './counts.ts'
import { ORDER_STATUSES, type OrderStatus, SURVEY_STATES } from './lifecycle.ts'
import { type ActionFacts, NEXT_ACTIONS, nextActions } from './next-actions.ts'
import { campaignWay, type WayCode } from './way.ts'

type Some = { surveys?: Partial<LifecycleCounts['surveys']>; orders?: Partial<Record<OrderStatus, number>> }

function factsOf({ surveys = {}, orders = {} }: Some, more: Partial<ActionFacts> = {}): ActionFacts {
  const stages = {
    surveys: { ...(Object.fromEntries(SURVEY_STATES.map((state) => [state, 0])) as LifecycleCounts['surveys']), ...surveys },
    orders: Object.fromEntries(
      ORDER_STATUSES.map((status) => [status, { count: orders[status] ?? 0, owed: 0, credit: 0, on_hold: 0 }]),
    ) as LifecycleCounts['orders'],
    lock: { can: 0, left: [], payment_method_missing: 0, on_hold: 0 },
  }
  return {
    counts: stages,
    prices_saved: true,
    owe_nothing: 0,
    charge: { orders: 0, amount: 0, left: [] },
    finalize: { moved: 0, left: [] },
    requests: 0,
    run_under_way: false,
    setup: { regions: 2, hidden_addons: 0, mailed_at: null, is_past_deadline: false, handed_over: false, untold_parcels: 0 },
    now: new Date('2026-03-10T12:00:00Z'),
    ...more,
  }
}

function statesOf(facts: ActionFacts, charging = true): { done: WayCode[]; now: WayCode | undefined } {
  const way = campaignWay(facts, nextActions(facts)[0]?.code ?? null, charging)
  return {
    done: way.filter(({ state }) => state === 'done').map(({ code }) => code),
    now: way.find(({ state }) => state === 'now')?.code,
  }
}

test('a new campaign starts with its report, and ticks what is done', () => {
  const bare = { setup: { ...factsOf({}).setup, regions: 0, hidden_addons: 2 } }
  expect(statesOf(factsOf({}, { ...bare, prices_saved: false }))).toEqual({ done: ['payments'], now: 'import' })
  const imported = factsOf({ surveys: { not_sent: 9 } }, { ...bare, prices_saved: false })
  expect(statesOf(imported)).toEqual({ done: ['import', 'payments'], now: 'prices' })
  expect(statesOf({ ...imported, prices_saved: true })).toEqual({ done: ['import', 'prices', 'payments'], now: 'catalogue' })
  const set = factsOf({ surveys: { not_sent: 9 } })
  expect(statesOf(set, false)).toEqual({ done: ['import', 'prices', 'catalogue', 'shipping'], now: 'survey_few' })
})

test('sending to a few comes before sending to all, and answers are counted', () => {
  const few = factsOf({ surveys: { not_sent: 90, sent: 8, completed: 2 }, orders: { open: 2 } })
  expect(statesOf(few).now).toBe('survey_all')
  const way = campaignWay(few, 'send_surveys', true)
  expect(way.find(({ code }) => code === 'survey_all')).toMatchObject({ done: 10, of: 100 })
  expect(way.find(({ code }) => code === 'answers')).toMatchObject({ done: 2, of: 10, state: 'later' })
})

test('at the end every step is ticked and none is next', () => {
  const end = factsOf({ surveys: { completed: 12 }, orders: { shipped: 11, canceled: 1 } })
  const way = campaignWay(end, null, true)
  expect(way.map(({ state }) => state)).toEqual(way.map(() => 'done'))
})

test('every action belongs to a step', () => {
  const end = factsOf({ surveys: { completed: 12 }, orders: { shipped: 12 } })
  for (const code of NEXT_ACTIONS) {
    expect(campaignWay(end, code, true).filter(({ state }) => state === 'now')).toHaveLength(1)
  }
})
