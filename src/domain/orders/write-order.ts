import { sql } from 'kysely'
import type { LedgerAccount } from '../../db/tables/orders.ts'
import { DomainError } from '../shared/errors.ts'
import type { BackerKey, OrderKey } from '../shared/keys.ts'
import type { Tx } from '../shared/tx.ts'
import type { Composition, NewLine } from './order-facts.ts'
import type { Quote } from './price-order.ts'

/** Parts that every change of an order writes in the same way. All of them run after the order's row was updated under its version. */

/** Minor units by account of the ledger; what is not named is 0. */
export type LedgerAmounts = Partial<Record<LedgerAccount, number>>

/** What stands in the ledger for an order, by account. */
export async function ledgerSums(tx: Tx, key: OrderKey): Promise<LedgerAmounts> {
  const rows = await tx.db
    .selectFrom('ledger_entries')
    .select(['account', (eb) => eb.fn.sum<number>('amount').as('amount')])
    .where('campaign_id', '=', key.campaign_id)
    .where('order_id', '=', key.order_id)
    .groupBy('account')
    .execute()
  return Object.fromEntries(rows.map((row) => [row.account, Number(row.amount)]))
}

/** Keeps the backer's copy of where their order goes; their pledge's country where nothing ships. */
export async function copyCountry(tx: Tx, { campaign_id, backer_id }: BackerKey, country: string | null): Promise<void> {
  await sql`update backers set country = coalesce(${country}, nullif(pledge_country, ''))
    where campaign_id = ${campaign_id} and id = ${backer_id}`.execute(tx.db)
}

/** The ledger's terms of a quote. Charges to the backer are negative on their own account and positive on `owed`. */
export function quoteTerms(quote: Quote): LedgerAmounts {
  return {
    goods: -quote.goods,
    shipping: -quote.shipping,
    tax: -quote.tax,
    surcharge: -quote.surcharge,
    pledged: quote.pledged,
  }
}

const QUOTED: LedgerAccount[] = ['goods', 'shipping', 'tax', 'surcharge', 'pledged']

/** The difference that brings the ledger from what it says to what the quote says; `owed` balances it to zero. */
export function quoteDifference(before: LedgerAmounts, quote: Quote): LedgerAmounts {
  const terms = quoteTerms(quote)
  const difference: LedgerAmounts = {}
  for (const account of QUOTED) {
    const amount = (terms[account] ?? 0) - (before[account] ?? 0)
    if (amount !== 0) difference[account] = amount
  }
  return balanced(difference)
}

/** Adds the `owed` entry that makes a ledger transaction sum to zero. */
export function balanced(entries: LedgerAmounts): LedgerAmounts {
  const rest = Object.values(entries).reduce((sum, amount) => sum + amount, 0)
  return rest === 0 ? entries : { ...entries, owed: -rest }
}

/** Appends one ledger transaction: one version of one order. Refuses one that does not sum to zero. */
export async function writeLedger(
  tx: Tx,
  key: OrderKey & { order_version: number; currency: string; reason: string },
  entries: LedgerAmounts,
): Promise<void> {
  const rows = Object.entries(entries).filter(([, amount]) => amount !== 0) as [LedgerAccount, number][]
  if (rows.reduce((sum, [, amount]) => sum + amount, 0) !== 0) throw new Error('A ledger transaction must sum to zero')
  if (rows.length === 0) return
  await tx.db
    .insertInto('ledger_entries')
    .values(rows.map(([account, amount]) => ({ ...key, account, amount, at: tx.now })))
    .execute()
}

/** Replaces an order's lines and add-ons; order_addons keep what stock they hold. */
export async function writeLines(tx: Tx, key: OrderKey, lines: NewLine[], addons: Composition['addons']): Promise<void> {
  for (const table of ['order_lines', 'order_addons'] as const) {
    await tx.db.deleteFrom(table).where('campaign_id', '=', key.campaign_id).where('order_id', '=', key.order_id).execute()
  }
  if (lines.length > 0) {
    await tx.db
      .insertInto('order_lines')
      .values(lines.map((line, position) => ({ ...key, position, ...line })))
      .execute()
  }
  if (addons.length > 0) {
    await tx.db
      .insertInto('order_addons')
      .values(addons.map((addon) => ({ ...key, ...addon, stock_held: addon.quantity - addon.pledged })))
      .execute()
  }
}

/** What an order holds of each add-on now. */
export async function findHeldStock(tx: Tx, key: OrderKey): Promise<{ addon_id: string; stock_held: number }[]> {
  return await tx.db
    .selectFrom('order_addons')
    .select(['addon_id', 'stock_held'])
    .where('campaign_id', '=', key.campaign_id)
    .where('order_id', '=', key.order_id)
    .execute()
}

/**
 * Holds or gives back stock: the check and the write are one statement for each add-on, in id order. Refuses with `out_of_stock`,
 * naming what is left; the transaction then rolls back as a whole. Comes last in it: all who buy an add-on meet at its row, and the next of
 * them waits until this transaction is over.
 */
export async function holdStock(
  tx: Tx,
  campaign_id: string,
  change: { before: Awaited<ReturnType<typeof findHeldStock>>; addons: Composition['addons'] },
): Promise<void> {
  const wanted = new Map(change.before.map((row) => [row.addon_id, -row.stock_held]))
  for (const { addon_id, quantity, pledged } of change.addons) {
    wanted.set(addon_id, (wanted.get(addon_id) ?? 0) + quantity - pledged)
  }
  for (const [addon_id, delta] of [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (delta === 0) continue
    const held = await takeStockStatement({ campaign_id, addon_id, delta }).execute(tx.db)
    if (Number(held.numAffectedRows ?? 0) === 0) throw await outOfStock(tx, campaign_id, addon_id, delta)
  }
}

/** Stock check and stock write as one statement: no row is touched when there is not enough. */
export function takeStockStatement(input: { campaign_id: string; addon_id: string; delta: number }) {
  return sql`update addons set held = held + ${input.delta}
    where campaign_id = ${input.campaign_id} and id = ${input.addon_id}
      and (${input.delta} <= 0 or stock is null or held + ${input.delta} <= stock)`
}

async function outOfStock(tx: Tx, campaign_id: string, addon_id: string, wanted: number): Promise<DomainError> {
  const addon = await tx.db
    .selectFrom('addons')
    .select(['name', 'stock', 'held'])
    .where('campaign_id', '=', campaign_id)
    .where('id', '=', addon_id)
    .executeTakeFirst()
  const left = Math.max(0, (addon?.stock ?? 0) - (addon?.held ?? 0))
  const name = addon?.name ?? 'This add-on'
  const message = left === 0 ? `${name} is sold out.` : `Only ${left} of ${name} left.`
  return new DomainError('out_of_stock', message, {
    status: 409,
    details: { addon_id, wanted, left, fields: [{ field: `addons.${addon_id}`, code: 'out_of_stock', message }] },
  })
}
