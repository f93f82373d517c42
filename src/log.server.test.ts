import { expect, test } from 'vitest'
import { createLog, scrub, scrubUrls } from './log.server.ts'

function logged(run: (log: ReturnType<typeof createLog>) => void): string {
  let lines = ''
  run(
    createLog({
      write: (line) => {
        lines += line
      },
    }),
  )
  return lines
}

const link = 'https://pledges.example.com/b/01a-campaign/01b-backer/kQ3fYx-secret_9'

test('a backer’s link loses its secret wherever it stands', () => {
  expect(scrubUrls(`GET ${link}?x=1 failed`)).toBe(
    'GET https://pledges.example.com/b/01a-campaign/01b-backer/[hidden]?x=1 failed',
  )
  expect(scrubUrls('/b/01a-campaign/01b-backer')).toBe('/b/01a-campaign/01b-backer')
  expect(scrubUrls('/B/a/b/kQ3fYx-secret_9.data')).toBe('/B/a/b/[hidden]')
  expect(scrubUrls('Bearer af_0123456789abcdef0123456789abcdef, af_0123')).toBe('Bearer af_[hidden], af_0123')
  const lines = logged((log) => {
    log.error({ error: new Error(`no answer for ${link}`), url: link, path: '/b/a/b/kQ3fYx-secret_9' }, `failed at ${link}`)
  })
  expect(lines).not.toContain('kQ3fYx')
})

test('passwords in addresses, and fields that hold people or secrets, are hidden', () => {
  const lines = logged((log) => {
    log.info(
      { email: 'ada@example.com', backer: { name: 'Ada', address: 'Home 1' }, password: 'hush' },
      'postgres://me:hush@db/x',
    )
  })
  for (const secret of ['ada@', 'Ada', 'Home', 'hush']) expect(lines).not.toContain(secret)
  expect(JSON.parse(lines)).toMatchObject({ level: 'info', msg: 'postgres://me:[hidden]@db/x' })
})

test('keys of the gateway and numbers of cards are hidden; ids and times are not', () => {
  expect(scrub('with sk_test_51Abc_9, rk_live_7 and whsec_77')).toBe('with sk_test_[hidden], rk_live_[hidden] and whsec_[hidden]')
  expect(scrub('card=4242424242424242&cvc=1')).toBe('card=[hidden]&cvc=1')
  expect(scrub('4000 0025 0000 3155, 3782-822463-10005.')).toBe('[hidden], [hidden].')
  const kept =
    'pm_4242424242424242 cs_test_1234567890123456 01930000-1234-7123-8123-123456789012 2026-11-23T15:50:08.123Z 123456789012'
  expect(scrub(kept)).toBe(kept)
  const lines = logged((log) => log.info({ body: '4242424242424242', bare: 4242424242424242 }, 'a "card" 4242 4242 4242 4242'))
  expect(lines).not.toContain('4242')
  expect(JSON.parse(lines)).toMatchObject({ body: '[hidden]', bare: '[hidden]', msg: 'a "card" [hidden]' })
})
