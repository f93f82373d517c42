import { describe, expect, it } from 'vitest'
import { paths } from './paths.ts'
import { placeIn, readWayBack } from './way-back.ts'

const order = '019a0000-0000-7000-8000-000000000001'

describe('the way back', () => {
  it('leads to the list as it was filtered and sorted, and to one order of it', () => {
    const list = paths.orders('c1', { status: ['open', 'paid'], q: 'Zoë b', sort: '-name' })
    expect(readWayBack('c1', placeIn('c1', list))).toEqual({ label: 'Orders', to: list })
    const one = paths.order('c1', order, { status: 'open' })
    expect(readWayBack('c1', placeIn('c1', one))).toEqual({ label: 'The order', to: one })
    expect(readWayBack('c1', 'backers')).toEqual({ label: 'Backers', to: '/campaigns/c1/backers' })
  })

  it.each([
    null,
    '',
    '/orders',
    '//evil.example',
    'orders/do/lock',
    `orders/${order}/settle`,
    'orders#x',
    '../c2/orders',
    'settings',
  ])('knows no %s', (from) => expect(readWayBack('c1', from)).toBeNull())
})
