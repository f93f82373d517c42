import { describe, expect, test } from 'vitest'
import { readConfig } from './config.server.ts'

describe('the environment', () => {
  test('empty is a program for this machine only, with web and worker', () => {
    expect(readConfig({})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:3000',
      isLoopback: true,
      isHttps: false,
      databaseUrl: null,
      roles: { web: true, worker: true },
      isTest: false,
    })
  })

  test('an empty value counts as none', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '', AFTERFUND_SECRET: '', ROLES: '' }).port).toBe(3000)
  })

  test('a public address is an origin; https and this machine are told apart', () => {
    const config = readConfig({ PUBLIC_URL: 'https://pledges.example.com/', ROLES: 'worker' })
    expect(config).toMatchObject({ publicUrl: 'https://pledges.example.com', isHttps: true, isLoopback: false })
    expect(config.roles).toEqual({ web: false, worker: true })
    expect(readConfig({ PUBLIC_URL: 'http://[::1]:8080' }).isLoopback).toBe(true)
  })

  const refused: [string, string][] = [
    ['PORT', '0'],
    ['PORT', '70000'],
    ['PUBLIC_URL', 'pledges.example.com'],
    ['PUBLIC_URL', 'https://example.com/pledges'],
    ['DATABASE_URL', 'mysql://x'],
    ['AFTERFUND_SECRET', 'short'],
    ['SMTP_URL', 'mail.example.com'],
    ['ROLES', 'web,cook'],
    ['STRIPE_SECRET_KEY', 'pk_test_1'],
    ['STRIPE_SECRET_KEY', 'pk_live_1'],
    ['STRIPE_SECRET_KEY', 'sk_other_1'],
    ['STRIPE_SECRET_KEY', 'sk_live_ 1'],
    ['STRIPE_ACCOUNT', 'shop'],
    ['STRIPE_HOST', 'http://127.0.0.1'],
    ['STRIPE_HOST', '127.0.0.1:12111'],
    ['STRIPE_PORT', '0'],
    ['STRIPE_PROTOCOL', 'ftp'],
    ['STRIPE_WEBHOOK_SECRET', 'sk_test_12345678'],
    ['STRIPE_WEBHOOK_SECRET', 'whsec_12345678 we_12345678'],
    ['STRIPE_WEBHOOK_SECRET', 'short'],
    ['GATEWAY_TIMEOUT_MS', '0'],
    ['GATEWAY_TIMEOUT_MS', '120001'],
  ]
  test.each(refused)('%s=%s is refused by name, and a secret value is not repeated', (name, value) => {
    const read = () => readConfig({ [name]: value })
    expect(read).toThrow(`The setting ${name} `)
    if (name.includes('SECRET')) expect(read).not.toThrow(value)
  })

  test('the clock of a program that others reach cannot be moved', () => {
    expect(readConfig({ AFTERFUND_TEST: '1', STRIPE_HOST: '127.0.0.1' }).isTest).toBe(true)
    expect(() => readConfig({ AFTERFUND_TEST: '1', PUBLIC_URL: 'https://pledges.example.com' })).toThrow(/move the clock/)
    expect(() => readConfig({ AFTERFUND_TEST: '1', STRIPE_HOST: 'api.stripe.com' })).toThrow(/move the clock/)
    expect(() => readConfig({ AFTERFUND_TEST: '1', STRIPE_SECRET_KEY: 'sk_test_1' })).toThrow(/move the clock/)
  })

  test('one secret signs webhooks, or two while it is exchanged', () => {
    expect(readConfig({}).webhookSecrets).toEqual([])
    expect(readConfig({ STRIPE_WEBHOOK_SECRET: ' whsec_first ' }).webhookSecrets).toEqual(['whsec_first'])
    const both = ['whsec_first', 'whsec_second']
    expect(readConfig({ STRIPE_WEBHOOK_SECRET: 'whsec_first whsec_second' }).webhookSecrets).toEqual(both)
    expect(readConfig({ STRIPE_WEBHOOK_SECRET: 'whsec_first,whsec_second' }).webhookSecrets).toEqual(both)
  })

  test('without a key the gateway is a simulator of our own', () => {
    expect(readConfig({})).toMatchObject({ gateway: 'simulator', gatewayTimeoutMs: 30_000 })
    expect(readConfig({ STRIPE_SECRET_KEY: '', STRIPE_HOST: '', STRIPE_PORT: '', GATEWAY_TIMEOUT_MS: '' }).gateway).toBe(
      'simulator',
    )
  })

  test('a key means Stripe, a host on this machine another simulator, which needs no key', () => {
    const stripe = { key: 'sk_test_1', protocol: 'https', host: 'api.stripe.com', port: 443, mode: 'test', account: null }
    expect(readConfig({ STRIPE_SECRET_KEY: 'sk_test_1', GATEWAY_TIMEOUT_MS: '5000' })).toMatchObject({
      gateway: stripe,
      gatewayTimeoutMs: 5_000,
    })
    const here = { key: 'sk_test_simulator', protocol: 'http', host: '127.0.0.1', port: 12_111, mode: 'test', account: null }
    expect(readConfig({ STRIPE_HOST: '127.0.0.1', STRIPE_PORT: '12111' }).gateway).toEqual(here)
    const other = { STRIPE_HOST: 'stripe.example.com', STRIPE_PROTOCOL: 'http' }
    expect(readConfig({ ...other, STRIPE_SECRET_KEY: 'rk_test_1' }).gateway).toEqual({
      key: 'rk_test_1',
      protocol: 'http',
      host: 'stripe.example.com',
      port: 80,
      mode: 'test',
      account: null,
    })
    expect(() => readConfig(other)).toThrow(/STRIPE_SECRET_KEY is missing/)
  })

  const safe = { PUBLIC_URL: 'https://pledges.example.com' }
  test.each(['sk_live_1', 'rk_live_1'])('%s goes to Stripe and nowhere else', (STRIPE_SECRET_KEY) => {
    const live = { ...safe, STRIPE_SECRET_KEY }
    const stripe = { key: STRIPE_SECRET_KEY, protocol: 'https', host: 'api.stripe.com', port: 443, mode: 'live', account: null }
    expect(readConfig(live).gateway).toEqual(stripe)
    expect(readConfig({ ...live, STRIPE_HOST: 'api.stripe.com', STRIPE_PORT: '443' }).gateway).toEqual(stripe)
    for (const elsewhere of [
      { STRIPE_HOST: '127.0.0.1' },
      { STRIPE_HOST: 'stripe.example.com' },
      { STRIPE_PROTOCOL: 'http' },
      { STRIPE_PORT: '8443' },
    ]) {
      expect(() => readConfig({ ...live, ...elsewhere })).toThrow(/is given to nobody but Stripe/)
      expect(() => readConfig({ ...live, ...elsewhere })).not.toThrow(STRIPE_SECRET_KEY)
    }
  })

  test('a live key meets no clock that can be moved, and no pages in the clear', () => {
    const live = { STRIPE_SECRET_KEY: 'rk_live_1' }
    expect(() => readConfig({ ...live, AFTERFUND_TEST: '1' })).toThrow(/move the clock/)
    expect(() => readConfig({ ...live, AFTERFUND_TEST: '1', STRIPE_HOST: '127.0.0.1' })).toThrow(/given to nobody but Stripe/)
    expect(() => readConfig({ ...live, PUBLIC_URL: 'http://pledges.example.com' })).toThrow(
      /is a live key, and PUBLIC_URL is plain http/,
    )
    expect(readConfig(live).isLoopback).toBe(true)
    expect(readConfig({ STRIPE_SECRET_KEY: 'rk_test_1', PUBLIC_URL: 'http://pledges.example.com' }).gateway).toMatchObject({
      mode: 'test',
    })
  })

  test('a connected account belongs to a key', () => {
    const account = { STRIPE_ACCOUNT: 'acct_1Shop' }
    expect(readConfig({ ...safe, ...account, STRIPE_SECRET_KEY: 'rk_live_1' }).gateway).toMatchObject({ account: 'acct_1Shop' })
    expect(() => readConfig(account)).toThrow(/STRIPE_ACCOUNT is a connected account/)
  })
})
