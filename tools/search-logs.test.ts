import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { newId } from '../src/lib/id.ts'
import { TEST_CARDS } from '../src/simulator/test-cards.ts'
import { findSecrets } from './find-secrets.ts'

const folder = mkdtempSync(join(tmpdir(), 'afterfund-search-'))
const secret = createHmac('sha256', 'key').update('a backer').digest('base64url')
const link = `/b/${newId()}/${newId()}`
const harmless = [
  `{"level":"info","path":"${link}/[hidden]","ms":12,"msg":"request"}`,
  '  Data          /tmp/afterfund-test-0/program-Xyz/postgres/data',
  '{"url":"smtp://mailer:[hidden]@mail.example","key":"[hidden]","at":1800000000000,"number":4242424242424241}',
  `[["answer",{"id":"order:${newId()}:charge:1","fingerprint":"${secret}","body":{"last4":"4242","id":"pi_3Abc"}}]]`,
]

function search(): { status: number | null; output: string } {
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, 'search-logs.ts'), folder], {
    encoding: 'utf8',
  })
  return { status, output: stdout }
}
const write = (name: string, lines: string[]) => writeFileSync(join(folder, name), `${lines.join('\n')}\n`)

beforeEach(() => {
  for (const name of ['program-1.log', 'journal-1.jsonl', 'postgres-1.log']) write(name, harmless)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('what may stand in a log passes, and a run that kept nothing of its programs does not', () => {
  expect(search()).toEqual({ status: 0, output: '' })
  rmSync(join(folder, 'program-1.log'))
  expect(search()).toEqual({ status: 1, output: 'Nothing of a program was kept, so nothing of it was searched.\n' })
})

const planted: [string, string, string][] = [
  ['a card number', 'card number', '{"body":"number=4242424242424242&cvc=123"}'],
  ['a card number with spaces', 'card number', 'entered: 4000 0099 0000 0202.'],
  ['a card number with dashes', 'card number', '3782-822463-10005'],
  ["a backer's link", 'link secret', `{"path":"${link}/${secret}"}`],
  ['a secret by itself', 'link secret', `{"cookie":"afterfund_pledge=${secret}; Path=/"}`],
  ['an API key', 'API key', 'Bearer af_0123456789abcdefghijklmnop'],
  ['a key of the gateway', 'gateway key', '{"headers":{"authorization":"Bearer sk_test_51Hxyz"}}'],
  ['a password of the mail server', 'password', 'connecting to smtp://mailer:open+sesame@mail.example:587'],
]

test.each(planted)('control: %s in the log of a program is found', (_what, kind, line) => {
  write('program-1.log', [...harmless, line])
  const { status, output } = search()
  expect(status).toBe(1)
  expect(output).toContain(`program-1.log:${harmless.length + 1} holds a ${kind}\n`)
})

test('control: every test card is found in the journal of the simulator, written as people write it', () => {
  for (const { number } of TEST_CARDS) {
    const spaced = number.replace(/(.{4})(?=.)/g, '$1 ')
    for (const text of [number, spaced]) expect(findSecrets(`[["payment_method",{"note":"${text}"}]]`)).toHaveLength(1)
  }
})
