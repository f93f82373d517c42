import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Ajv, type ValidateFunction } from 'ajv'
import qs from 'qs'
import { projectRoot } from '../../src/db/project-root.ts'
import type { Exchange } from './record-exchanges.ts'

/*
 * Stripe's own description (OpenAPI 3.0, version 2023-08-16) as a judge of requests and answers. It is older than the version that the client
 * speaks; what came later stands in `newer` and is taken out before the judgement, and nothing else is forgiven.
 */

/** Parameters and fields that came after the description, by the object that has them. */
export const newer = {
  requests: {
    'POST /v1/checkout/sessions': ['allowed_payment_method_types'],
    'POST /v1/payment_intents': ['allowed_payment_method_types'],
  } as Record<string, string[]>,
  fields: {
    'checkout.session': [
      'adaptive_pricing',
      'allowed_payment_method_types',
      'automatic_tax.liability',
      'automatic_tax.provider',
      'client_secret',
      'collected_information',
      'customer_account',
      'customer_details.business_name',
      'customer_details.individual_name',
      'custom_text.after_submit',
      'custom_text.terms_of_service_acceptance',
      'discounts',
      'integration_identifier',
      'managed_payments',
      'origin_context',
      'payment_method_configuration_details',
      'payment_method_options.card.request_three_d_secure',
      'permissions',
      'saved_payment_method_options',
      'ui_mode',
      'wallet_options',
    ],
    payment_intent: [
      'allowed_payment_method_types',
      'customer_account',
      'excluded_payment_method_types',
      'last_payment_error.advice_code',
      'managed_payments',
      'payment_method_configuration_details',
      'payment_record',
      'source',
    ],
    payment_method: [
      'allow_redisplay',
      'billing_details.tax_id',
      'card.display_brand',
      'card.regulated_status',
      'customer_account',
    ],
    setup_intent: [
      'allowed_payment_method_types',
      'customer_account',
      'excluded_payment_method_types',
      'last_setup_error.advice_code',
      'payment_method_configuration_details',
    ],
    refund: ['customer', 'customer_account', 'payment_method'],
    charge: ['source', 'billing_details.tax_id'],
    dispute: [
      'enhanced_eligibility_types',
      'evidence.enhanced_evidence',
      'evidence_details.enhanced_eligibility',
      'evidence_details.submission_method',
      'intended_submission_method',
    ],
    error: ['advice_code'],
  } as Record<string, string[]>,
}

type Schema = Record<string, unknown>
type Operation = {
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { content: Record<string, { schema: Schema }> }>
}

export interface StripeDescription {
  /** What the description says against an exchange; empty when nothing. */
  judge(exchange: Exchange): string[]
  /** entries of `newer` that no exchange so far needed */
  unused(): string[]
}

export function readStripeDescription(): StripeDescription {
  const packed = readFileSync(join(projectRoot, 'test', 'data', 'stripe-spec3.json.gz'))
  const spec = strictJson(JSON.parse(gunzipSync(packed).toString())) as { paths: Record<string, Record<string, Operation>> }
  const options = { strict: false, validateFormats: false, allErrors: true } as const
  const answers = new Ajv(options).addSchema({ ...spec, $id: 'stripe' })
  // Forms carry text only: numbers and booleans are read out of it.
  const requests = new Ajv({ ...options, coerceTypes: true }).addSchema({ ...spec, $id: 'stripe' })
  const compiled = new Map<string, ValidateFunction>()
  const check = (tool: Ajv, name: string, schema: Schema, value: unknown): string[] => {
    const known = compiled.get(name) ?? tool.compile(rebase(schema) as Schema)
    compiled.set(name, known)
    return known(value)
      ? []
      : (known.errors ?? []).map((error) => `${name}${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`)
  }
  const used = new Set<string>()
  return {
    judge: (exchange) => {
      const [path, query = ''] = exchange.path.split('?')
      const template = Object.keys(spec.paths).find(
        (one) => patternOf(one).test(path ?? '') && spec.paths[one]?.[exchange.method],
      )
      const operation = spec.paths[template ?? '']?.[exchange.method]
      if (!operation) return [`${exchange.method} ${path} is not described`]
      const name = `${exchange.method.toUpperCase()} ${template}`
      const isPost = exchange.method === 'post'
      const schema = isPost ? formOf(operation) : queryOf(operation)
      const sent = without(
        qs.parse(isPost ? exchange.request : query, { arrayLimit: 100 }),
        newer.requests[name] ?? [],
        name,
        used,
      )
      const status = exchange.status === 200 ? '200' : 'default'
      const answer = operation.responses[status]?.content['application/json']?.schema ?? {}
      const given = withoutNewer(JSON.parse(exchange.answer), used)
      return [...check(requests, `${name} request`, schema, sent), ...check(answers, `${name} ${status}`, answer, given)]
    },
    unused: () =>
      [...Object.entries(newer.requests), ...Object.entries(newer.fields)].flatMap(([of, names]) =>
        names.map((name) => `${of} ${name}`).filter((entry) => !used.has(entry)),
      ),
  }
}

const formOf = (operation: Operation) => operation.requestBody?.content['application/x-www-form-urlencoded']?.schema ?? {}

function queryOf(operation: Operation): Schema {
  const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query')
  return {
    type: 'object',
    additionalProperties: false,
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
  }
}

/** `nullable` in the words of JSON Schema, and no field that is not described. */
function strictJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strictJson)
  if (value === null || typeof value !== 'object') return value
  const { nullable, ...schema } = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, strictJson(inner)]),
  ) as Schema
  if (schema.type === 'object' && schema.properties) schema.additionalProperties ??= false
  return nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema
}

/** A part of the description on its own: its references point into the whole. */
function rebase(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"stripe#/components/'))
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`)
}

function withoutNewer(value: unknown, used: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((entry) => withoutNewer(entry, used))
  if (value === null || typeof value !== 'object') return value
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutNewer(one, used)])) as Schema
  const kind = typeof inner.object === 'string' ? inner.object : null
  const known = kind && newer.fields[kind] ? without(inner, newer.fields[kind], kind, used) : inner
  if (known.error && typeof known.error === 'object') {
    return { ...known, error: without(known.error as Schema, newer.fields.error ?? [], 'error', used) }
  }
  return known
}

function without(value: object, paths: string[], of: string, used: Set<string>): Schema {
  const copy = structuredClone(value) as Schema
  for (const path of paths) {
    const steps = path.split('.')
    const last = steps.pop() ?? ''
    const holder = steps.reduce<unknown>((at, step) => (at as Schema | null | undefined)?.[step], copy)
    if (holder && typeof holder === 'object' && last in holder) {
      used.add(`${of} ${path}`)
      delete (holder as Schema)[last]
    }
  }
  return copy
}
