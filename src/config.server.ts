import { join, resolve } from 'node:path'
import { z } from 'zod'
import { projectRoot } from './db/project-root.ts'
import { StartError } from './db/start-error.ts'
import { isLoopbackHost } from './lib/loopback.ts'

/** The environment, parsed once. Nothing else reads process.env. */
export type Config = {
  port: number
  host: string
  /** Origin under which people reach the program, without a slash at the end. */
  publicUrl: string
  isLoopback: boolean
  isHttps: boolean
  dataFolder: string
  databaseUrl: string | null
  migrationDatabaseUrl: string | null
  secret: string | null
  smtpUrl: string | null
  mailFrom: string | null
  /** How many mails leave in a second; null: as fast as the server takes them. */
  mailPerSecond: number | null
  roles: { web: boolean; worker: boolean }
  /** Where cards are charged. `simulator`: no key was given, so the program starts its own, of mode test, and no money moves. */
  gateway: GatewayAddress | 'simulator'
  /** What signs the gateway's webhooks; two while one is exchanged for another. */
  webhookSecrets: string[]
  /** How long a call to the gateway may take. */
  gatewayTimeoutMs: number
  /** How many cards are charged in a second, at most. */
  chargesPerSecond: number
  isTest: boolean
}

export type GatewayAddress = {
  key: string
  protocol: 'http' | 'https'
  host: string
  port: number
  /** As the key says. Test keys serve test campaigns only, live keys live ones. */
  mode: 'test' | 'live'
  /** The connected account on whose behalf everything is asked; null: the key's own. */
  account: string | null
}

/** Below what small mail servers take from one sender without slowing it down. */
const defaultMailPerSecond = 10

export const stripeHost = 'api.stripe.com'
/** Simulators on this machine take any test key. */
const simulatorKey = 'sk_test_simulator'

/** A gateway takes about 25 a second of one account. */
const defaultChargesPerSecond = 20

const optionalText = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional())
const postgresUrl = optionalText.refine((value) => !value || /^postgres(ql)?:\/\//.test(value), {
  error: 'must begin with postgres://',
})

const portText = optionalText.refine((value) => !value || isPort(value), { error: 'must be a number from 1 to 65535' })

const environment = z.object({
  PORT: portText,
  HOST: optionalText,
  PUBLIC_URL: optionalText.refine((value) => !value || isOrigin(value), {
    error: 'must be an address like https://pledges.example.com, without a path',
  }),
  DATA_DIR: optionalText,
  DATABASE_URL: postgresUrl,
  MIGRATION_DATABASE_URL: postgresUrl,
  AFTERFUND_SECRET: optionalText.refine((value) => !value || value.length >= 32, { error: 'must have at least 32 characters' }),
  SMTP_URL: optionalText.refine((value) => !value || /^smtps?:\/\//.test(value), {
    error: 'must begin with smtp:// or smtps://',
  }),
  MAIL_FROM: optionalText,
  MAIL_PER_SECOND: z.preprocess((value) => value || undefined, z.coerce.number().min(0.1).max(1_000).optional()),
  ROLES: optionalText.refine((value) => !value || value.split(',').every((role) => ['web', 'worker'].includes(role.trim())), {
    error: 'must be web, worker, or web,worker',
  }),
  CHARGES_PER_SECOND: z.preprocess((value) => value || undefined, z.coerce.number().min(0.1).max(500).optional()),
  AFTERFUND_TEST: optionalText,
  STRIPE_HOST: optionalText.refine((value) => !value || URL.parse(`http://${value}`)?.hostname === value.toLowerCase(), {
    error: 'must be the name of a machine, without http:// and without a port',
  }),
  STRIPE_PORT: portText,
  STRIPE_PROTOCOL: optionalText.refine((value) => !value || /^https?$/.test(value), { error: 'must be http or https' }),
  STRIPE_SECRET_KEY: optionalText.refine((value) => !value || /^[rs]k_(test|live)_[\x21-\x7e]+$/.test(value), {
    error: 'must be a secret or restricted key: it begins with rk_live_, sk_live_, rk_test_ or sk_test_',
  }),
  STRIPE_ACCOUNT: optionalText.refine((value) => !value || /^acct_[A-Za-z0-9]+$/.test(value), {
    error: 'must be the id of a connected account: it begins with acct_',
  }),
  STRIPE_WEBHOOK_SECRET: optionalText.refine(
    (value) => secretsIn(value).every((secret) => /^(?![rsp]k_|we_)[\x21-\x7e]{8,}$/.test(secret)),
    {
      error:
        'must be the signing secret of the webhook endpoint: it begins with whsec_ (two, with a space between, while you exchange one)',
    },
  ),
  GATEWAY_TIMEOUT_MS: z.preprocess((value) => value || undefined, z.coerce.number().int().min(1).max(120_000).optional()),
})

/** Parses the environment; a wrong value ends the start with one sentence that names it. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const result = environment.safeParse(env)
  if (!result.success) {
    const issue = result.error.issues[0]
    throw new StartError(`The setting ${String(issue?.path[0])} ${issue?.message}. Correct it and start again.`)
  }
  const values = result.data
  const port = Number(values.PORT ?? 3000)
  const host = values.HOST ?? '127.0.0.1'
  const url = new URL(values.PUBLIC_URL ?? `http://localhost:${port}`)
  const roles = (values.ROLES ?? 'web,worker').split(',').map((role) => role.trim())
  const isTest = values.AFTERFUND_TEST === '1'
  const gatewayHost = values.STRIPE_HOST ?? (values.STRIPE_SECRET_KEY ? stripeHost : 'localhost')
  if (isTest && !(isLoopbackHost(url.hostname) && isLoopbackHost(gatewayHost))) {
    throw new StartError(
      'AFTERFUND_TEST=1 lets anyone move the clock, so it is refused unless PUBLIC_URL and the gateway (STRIPE_HOST) are on this machine.',
    )
  }
  const gateway = gatewayOf(values)
  if (gateway !== 'simulator' && gateway.mode === 'live') refuseUnsafeLive(gateway, url)
  return {
    port,
    host,
    publicUrl: url.origin,
    isLoopback: isLoopbackHost(url.hostname),
    isHttps: url.protocol === 'https:',
    dataFolder: resolve(values.DATA_DIR ?? join(projectRoot, 'data')),
    databaseUrl: values.DATABASE_URL ?? null,
    migrationDatabaseUrl: values.MIGRATION_DATABASE_URL ?? null,
    secret: values.AFTERFUND_SECRET ?? null,
    smtpUrl: values.SMTP_URL ?? null,
    mailFrom: values.MAIL_FROM ?? null,
    mailPerSecond: values.MAIL_PER_SECOND ?? (isTest ? null : defaultMailPerSecond),
    roles: { web: roles.includes('web'), worker: roles.includes('worker') },
    gateway,
    webhookSecrets: secretsIn(values.STRIPE_WEBHOOK_SECRET),
    gatewayTimeoutMs: values.GATEWAY_TIMEOUT_MS ?? 30_000,
    chargesPerSecond: values.CHARGES_PER_SECOND ?? defaultChargesPerSecond,
    isTest,
  }
}

/** Stripe itself where there is a key and no host. A host on this machine is a simulator and needs no key. */
function gatewayOf(values: z.infer<typeof environment>): Config['gateway'] {
  const host = values.STRIPE_HOST ?? stripeHost
  const key = values.STRIPE_SECRET_KEY ?? (isLoopbackHost(host) ? simulatorKey : null)
  if (!key) {
    if (!values.STRIPE_HOST && values.STRIPE_ACCOUNT) {
      throw new StartError(
        'STRIPE_ACCOUNT is a connected account, and STRIPE_SECRET_KEY is missing. Set the key, or leave both out.',
      )
    }
    if (!values.STRIPE_HOST) return 'simulator'
    throw new StartError('STRIPE_HOST is another machine, and STRIPE_SECRET_KEY is missing. Set the key, or leave both out.')
  }
  const mode = /^[rs]k_live_/.test(key) ? 'live' : 'test'
  const protocol = values.STRIPE_PROTOCOL ?? (isLoopbackHost(host) ? 'http' : 'https')
  const usual = protocol === 'http' ? 80 : 443
  return {
    key,
    protocol: protocol === 'http' ? 'http' : 'https',
    host,
    port: Number(values.STRIPE_PORT ?? usual),
    mode,
    account: values.STRIPE_ACCOUNT ?? null,
  }
}

/** What a live key must never meet: another place than Stripe, which would be handed the key, and pages that travel in the clear. */
function refuseUnsafeLive({ protocol, host, port }: GatewayAddress, url: URL): void {
  if (protocol !== 'https' || host.toLowerCase() !== stripeHost || port !== 443) {
    throw new StartError(
      'STRIPE_SECRET_KEY is a live key, which is given to nobody but Stripe. Leave STRIPE_HOST, STRIPE_PORT and STRIPE_PROTOCOL out, or take a test key.',
    )
  }
  if (url.protocol !== 'https:' && !isLoopbackHost(url.hostname)) {
    throw new StartError(
      'STRIPE_SECRET_KEY is a live key, and PUBLIC_URL is plain http: backers and Stripe come there. Set up TLS and an https PUBLIC_URL, or take a test key.',
    )
  }
}

function secretsIn(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter(Boolean)
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash
}
