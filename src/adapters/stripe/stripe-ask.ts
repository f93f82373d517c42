import type { Answered } from '../../domain/payments/gateway.ts'
import { failureOf, TookTooLong } from './stripe-answers.ts'

export type Ask = <T>(call: () => Promise<T>) => Promise<Answered<T>>

/** A call that moves no money, within its time; a failure is a value. */
export async function answered<T>(timeout_ms: number, call: () => Promise<T>): Promise<Answered<T>> {
  try {
    return { ok: true, value: await within(timeout_ms, call()) }
  } catch (error) {
    return { ok: false, failure: failureOf(error) }
  }
}

/** The client limits only the time between two bytes; this limits the whole. */
export async function within<T>(timeout_ms: number, call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TookTooLong()), timeout_ms)
  })
  // Whatever comes after the limit is nobody's any more.
  call.catch(() => undefined)
  try {
    return await Promise.race([call, limit])
  } finally {
    clearTimeout(timer)
  }
}
