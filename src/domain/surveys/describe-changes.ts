import type { Catalog } from '../catalog/load-catalog.ts'
import { optionPlaces, questionsFor } from '../orders/order-facts.ts'
import { checkAddress } from '../shipping/address.ts'
import { formatAddress } from '../shipping/address-form.ts'
import { confirmedData, type SurveyFile } from './drafts.ts'
import type { SurveyData } from './schema.ts'

/** One thing that differs from the order as it was confirmed. Texts of the catalogue and of the backer; '' for nothing. */
export interface Change {
  kind: 'addon' | 'option' | 'answer' | 'address'
  label: string
  before: string
  after: string
}

/** What `data` would change of what is confirmed (or of what the survey starts with, before there is an order). A rule. */
export function describeChanges(catalog: Catalog, file: SurveyFile, data: SurveyData): Change[] {
  const start = confirmedData(file)
  return [
    ...addonChanges(catalog, start, data),
    ...optionChanges(catalog, file, start, data),
    ...answerChanges(catalog, file, start, data),
    ...addressChanges(start, data),
  ]
}

function addonChanges(catalog: Catalog, start: SurveyData, data: SurveyData): Change[] {
  return catalog.addons.flatMap(({ id, name }) =>
    changed('addon', name, String(start.addons[id] ?? 0), String(data.addons[id] ?? 0)),
  )
}

function optionChanges(catalog: Catalog, file: SurveyFile, start: SurveyData, data: SurveyData): Change[] {
  const level = catalog.levels.find(({ id }) => id === file.backer.level_id)
  const taken = catalog.addons.filter(({ id }) => (data.addons[id] ?? 0) > 0).map((addon) => ({ addon }))
  return optionPlaces(level?.id ?? null, level?.contents ?? [], taken).flatMap(({ key, contents }) => {
    const nameOf = (sku: string | undefined) => contents.item.skus.find(({ id }) => id === sku)?.option_name ?? ''
    return changed('option', contents.item.name, nameOf(start.options[key]), nameOf(data.options[key]))
  })
}

function answerChanges(catalog: Catalog, file: SurveyFile, start: SurveyData, data: SurveyData): Change[] {
  return questionsFor(catalog, file.backer.level_id).flatMap(({ id, prompt }) =>
    changed('answer', prompt, start.answers[id] ?? '', data.answers[id] ?? ''),
  )
}

function addressChanges(start: SurveyData, data: SurveyData): Change[] {
  const inOneLine = ({ address }: SurveyData) =>
    address ? [...formatAddress(address), address.country, address.phone].filter(Boolean).join(', ') : ''
  // A browser sends its own line breaks.
  const notesOf = ({ address }: SurveyData) => (address?.delivery_notes ?? '').replaceAll('\r\n', '\n')
  const [before, after] = [inOneLine(start), inOneLine(data)]
  return [
    ...changed('address', 'Address', before, after),
    ...(before === after && looksUnusual(data) ? changed('address', 'Address', saidOf(start), saidOf(data)) : []),
    ...changed('address', 'Delivery notes', notesOf(start), notesOf(data)),
  ]
}

/** Only of an address that looks unusual it matters whether somebody said that it is right. */
function looksUnusual({ address }: SurveyData): boolean {
  return address !== null && checkAddress(address).warnings.length > 0
}

function saidOf({ address_accepted }: SurveyData): string {
  return address_accepted ? 'It is right as it is' : 'It looks unusual'
}

function changed(kind: Change['kind'], label: string, before: string, after: string): Change[] {
  return before === after ? [] : [{ kind, label, before, after }]
}
