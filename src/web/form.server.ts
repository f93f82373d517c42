import type { z } from 'zod'

/** What came in with a form that does not fit: the sentences by field, and what was typed, so that nothing is lost. */
export interface FormFault {
  errors: Record<string, string[]>
  typed: Record<string, string>
}

/**
 * Reads a posted form by a noun's schema. `shape` turns the fields' texts into what the schema takes (an empty date into null, a ticked
 * box into true). Answers the value, or the fault to show beside the fields.
 */
export async function readForm<S extends z.ZodType>(
  request: Request,
  schema: S,
  shape: (fields: Record<string, string>) => unknown = (fields) => fields,
): Promise<{ value: z.infer<S>; fault: null } | { value: null; fault: FormFault }> {
  const typed = await typedFields(request)
  const parsed = schema.safeParse(shape(typed))
  if (parsed.success) return { value: parsed.data, fault: null }
  const errors: Record<string, string[]> = {}
  for (const issue of parsed.error.issues) {
    const field = issue.path.join('.')
    errors[field] = [...(errors[field] ?? []), issue.message]
  }
  return { value: null, fault: { errors, typed } }
}

/** The text fields of a posted form; of a repeated field the last one. */
export async function typedFields(request: Request): Promise<Record<string, string>> {
  const form = await request.formData()
  return Object.fromEntries([...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, storable(value)]] : [])))
}

/** Without zero bytes, which no browser sends and PostgreSQL does not store. */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '')
}
