import { expect, test } from 'vitest'
import { callerOf, originOf, requestAt, tlsPage } from './public-origin.ts'

const secure = { publicUrl: 'https://pledges.example.com', isLoopback: false, isHttps: true }
const local = { publicUrl: 'http://localhost:3000', isLoopback: true, isHttps: false }
const plain = { publicUrl: 'http://pledges.example.com', isLoopback: false, isHttps: false }

test('behind TLS every request is answered under PUBLIC_URL, whatever host was written', () => {
  expect(originOf(secure, '127.0.0.1:3000')).toBe('https://pledges.example.com')
  expect(originOf(secure, undefined)).toBe('https://pledges.example.com')
})

test('on this machine each of its names will do; another machine is refused', () => {
  expect(originOf(local, '127.0.0.1:3000')).toBe('http://127.0.0.1:3000')
  expect(originOf(local, undefined)).toBe('http://localhost:3000')
  for (const host of ['192.168.0.7:3000', 'evil.example', 'localhost.evil.example', 'local host'])
    expect(originOf(local, host)).toBeNull()
})

test('plain http elsewhere is refused always', () => {
  expect(originOf(plain, 'localhost')).toBeNull()
  expect(tlsPage('http://x/"><script>')).not.toContain('<script>')
})

test('a request keeps path, query, method and body, and loses what a proxy wrote about it', async () => {
  const sent = new Request('http://127.0.0.1:3000/b/x?y=1', {
    method: 'POST',
    body: 'a=1',
    headers: { 'x-forwarded-proto': 'http', 'x-forwarded-host': 'evil.example', 'x-forwarded-for': '203.0.113.5' },
  })
  const rebuilt = requestAt(sent, secure.publicUrl)
  expect(rebuilt.url).toBe('https://pledges.example.com/b/x?y=1')
  expect(rebuilt.headers.get('host')).toBe('pledges.example.com')
  expect(rebuilt.headers.get('x-forwarded-host')).toBeNull()
  expect(rebuilt.headers.get('x-forwarded-for')).toBeNull()
  expect([rebuilt.method, await rebuilt.text()]).toEqual(['POST', 'a=1'])
})

test('a path that looks like another host stays a path', () => {
  for (const path of ['//evil.example/sign-in', '//'])
    expect(requestAt(new Request(`http://localhost:3000${path}`), secure.publicUrl).url).toBe(`${secure.publicUrl}${path}`)
})

test('tries are counted by who came to the proxy in front, and by nobody’s own word', () => {
  expect(callerOf(secure, '127.0.0.1', 'spoofed, 198.51.100.1, 203.0.113.5')).toBe('203.0.113.5')
  expect(callerOf(secure, '::ffff:172.17.0.1', '203.0.113.5')).toBe('203.0.113.5')
  expect(callerOf(secure, '203.0.113.9', '203.0.113.5')).toBe('203.0.113.9')
  expect(callerOf(secure, '127.0.0.1', 'somebody')).toBe('127.0.0.1')
  expect(callerOf(secure, '127.0.0.1', undefined)).toBe('127.0.0.1')
  expect(callerOf(local, '127.0.0.1', '203.0.113.5')).toBe('127.0.0.1')
})
