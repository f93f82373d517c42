import { expect, test } from 'vitest'
import { createLog, scrubUrls } from './log.server.ts'

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
