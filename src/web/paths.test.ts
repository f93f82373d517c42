import { describe, expect, it } from 'vitest'
import { paths, withQuery } from './paths.ts'

describe('withQuery', () => {
  it('leaves out what is not set and repeats lists', () => {
    expect(withQuery('/x', { a: '', b: null, c: undefined, d: [], e: 0 })).toBe('/x?e=0')
    expect(withQuery('/x', {})).toBe('/x')
    expect(withQuery('/x', { status: ['open', 'paid'], q: 'a b&c' })).toBe('/x?status=open&status=paid&q=a+b%26c')
  })
})

describe('paths', () => {
  it('name the campaign first in everything of a campaign', () => {
    expect(paths.order('c1', 'o1')).toBe('/campaigns/c1/orders/o1')
    expect(paths.orders_transition('c1', 'lock', { all: 1 })).toBe('/campaigns/c1/orders/do/lock?all=1')
    expect(paths.backer_link('c1', 'b1', 's')).toBe('/b/c1/b1/s')
  })
})
