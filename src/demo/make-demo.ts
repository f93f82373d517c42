import type { Deps } from '../deps.server.ts'

/** The login of the demo's owner, printed at the start. */
export const demoLogin = { email: 'demo@afterfund.example', password: 'look-around' }

/** Makes the demo campaign in a new database by driving the real commands. */
export async function makeDemo(_deps: Deps): Promise<void> {}
