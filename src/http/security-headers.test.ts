import { expect, test } from 'vitest'
import { useTestProgram } from '../../test/setup/deps.ts'
import { createApp } from '../app.ts'
import type { Deps } from '../deps.server.ts'

const program = useTestProgram()
const bankPage = '/b/0193c1c0-0000-7000-8000-000000000001/0193c1c0-0000-7000-8000-000000000002/bank'

const targetsOf = async (deps: Deps, path: string) => {
  const app = createApp(deps, async () => new Response('A page'))
  const policy = (await app.request(path, { headers: { host: 'localhost:3000' } })).headers.get('content-security-policy')
  return /form-action ([^;]+)/.exec(policy ?? '')?.[1]
}

test('only the page that leads to a bank may lead anywhere, over TLS, and only with Stripe itself', async () => {
  const gateway = { key: 'sk_test_1', protocol: 'https', host: 'api.stripe.com', port: 443, mode: 'test', account: null } as const
  const atStripe = { ...program.deps, config: { ...program.deps.config, gateway } }
  expect(await targetsOf(atStripe, bankPage)).toBe("'self' https://checkout.stripe.com https:")
  for (const path of ['/', bankPage.slice(0, -5), `${bankPage}/return`, `${bankPage}rupt`, '/campaigns/c/bank']) {
    expect([path, await targetsOf(atStripe, path)]).toEqual([path, "'self' https://checkout.stripe.com"])
  }
  expect(await targetsOf(program.deps, bankPage)).not.toContain('https:')
})
