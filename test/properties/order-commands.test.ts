import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { verifyBooks } from '../../src/domain/verify.ts'
import { useTestProgram } from '../setup/deps.ts'
import { BACKERS, type Command, carryOut, makeWorld, type World } from './order-commands.ts'

/*
 * No sequence of commands breaks the money identity, the chain of events, the phases, or the rules of the database. AFTERFUND_RUNS draws
 * more sequences than the few of `npm test`.
 */

const program = useTestProgram()
const RUNS = Number(process.env.AFTERFUND_RUNS ?? 20)
// The few of `npm test` are the same each time; more are drawn anew.
const seed = process.env.AFTERFUND_RUNS ? {} : { seed: 3 }

const who = fc.nat(BACKERS - 1)
const by = fc.constantFrom('backer', 'staff' as const)
const country = fc.constantFrom('DE', 'DE', 'NP', 'NP', 'AQ' as const)
const whom = fc.oneof(
  { weight: 3, arbitrary: fc.constant('all' as const) },
  { weight: 2, arbitrary: fc.uniqueArray(who, { minLength: 1 }) },
)
const pledge = fc.record({
  bonus: fc.constantFrom(0, 0, 5, 40),
  status: fc.constantFrom('collected', 'collected', 'collected', 'dropped', 'errored', 'canceled' as const),
})
const drawn = <T extends Command['do']>(...names: T[]) => fc.constantFrom(...names)
const command = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: drawn('confirm'), who, by, addons: fc.nat(2), country }) },
  { weight: 1, arbitrary: fc.record({ do: drawn('draft'), who, addons: fc.nat(2) }) },
  { weight: 6, arbitrary: fc.record({ do: drawn('move_house'), who, by, country }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: drawn(
        'lock',
        'lock',
        'nothing_owed',
        'nothing_owed',
        'nothing_owed',
        'finalize_address',
        'finalize_address',
        'finalize_address',
        'ship',
        'ship',
      ),
      whom,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: drawn('cancel'), whom: fc.tuple(who) }) },
  { weight: 4, arbitrary: fc.record({ do: drawn('unlock', 'reopen_address', 'undo_ship'), whom }) },
  { weight: 1, arbitrary: fc.record({ do: drawn('card'), who }) },
  { weight: 2, arbitrary: fc.record({ do: drawn('hold', 'release'), whom }) },
  { weight: 3, arbitrary: fc.record({ do: drawn('settle'), who, part: fc.constantFrom(1, 2 as const) }) },
  { weight: 2, arbitrary: fc.record({ do: drawn('ask_change'), who, country }) },
  { weight: 2, arbitrary: fc.record({ do: drawn('approve', 'approve', 'decline', 'withdraw'), who }) },
  { weight: 2, arbitrary: fc.record({ do: drawn('correct_parcel'), who }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: drawn('notice'),
      kind: fc.constantFrom('lock', 'finalize_address' as const),
      hours: fc.constantFrom(1, 48),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: drawn('move_notice', 'withdraw_notice') }) },
  { weight: 2, arbitrary: fc.record({ do: drawn('hours_pass'), hours: fc.constantFrom(1, 50) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: drawn('report'), pledges: fc.array(pledge, { minLength: BACKERS, maxLength: BACKERS }) }),
  },
) as fc.Arbitrary<Command>

const everybodyConfirms = Array.from(
  { length: BACKERS },
  (_, place): Command => ({ do: 'confirm', who: place, by: 'backer', addons: 0, country: 'DE' }),
)

/** How far along everybody is when the drawn commands begin: drawn from open alone, few would ever ship. */
const all = (name: 'lock' | 'nothing_owed' | 'finalize_address' | 'ship'): Command => ({ do: name, whom: 'all' })
const PAID = [all('lock'), all('nothing_owed')]
const begun = fc.constantFrom([], PAID, [...PAID, all('finalize_address')], [...PAID, all('finalize_address'), all('ship')])

/** Which phase a status belongs to, and from which the commands of this version may come to which. */
const PHASE: Record<string, string> = {
  open: 'survey',
  locked: 'survey',
  paid: 'survey',
  errored: 'survey',
  ready_to_ship: 'shipping',
  shipped: 'shipping',
  canceled: 'closed',
}
const MAY_FOLLOW: Record<string, string[]> = {
  none: ['open'],
  open: ['open', 'locked', 'canceled'],
  locked: ['locked', 'open', 'paid', 'canceled'],
  paid: ['paid', 'open', 'locked', 'ready_to_ship', 'canceled'],
  ready_to_ship: ['ready_to_ship', 'paid', 'shipped', 'canceled'],
  shipped: ['shipped', 'ready_to_ship'],
  canceled: ['canceled'],
}

/** What must hold after every command. */
async function expectWhole(world: World, last: Command): Promise<void> {
  const { db } = world.parts
  const told = JSON.stringify(last)
  expect(await verifyBooks(db, world.parts.clock.now()), told).toEqual([])
  const { rows: orders } = await sql<{
    status: string
    balance_due: number
    locked: boolean
    paid: boolean
    final: boolean
    left: boolean
    parcels: number
    held: number
  }>`select
      o.status, o.balance_due, o.locked_at is not null as locked, o.paid_at is not null as paid,
      o.address_finalized_at is not null as final, o.shipped_at is not null as left,
      (select count(*)::int from shipments s where s.campaign_id = o.campaign_id and s.order_id = o.id and s.state = 'left') as parcels,
      (select coalesce(sum(a.stock_held), 0)::int from order_addons a where a.campaign_id = o.campaign_id and a.order_id = o.id) as held
    from orders o where o.campaign_id = ${world.campaign.id}`.execute(db)
  for (const order of orders) {
    expect(PHASE[order.status], told).toMatch(/survey|shipping|closed/)
    if (order.status === 'open') expect(order, told).toMatchObject({ locked: false, paid: false })
    if (order.status === 'locked') expect(order, told).toMatchObject({ locked: true, paid: false })
    if (order.status === 'paid') expect(order, told).toMatchObject({ locked: true, paid: true })
    if (PHASE[order.status] === 'survey') expect(order, told).toMatchObject({ final: false, left: false, parcels: 0 })
    if (order.status === 'ready_to_ship') expect(order, told).toMatchObject({ paid: true, final: true, left: false, parcels: 0 })
    if (order.status === 'shipped') expect(order, told).toMatchObject({ paid: true, final: true, left: true, parcels: 1 })
    if (order.paid && order.status !== 'canceled') expect(order.balance_due, told).toBeLessThanOrEqual(0)
    if (order.status === 'canceled') expect(order.held, told).toBe(0)
  }
  expect(
    orders.reduce((sum, { held }) => sum + held, 0),
    told,
  ).toBeLessThanOrEqual(2)
}

/** The steps that the events tell are steps of the lifecycle, and only staff, backers and the clock took them. */
async function expectChains(world: World): Promise<void> {
  const { rows } = await sql<{ from_status: string | null; to_status: string; kind: string; actor_kind: string }>`select
      from_status, to_status, kind, actor_kind from events
    where campaign_id = ${world.campaign.id} and order_version is not null`.execute(world.parts.db)
  for (const { from_status, to_status, kind, actor_kind } of rows) {
    expect(MAY_FOLLOW[from_status ?? 'none'], `${kind} by ${actor_kind}`).toContain(to_status)
    if (actor_kind === 'clock') expect(['lock', 'finalize_address', 'left_open_by_notice']).toContain(kind)
    if (actor_kind === 'backer') expect(['complete_survey', 'order_changed', 'address_changed', 'owe_again']).toContain(kind)
  }
}

test(`${RUNS} sequences of commands: the books balance after each command`, { timeout: 60_000 + RUNS * 10_000 }, async () => {
  const reached = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(begun, fc.array(command, { minLength: 14, maxLength: 24 }), async (beginning, drawnCommands) => {
      const world = await makeWorld({ ...program.deps, pool: program.pool })
      for (const each of [...everybodyConfirms, ...beginning, ...drawnCommands]) {
        const before = await sql<{ all: string }>`select string_agg(id || ':' || version, ',' order by id) as all from orders
          where campaign_id = ${world.campaign.id}`.execute(world.parts.db)
        const code = await carryOut(world, each)
        await expectWhole(world, each)
        if (code) {
          const after = await sql<{ all: string }>`select string_agg(id || ':' || version, ',' order by id) as all from orders
            where campaign_id = ${world.campaign.id}`.execute(world.parts.db)
          expect(after.rows, `${code} changes nothing`).toEqual(before.rows)
        }
      }
      await expectChains(world)
      const kinds = await program.deps.db
        .selectFrom('events')
        .select('kind')
        .where('campaign_id', '=', world.campaign.id)
        .execute()
      for (const { kind } of kinds) reached.set(kind, (reached.get(kind) ?? 0) + 1)
    }),
    { numRuns: RUNS, ...seed, endOnFailure: true },
  )
  // A property that never reaches what it speaks of says nothing.
  const meant = [
    'lock',
    'unlock',
    'nothing_owed',
    'cancel',
    'owe_again',
    'settled_outside',
    'pledge_changed',
    'address_changed',
    'finalize_address',
    'reopen_address',
    'ship',
    'undo_ship',
    'change_requested',
    'change_request_answered',
    'shipment_changed',
  ]
  expect(meant.filter((kind) => !reached.has(kind))).toEqual([])
})
