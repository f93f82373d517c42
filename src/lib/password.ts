import { hash, verify } from '@node-rs/argon2'

/** Shortest and longest password an account may have. */
export const passwordLength = { min: 10, max: 200 } as const

/** Argon2id, as better-auth checks it. Takes tens of milliseconds by design: never inside a transaction. */
export function hashPassword(password: string): Promise<string> {
  return hash(password)
}

export function verifyPassword(stored: string, password: string): Promise<boolean> {
  return verify(stored, password)
}
