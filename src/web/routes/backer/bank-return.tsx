import { returnFromBank } from '../../../domain/payments/ask-bank.ts'
import type { Route } from './+types/bank-return'
import { afterBank } from './bank.server.ts'
import { enterPledge, type Pledge, refusedBy, seeOther } from './pledge.server.ts'

/**
 * Where the bank's page leads back to. It does nothing but read the payment of this backer's own order, and leads on to a clean address:
 * what stands in this one is the gateway's, and believed in nothing.
 */
export async function loader(args: Route.LoaderArgs) {
  const pledge = await enterPledge(args)
  throw seeOther(await afterBank(pledge, await readBack(pledge)))
}

async function readBack({ deps, actor, key }: Pledge) {
  try {
    return await returnFromBank(deps, actor, key)
  } catch (error) {
    // Keys were exchanged, or somebody holds the order just now: the worker looks again.
    refusedBy(error)
    return { outcome: 'waiting' as const }
  }
}

/** Never shown: the loader leads on. */
export default function BankReturn() {
  return null
}
