import type { Deps } from './deps.server.ts'
import { checkGateway, findGatewayInUse } from './domain/payments/record-gateway.ts'

/** A program whose gateway is slow starts all the same. */
const patienceMs = 5_000
const pauseMs = 30_000

/**
 * Records the gateway's account and what its key may, and resolves when that is done, or after 5 seconds. Where it failed, it is tried again every 30 seconds
 * until it works or the program stops: cards count by the account, and nobody should have to start the program again for it.
 */
export async function keepGatewayAccount(deps: Pick<Deps, 'db' | 'gateway' | 'log' | 'stopping' | 'clock'>): Promise<void> {
  const tryOnce = async () => {
    if (deps.stopping.aborted) return
    const answer = await checkGateway(deps)
    if (deps.stopping.aborted) return
    if (answer.ok) return await tellMissingRights(deps)
    deps.log.warn(
      { code: answer.failure.code },
      'the gateway did not say which account its key belongs to, or what it may; it is asked again',
    )
    setTimeout(() => void tryOnce().catch(report), pauseMs).unref()
  }
  const report = (error: unknown) => deps.log.error({ error }, 'the account of the gateway could not be recorded')
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs)
  })
  await Promise.race([tryOnce().catch(report), patience])
  clearTimeout(timer)
}

async function tellMissingRights({ db, log }: Pick<Deps, 'db' | 'log'>): Promise<void> {
  const rights = (await findGatewayInUse(db)).check?.missing_rights ?? []
  if (rights.length > 0) log.warn({ rights }, 'the restricted key of the gateway lacks rights')
}
