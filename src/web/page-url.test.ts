import { expect, it } from 'vitest'
import { pageUrl } from './page-url.server.ts'

it.each([
  ['/campaigns/c/survey/remind.data?id=1&_routes=a', '/campaigns/c/survey/remind?id=1'],
  ['/campaigns/c/mailbox', '/campaigns/c/mailbox'],
  ['/_root.data', '/'],
])('%s is about %s', (asked, page) => {
  const { pathname, search } = pageUrl(new Request(`http://localhost${asked}`))
  expect(pathname + search).toBe(page)
})
