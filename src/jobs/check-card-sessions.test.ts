import { describe, expect, test } from 'vitest'
import { makeBacker, makeCampaign } from '../../test/factories/campaign.ts'
import { closedTab, methodsOf, sessionsOf } from '../../test/factories/cards.ts'
import { askForCardPage, work } from '../../test/factories/charging.ts'
import { useTestProgram } from '../../test/setup/deps.ts'
import { enterCard } from '../../test/setup/simulator.ts'
import type { Gateway } from '../domain/payments/gateway.ts'
import { checkCardSessions } from './check-card-sessions.ts'

const program = useTestProgram({ env: { GATEWAY_TIMEOUT_MS: '800' } })
const HOUR_MS = 3_600_000

describe('the worker', () => {
  test('saves the card of a closed tab after ten minutes', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const backer = await makeBacker(deps, campaign)
    await closedTab(program.deps, campaign, backer.id)
    await work(deps)
    expect(await methodsOf(program.deps, backer.id)).toEqual([])
    deps.clock.advance(10 * 60_000)
    expect(await deps.worker.isIdle()).toBe(false)
    await work(deps)
    expect(await deps.worker.isIdle()).toBe(true)
    expect(await methodsOf(program.deps, backer.id)).toHaveLength(1)
    expect(await sessionsOf(program.deps, backer.id)).toMatchObject([{ state: 'complete', check_at: null }])
  })

  test('looks after an hour and a day, then closes a page that nobody used', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const backer = await makeBacker(deps, campaign)
    const { url } = await askForCardPage(deps, campaign, backer.id)
    for (const [advance, checks] of [
      [HOUR_MS / 6, 1],
      [HOUR_MS, 2],
    ] as const) {
      deps.clock.advance(advance)
      await work(deps)
      expect(await sessionsOf(program.deps, backer.id)).toMatchObject([{ state: 'open', checks }])
    }
    await enterCard(url)
    deps.clock.advance(23 * HOUR_MS)
    await work(deps)
    expect(await methodsOf(program.deps, backer.id)).toHaveLength(1)

    const idle = await makeBacker(deps, campaign)
    await askForCardPage(deps, campaign, idle.id)
    deps.clock.advance(26 * HOUR_MS)
    await work(deps)
    expect(await sessionsOf(program.deps, idle.id)).toMatchObject([{ state: 'expired', check_at: null }])
  })

  test('waits for a gateway that is away; nothing is counted as looked at', async () => {
    const { deps } = program
    const campaign = await makeCampaign(deps)
    const [ada, eve] = [await makeBacker(deps, campaign), await makeBacker(deps, campaign)]
    await closedTab(program.deps, campaign, ada.id)
    await closedTab(program.deps, campaign, eve.id)
    deps.clock.advance(11 * 60_000)
    const away: Gateway = {
      ...deps.gateway,
      readCardSession: async () => ({ ok: false, failure: { kind: 'outage', code: 'unreachable' } }),
    }
    expect(await checkCardSessions({ ...deps, gateway: away })).toBe(2)
    expect(await sessionsOf(program.deps, ada.id)).toMatchObject([{ state: 'open', checks: 0 }])
    expect(await checkCardSessions(deps)).toBe(0)
    deps.clock.advance(11 * 60_000)
    expect(await checkCardSessions(deps)).toBe(2)
    expect(await methodsOf(program.deps, ada.id)).toHaveLength(1)
    expect(await methodsOf(program.deps, eve.id)).toHaveLength(1)
  })
})
