import type { Actor } from '../shared/actor.ts'
import { DomainError } from '../shared/errors.ts'
import { appendEvent } from '../shared/events.ts'
import type { Tx } from '../shared/tx.ts'
import { beginCatalogueChange, refuseUnknownIds } from './catalogue-parts.ts'
import { findPledgePrices, type MissingPrice, missingPrices, type PledgePrices, type PledgePricesInput } from './pledge-prices.ts'

/**
 * Saves what the pledge paid for; from then on surveys can be sent. Guarantees: a level that is not named takes its proposed price, orders
 * keep the quote they were confirmed with, so that only surveys that are not confirmed yet see the new prices. Refuses: an add-on that
 * somebody pledged for without its price there (`addon_price_missing`), a level with backers and no price (`level_price_missing`), ids
 * this campaign does not have (`unknown`).
 */
export async function savePledgePrices(tx: Tx, actor: Actor, input: PledgePricesInput): Promise<PledgePrices> {
  const { campaign_id } = input
  await beginCatalogueChange(tx, actor, campaign_id)
  await refuseUnknownIds(tx.db, 'levels', campaign_id, Object.keys(input.levels), 'levels')
  await refuseUnknownIds(tx.db, 'addons', campaign_id, Object.keys(input.addons), 'addons')
  const prices = await findPledgePrices(tx.db, actor, campaign_id)
  refuseMissing(missingPrices(prices, input))
  const saved: { levels: Record<string, number>; addons: Record<string, number> } = { levels: {}, addons: {} }
  for (const { id, price, proposed_price } of prices.levels) {
    const value = input.levels[id] ?? price ?? proposed_price
    if (value === null) continue
    saved.levels[id] = value
    await tx.db.updateTable('levels').set({ price: value }).where('campaign_id', '=', campaign_id).where('id', '=', id).execute()
  }
  for (const [id, platform_price] of Object.entries(input.addons)) {
    saved.addons[id] = platform_price
    await tx.db
      .updateTable('addons')
      .set({ platform_price })
      .where('campaign_id', '=', campaign_id)
      .where('id', '=', id)
      .execute()
  }
  await tx.db
    .updateTable('campaigns')
    .set({ bonus_spendable: input.bonus_spendable, prices_saved_at: tx.now, updated_at: tx.now })
    .where('id', '=', campaign_id)
    .execute()
  const data = { ...saved, bonus_spendable: input.bonus_spendable }
  await appendEvent(tx, actor, { campaign_id, kind: 'prices_saved', data })
  return await findPledgePrices(tx.db, actor, campaign_id)
}

function refuseMissing(missing: MissingPrice[]): void {
  for (const kind of ['addon', 'level'] as const) {
    const those = missing.filter((each) => each.kind === kind)
    if (those.length === 0) continue
    const names = those.map(({ name }) => `“${name}”`).join(', ')
    const code = kind === 'addon' ? 'addon_price_missing' : 'level_price_missing'
    const message =
      kind === 'addon'
        ? `Type what these add-ons cost on the platform: ${names}.`
        : `Type what these pledge levels cost: ${names}.`
    const fields = those.map(({ id, name }) => ({ field: `${kind}s.${id}`, code, message: `The price of “${name}” is missing.` }))
    throw new DomainError(code, message, { status: 422, details: { fields, missing: those } })
  }
}
