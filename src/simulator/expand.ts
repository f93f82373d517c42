import { invalidRequest } from './refusals.ts'
import { showCharge } from './resources/charges.ts'
import { showPayment } from './resources/show-payment.ts'
import type { Kind, StoredCard, StoredCharge, StoredPayment } from './store.ts'
import { find, type Work } from './work.ts'

const expandable: Record<string, Kind> = {
  charge: 'charge',
  customer: 'customer',
  latest_charge: 'charge',
  payment_intent: 'payment_intent',
  payment_method: 'payment_method',
  setup_intent: 'setup_intent',
}

/** Puts objects in the place of ids, as `expand` asks: `setup_intent.payment_method`, or `data.customer` in a list. */
export function expandAnswer(work: Work, answer: object, expand: unknown): object {
  if (expand === undefined) return answer
  const paths = Array.isArray(expand) ? expand : [expand]
  return paths.reduce<object>((at, path) => expandPath(work, at, String(path).split('.')), answer)
}

function expandPath(work: Work, object: object, path: string[]): object {
  const [name, ...rest] = path
  if (name === undefined) return object
  const record = object as Record<string, unknown>
  if (name === 'data' && Array.isArray(record.data)) {
    return { ...record, data: record.data.map((entry: object) => expandPath(work, entry, rest)) }
  }
  const kind = expandable[name]
  if (!kind || !(name in record)) {
    throw invalidRequest(`This property cannot be expanded (${name}). (Or the simulator does not expand it.)`, {
      param: 'expand',
    })
  }
  const value = typeof record[name] === 'string' ? lookUp(work, kind, record[name]) : (record[name] as object | null)
  return value ? { ...record, [name]: expandPath(work, value, rest) } : record
}

function lookUp(work: Work, kind: Kind, id: string): object | null {
  const found = find(work, kind, id)
  if (!found) return null
  if (kind === 'payment_method') return (found as StoredCard).object
  if (kind === 'payment_intent') return showPayment(found as StoredPayment)
  return kind === 'charge' ? showCharge(work, found as StoredCharge) : found
}
