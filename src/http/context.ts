import type { HttpBindings } from '@hono/node-server'
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Actor } from '../domain/shared/actor.ts'

export type StaffActor = Extract<Actor, { kind: 'staff' }>

/** What a request of the API carries: set by app.ts (id, address, origin), guard.ts (actor) and idempotency.ts (reservation). */
export type ApiEnv = {
  Bindings: HttpBindings
  Variables: { id: string; address: string; origin: string; actor: StaffActor; reservation?: Reservation }
}
export type ApiContext = Context<ApiEnv>

/** The place kept for the answer of a POST with an Idempotency-Key. */
export interface Reservation {
  account_id: string
  key: string
  taken_at: Date
  /** the answer was written in the command's own transaction */
  is_kept: boolean
}

/** An empty set of routes: what each noun's file fills and hands to api.ts. */
export function newRoutes(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>()
}

/** Who acts: the account of the API key or of the session. */
export function actorOf(c: { get(key: 'actor'): StaffActor }): StaffActor {
  return c.get('actor')
}
