import qs from 'qs'
import { z } from 'zod'
import { invalidRequest, type StripeRefusal } from './refusals.ts'

export const flag = z.enum(['true', 'false']).transform((value) => value === 'true')
export const integer = z
  .string()
  .regex(/^-?\d{1,15}$/)
  .transform(Number)

export const webAddress = z.url({ protocol: /^https?$/ })

/** An empty value takes a key away, as it does at Stripe. */
export const metadata = z.record(z.string().min(1).max(40), z.string().max(500))

/** Parameters that every list takes. */
export const listParameters = {
  limit: integer.pipe(z.number().min(1).max(100)).optional(),
  starting_after: z.string().optional(),
  ending_before: z.string().optional(),
}

/** Reads a form or a query with brackets: `metadata[a]=b`, `expand[0]=c`. */
export function readBrackets(text: string): Record<string, unknown> {
  return qs.parse(text, { depth: 5, arrayLimit: 100, parameterLimit: 1000, plainObjects: true })
}

/** Checks parameters as Stripe does; unknown ones are refused, so that a mistyped name cannot pass for an option left out. */
export function checkParameters<T>(schema: z.ZodType<T>, raw: Record<string, unknown>): T {
  const parsed = schema.safeParse(raw)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw issue ? refusalOf(issue, raw) : invalidRequest('The parameters cannot be read.')
}

function refusalOf(issue: z.core.$ZodIssue, raw: Record<string, unknown>): StripeRefusal {
  if (issue.code === 'unrecognized_keys') {
    const param = bracketed([...issue.path, issue.keys[0] ?? ''])
    return invalidRequest(`Received unknown parameter: ${param}. (Or one that the simulator does not serve.)`, {
      code: 'parameter_unknown',
      param,
    })
  }
  const param = bracketed(issue.path)
  const given = issue.path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step], raw)
  if (given === undefined) return invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
  if (given === '') {
    return invalidRequest(`You passed an empty string for '${param}'.`, { code: 'parameter_invalid_empty', param })
  }
  const code = issue.code === 'invalid_format' ? { code: 'parameter_invalid_integer' } : {}
  return invalidRequest(`Invalid ${param}: ${issue.message}`, { ...code, param })
}

function bracketed(path: PropertyKey[]): string {
  const [first, ...rest] = path.map(String)
  return `${first ?? ''}${rest.map((step) => `[${step}]`).join('')}`
}
