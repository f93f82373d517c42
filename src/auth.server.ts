import { betterAuth } from 'better-auth'
import type { Kysely } from 'kysely'
import type { Config } from './config.server.ts'
import type { Database } from './db/types.ts'
import { hashPassword, passwordLength, verifyPassword } from './lib/password.ts'
import type { Log } from './log.server.ts'

export type Auth = ReturnType<typeof createAuth>

export type AuthParts = {
  config: Pick<Config, 'publicUrl' | 'isHttps' | 'isLoopback'>
  db: Kysely<Database>
  secret: string
  log: Log
}

/**
 * Accounts and sessions by better-auth, on our tables. Sign-up over HTTP is off: owners are made by the first-run page and
 * `npm run owner`. Its own routes are not served (app.ts): the pages ask it, and count tries themselves.
 */
export function createAuth({ config, db, secret, log }: AuthParts) {
  return betterAuth({
    appName: 'Afterfund',
    baseURL: config.publicUrl,
    basePath: '/auth/api',
    secret,
    trustedOrigins: config.isLoopback ? [config.publicUrl, 'http://localhost:*', 'http://127.0.0.1:*'] : [config.publicUrl],
    // Kysely's type of our own tables says more than better-auth asks for.
    database: { db: db as unknown as Kysely<Record<string, never>>, type: 'postgres' },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      password: { hash: hashPassword, verify: ({ hash, password }) => verifyPassword(hash, password) },
    },
    user: {
      modelName: 'accounts',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    session: {
      modelName: 'sessions',
      expiresIn: 60 * 60 * 24 * 14,
      fields: {
        userId: 'account_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    account: {
      modelName: 'account_credentials',
      fields: {
        userId: 'account_id',
        accountId: 'provider_account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'account_verifications',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    advanced: { useSecureCookies: config.isHttps, cookiePrefix: 'afterfund' },
    logger: {
      level: 'warn',
      log: (level, message) => log[level === 'error' ? 'error' : level === 'warn' ? 'warn' : 'info']({ part: 'auth' }, message),
    },
    telemetry: { enabled: false },
  })
}
