import { type CatalogAddon, loadCatalog } from '../../../domain/catalog/load-catalog.ts'
import { whyItemsStay } from '../../../domain/orders/change-items.ts'
import { findOrder, type WholeOrder } from '../../../domain/orders/queries.ts'
import { type PaidChange, type PaidChangePreview, previewPaidChange } from '../../../domain/refunds/change-paid.ts'
import { cardText } from '../../../lib/card-text.ts'
import { readMoneyField } from '../../money-field.server.ts'
import { orRefusalPage } from '../../session.server.ts'
import type { requireCampaign } from './session.server.ts'

type Desk = Awaited<ReturnType<typeof requireCampaign>>

/** What becomes of the money that is left over. `all`: everything goes back, so that the order can be unlocked. */
export const MONEY_WAYS = ['card', 'outside', 'keep', 'all'] as const
export type MoneyWay = (typeof MONEY_WAYS)[number]

export interface AddonField {
  name: string
  label: string
  price: number
  quantity: string
  before: number
}

/** The form as it stands: what is in the order, or what was typed. */
export interface RefundForm {
  addons: AddonField[]
  amount_off: string
  money: MoneyWay
  amount: string
  reason: string
}

/** The order with what can be given back of it, and the form as it starts. */
export async function openRefund(desk: Desk, order_id: string) {
  const { deps, actor, campaign } = desk
  const order = await orRefusalPage(findOrder(deps.db, { campaign_id: campaign.id }, order_id, desk.now))
  const nothing = { campaign_id: campaign.id, order_id, addons: {}, amount_off: 0, to_card: 0, outside: 0 }
  const now = await previewPaidChange(deps.db, actor, nothing)
  const stays = whyItemsStay(order.status)
  const addons = stays ? [] : addonFields((await loadCatalog(deps.db, campaign.id)).addons, await quantitiesOf(desk, order_id))
  const start: RefundForm = { addons, amount_off: '', money: now.rest > 0 ? 'card' : 'keep', amount: '', reason: '' }
  return { order, now, stays, start }
}

async function quantitiesOf({ deps, campaign }: Desk, order_id: string): Promise<Map<string, number>> {
  const rows = await deps.db
    .selectFrom('order_addons')
    .select(['addon_id', 'quantity'])
    .where('campaign_id', '=', campaign.id)
    .where('order_id', '=', order_id)
    .execute()
  return new Map(rows.map(({ addon_id, quantity }) => [addon_id, quantity]))
}

/** What is in the order, and what can be put in without choosing an option. */
function addonFields(addons: readonly CatalogAddon[], quantities: ReadonlyMap<string, number>): AddonField[] {
  const needsNoChoice = ({ contents }: CatalogAddon) => contents.every(({ item }) => item.skus.length === 1)
  return addons
    .filter((addon) => quantities.has(addon.id) || (addon.offered && needsNoChoice(addon)))
    .map(({ id, name, price }) => {
      const before = quantities.get(id) ?? 0
      return { name: `addons.${id}`, label: name, price, quantity: String(before), before }
    })
}

/** What was typed, as a step; what it cannot be stands beside its field. */
export function readRefund(
  fields: Record<string, string>,
  { order, now, start }: Awaited<ReturnType<typeof openRefund>>,
): { form: RefundForm; ask: (owed: number) => Omit<PaidChange, 'campaign_id' | 'order_id'>; errors: Record<string, string[]> } {
  const errors: Record<string, string[]> = {}
  const addons = start.addons.map((field) => ({ ...field, quantity: fields[field.name] ?? field.quantity }))
  for (const { name, quantity } of addons) {
    if (!/^\d{1,3}$/.test(quantity.trim())) errors[name] = ['Enter a whole number up to 999.']
  }
  const off = readMoneyField(fields.amount_off, order.currency)
  const typed = readMoneyField(fields.amount, order.currency)
  if (off.problem) errors.amount_off = [off.problem]
  if (typed.problem) errors.amount = [typed.problem]
  const money = MONEY_WAYS.find((way) => way === fields.money) ?? 'keep'
  const form = { addons, money, amount_off: fields.amount_off ?? '', amount: fields.amount ?? '', reason: fields.reason ?? '' }
  const changed = addons.filter(({ quantity, before }) => Number(quantity) !== before)
  const parts = {
    addons: Object.fromEntries(changed.map(({ name, quantity }) => [name.slice('addons.'.length), Number(quantity)])),
    amount_off: off.minor ?? 0,
  }
  return { form, errors, ask: (owed) => ({ ...parts, ...moneyOf(money, typed.minor, { owed, order, rest: now.rest }) }) }
}

/** Nothing typed means all of it: the credit, or of a canceled order what is left of the charges. */
function moneyOf(
  money: MoneyWay,
  typed: number | null,
  { owed, order, rest }: { owed: number; order: WholeOrder; rest: number },
): Pick<PaidChange, 'to_card' | 'outside' | 'owes_again'> {
  if (money === 'all') return { to_card: rest, outside: 0, owes_again: true }
  if (money === 'keep') return { to_card: 0, outside: 0 }
  const isOver = order.status === 'canceled'
  const credit = isOver ? order.captured - order.refunded : Math.max(0, -owed)
  if (money === 'card') return { to_card: typed ?? Math.min(rest, credit), outside: 0 }
  return { to_card: 0, outside: typed ?? credit }
}

/** Every figure of the step that was asked for, worked out twice: what it leaves tells what "all of it" is. */
export async function workOut(
  { deps, actor, campaign }: Desk,
  order_id: string,
  read: ReturnType<typeof readRefund>,
): Promise<{ change: PaidChange; preview: PaidChangePreview }> {
  const key = { campaign_id: campaign.id, order_id }
  const bare = { ...key, ...read.ask(0), to_card: 0, outside: 0 }
  const { balance_after } = await previewPaidChange(deps.db, actor, bare)
  const change = { ...key, ...read.ask(balance_after) }
  return { change, preview: await previewPaidChange(deps.db, actor, change) }
}

/** What a preview showed, in one word: another one is shown again before anything is done. */
export function markOf({ version, items, amount_off, to_card, outside, balance_after }: PaidChangePreview): string {
  return [version, items, amount_off, to_card, outside, balance_after].join('.')
}

/** A preview as the page shows it. */
export function shownPreview(preview: PaidChangePreview) {
  const { payments, problems, ...figures } = preview
  const cards = [...new Set(payments.filter(({ rest }) => rest > 0).map(({ card }) => cardText(card)))]
  return { ...figures, cards, mark: markOf(preview) }
}

/** The fields that a problem of the step belongs to. */
export function problemFields({ problems }: Pick<PaidChangePreview, 'problems'>): Record<string, string[]> {
  const field = (name: string) => (name === 'to_card' || name === 'outside' ? 'amount' : name)
  return Object.fromEntries(problems.map((each) => [field(each.field), [each.message]]))
}
