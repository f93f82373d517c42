import type { Catalog } from '../domain/catalog/load-catalog.ts'
import { ORDER_STATUSES, STATUS, SURVEY_LABEL, SURVEY_STATES } from '../domain/orders/lifecycle.ts'
import { countriesByName } from '../lib/countries.ts'
import type { FilterKey } from './components/filter-terms.ts'

/** What the filter field knows of this campaign, with the values to choose from. */
export function filterKeys(catalog: Catalog): FilterKey[] {
  const named = (rows: { id: string; name: string }[]) => rows.map(({ id, name }) => ({ value: id, label: name }))
  const skus = catalog.items.flatMap((item) =>
    item.skus.map(({ id, code, option_name }) => ({
      value: id,
      label: [code, item.name, option_name].filter(Boolean).join(' · '),
      short: code,
    })),
  )
  return [
    { key: 'status', values: ORDER_STATUSES.map((value) => ({ value, label: STATUS[value].label })) },
    { key: 'survey', values: SURVEY_STATES.map((value) => ({ value, label: SURVEY_LABEL[value] })) },
    { key: 'level', values: [...named(catalog.levels), { value: 'none', label: 'No reward' }] },
    { key: 'country', values: [...countriesByName(), { value: 'none', label: 'No country' }] },
    { key: 'sku', label: 'SKU', values: skus },
    { key: 'only_sku', label: 'only', values: skus },
    { key: 'addon', label: 'add-on', values: named(catalog.addons) },
    { key: 'hold', label: 'on hold', values: yesNo() },
    {
      key: 'payment_method',
      label: 'payment method',
      values: [
        { value: 'missing', label: 'Missing' },
        { value: 'usable', label: 'On file' },
      ],
    },
    {
      key: 'balance',
      values: [
        { value: 'owed', label: 'Owed' },
        { value: 'zero', label: 'Nothing owed' },
        { value: 'credit', label: 'Credit' },
      ],
    },
    {
      key: 'address',
      values: [
        { value: 'invalid', label: 'Does not pass' },
        { value: 'valid', label: 'Passes' },
      ],
    },
    {
      key: 'mail',
      values: [
        { value: 'ok', label: 'Reaches them' },
        { value: 'relay', label: 'Relay address' },
        { value: 'bounced', label: 'Bounced' },
      ],
    },
    {
      key: 'failure',
      label: 'charge failed with',
      hint: 'the bank’s code: insufficient_funds, expired_card, …; or soft, needs_backer, hard',
    },
    { key: 'remind_on', label: 'named a day to pay', values: yesNo() },
    { key: 'pledge', label: 'pledged status', hint: 'as the report says it: collected, dropped, …' },
    { key: 'has_order', label: 'has an order', values: yesNo() },
    { key: 'answered', label: 'answered on', hint: 'a day: 2026-11-23' },
    { key: 'operation', label: 'part of operation' },
    { key: 'notice', label: 'named by notice' },
  ]
}

function yesNo() {
  return [
    { value: 'yes', label: 'Yes' },
    { value: 'no', label: 'No' },
  ]
}
