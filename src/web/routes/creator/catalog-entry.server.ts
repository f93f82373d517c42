import { data, redirect } from 'react-router'
import type { z } from 'zod'
import { type Catalog, loadCatalog } from '../../../domain/catalog/load-catalog.ts'
import type { Actor } from '../../../domain/shared/actor.ts'
import type { Tx } from '../../../domain/shared/tx.ts'
import { isId } from '../../../lib/id.ts'
import { typedFields } from '../../form.server.ts'
import { paths, withQuery } from '../../paths.ts'
import { attempt, type Desk, type PageArgs, type Refusal, requireCampaign } from './session.server.ts'

/** The address of a form that makes something new. */
export const NEW = 'new'

type Part = Parameters<typeof paths.catalog_part>[1]
type EntryArgs = PageArgs & { params: { campaign: string; entry: string } }
type CampaignDesk = Awaited<ReturnType<typeof requireCampaign>>

/** The desk, the catalogue, and the entry that the address names: null on the form of a new one. */
export async function openEntry<K extends keyof Catalog>(
  args: EntryArgs,
  list: K,
): Promise<{ desk: CampaignDesk; catalog: Catalog; entry: Catalog[K][number] | null }> {
  const desk = await requireCampaign(args)
  const catalog = await loadCatalog(desk.deps.db, desk.campaign.id)
  if (args.params.entry === NEW) return { desk, catalog, entry: null }
  const entry = (catalog[list] as Catalog[K][number][]).find(({ id }) => id === args.params.entry)
  if (!entry) throw data({ code: 'not_found', message: 'This part of the catalogue does not exist.' }, { status: 404 })
  return { desk, catalog, entry }
}

/** What a form that was not saved is answered with: nothing of what was typed is lost. */
export interface EntryAnswer {
  errors: Record<string, string[]>
  typed: Record<string, string>
  refusal: Refusal | null
}

interface Change<S extends z.ZodType> {
  part: Part
  schema: S
  /** The fields as the schema takes them, what does not fit already, and where an error of the schema stands in the form. */
  read(
    fields: Record<string, string>,
    desk: CampaignDesk,
  ): { input: unknown; errors?: EntryAnswer['errors']; place?: (field: string) => string }
  save(tx: Tx, actor: Actor, input: z.infer<S> & { campaign_id: string; id?: string }): Promise<{ id: string }>
  remove(tx: Tx, actor: Actor, key: { campaign_id: string; id: string }): Promise<unknown>
}

/** Saves or deletes one entry of the catalogue and leads back to it; what is refused comes back beside its field. */
export async function changeEntry<S extends z.ZodType>(args: EntryArgs, change: Change<S>) {
  const desk = await requireCampaign(args)
  const typed = await typedFields(args.request)
  const key = { campaign_id: desk.campaign.id, id: args.params.entry }
  const isNew = key.id === NEW
  if (!isNew && !isId(key.id)) throw data(null, { status: 404 })
  if (typed.intent === 'rows') return data<EntryAnswer>({ errors: {}, typed, refusal: null })
  if (typed.intent === 'delete' && !isNew) {
    const { refusal } = await attempt(desk, (tx) => change.remove(tx, desk.actor, key))
    return refusal ? data<EntryAnswer>({ errors: {}, typed: {}, refusal }, 409) : leave(desk, change.part, 'deleted')
  }
  const { input, errors = {}, place = (field: string) => field } = change.read(typed, desk)
  const parsed = change.schema.safeParse(input)
  if (!parsed.success) addIssues(errors, parsed.error.issues, place)
  if (!parsed.success || Object.keys(errors).length > 0) return data<EntryAnswer>({ errors, typed, refusal: null }, 422)
  const value = { ...(parsed.data as object), ...(isNew ? { campaign_id: key.campaign_id } : key) } as z.infer<S> & typeof key
  const { done, refusal } = await attempt(desk, (tx) => change.save(tx, desk.actor, value))
  if (!refusal) return leave(desk, change.part, isNew ? 'added' : 'saved', done.id)
  for (const { field, message } of refusal.fields) errors[place(field)] = [message]
  return data<EntryAnswer>({ errors, typed, refusal }, refusal.fields.length > 0 ? 422 : 409)
}

function addIssues(errors: EntryAnswer['errors'], issues: readonly z.core.$ZodIssue[], place: (field: string) => string) {
  for (const { path, message } of issues) {
    const field = place(path.join('.'))
    if (!errors[field]) errors[field] = [message]
  }
}

function leave(desk: Desk & { campaign: { id: string } }, part: Part, done: string, entry?: string): never {
  throw redirect(withQuery(paths.catalog(desk.campaign.id), { done, part, entry }), { status: 303 })
}

/** A typed whole number; null for an empty field, NaN for what is none. */
export function wholeNumber(text: string | undefined): number | null {
  const trimmed = text?.trim() ?? ''
  if (trimmed === '') return null
  return /^\d{1,9}$/.test(trimmed) ? Number(trimmed) : Number.NaN
}

/** The contents of a level or add-on: how many of each item, by `items.<item id>`; an empty field or 0 is none. */
export function readContents(fields: Record<string, string>): {
  items: { item_id: string; quantity: number }[]
  errors: EntryAnswer['errors']
} {
  const items: { item_id: string; quantity: number }[] = []
  const errors: EntryAnswer['errors'] = {}
  for (const [field, text] of Object.entries(fields)) {
    if (!field.startsWith('items.')) continue
    const quantity = wholeNumber(text)
    if (quantity === null || quantity === 0) continue
    if (Number.isNaN(quantity) || quantity > 1_000) errors[field] = ['Enter a whole number up to 1,000.']
    else items.push({ item_id: field.slice('items.'.length), quantity })
  }
  return { items, errors }
}

/** The items to choose contents from, with what is in there now. */
export function contentsRows(catalog: Catalog, contents: { item: { id: string }; quantity: number }[]) {
  return catalog.items.map(({ id, name, kind }) => ({
    id,
    name,
    is_digital: kind === 'digital',
    quantity: contents.find(({ item }) => item.id === id)?.quantity ?? 0,
  }))
}
