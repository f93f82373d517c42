import { v7, validate } from 'uuid'

/** A new UUIDv7: made in the app, ascending in time. */
export function newId(): string {
  return v7()
}

export function isId(text: string): boolean {
  return validate(text)
}
