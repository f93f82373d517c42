/**
 * A refusal that ends a request: a stable code, a sentence that is safe to show, and the HTTP status of the API's answer.
 * Mapped once to problem+json (http/problem.ts) and once to pages. Anything else that is thrown is a programmer error.
 */
export class DomainError extends Error {
  readonly code: string
  readonly status: number
  readonly details: Record<string, unknown>

  constructor(code: string, message: string, options: { status?: number; details?: Record<string, unknown> } = {}) {
    super(message)
    this.name = 'DomainError'
    this.code = code
    this.status = options.status ?? 409
    this.details = options.details ?? {}
  }
}

/** What does not exist, or is not yours: both answer the same, so that nobody learns which ids exist. */
export function notFound(what: string): DomainError {
  return new DomainError('not_found', `There is no such ${what}.`, { status: 404 })
}

/** Input that the noun's schema takes but a rule refuses; `fields` names the places. */
export function invalid(
  message: string,
  fields: { field: string; code: string; message: string }[] = [],
  code = 'invalid',
): DomainError {
  return new DomainError(code, message, { status: 422, details: { fields } })
}
