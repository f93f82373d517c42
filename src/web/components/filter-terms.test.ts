import { describe, expect, it } from 'vitest'
import { filterQuery, readFilter, splitTerms, suggestionsFor, termText, withoutTerm } from './filter-terms.ts'

const keys = ['status', 'country', 'sku']

describe('readFilter', () => {
  it('reads named terms and words', () => {
    const filter = readFilter(new URLSearchParams('status=open&status=paid&q=mei ling'), keys)
    expect(filter.terms).toEqual([
      { key: 'status', value: 'open' },
      { key: 'status', value: 'paid' },
    ])
    expect(filter.words).toBe('mei ling')
  })

  it('reads terms typed among the words, once each', () => {
    const filter = readFilter(new URLSearchParams({ status: 'open', q: 'status:open sku:"TB CORE" Zoë' }), keys)
    expect(filter.terms).toEqual([
      { key: 'status', value: 'open' },
      { key: 'sku', value: 'TB CORE' },
    ])
    expect(filter.words).toBe('Zoë')
  })

  it('leaves an unknown key, a mail address and an empty term among the words', () => {
    expect(splitTerms('colour:red a@b.example country:', keys)).toEqual({ terms: [], words: 'colour:red a@b.example country:' })
  })

  it('comes back from its own query', () => {
    const filter = { terms: [{ key: 'sku', value: 'TB CORE' }], words: 'a b' }
    const query = new URLSearchParams()
    for (const [key, value] of Object.entries(filterQuery(filter))) for (const one of [value].flat()) query.append(key, one)
    expect(readFilter(query, keys)).toEqual(filter)
    expect(splitTerms(termText({ key: 'sku', value: 'TB CORE' }), keys).terms).toEqual(filter.terms)
  })

  it('loses one term and keeps the rest', () => {
    const filter = readFilter(new URLSearchParams('status=open&status=paid'), keys)
    expect(withoutTerm(filter, { key: 'status', value: 'open' }).terms).toEqual([{ key: 'status', value: 'paid' }])
  })
})

describe('suggestionsFor', () => {
  const known = [
    {
      key: 'status',
      values: [
        { value: 'locked', label: 'Locked down' },
        { value: 'open', label: 'Open' },
      ],
    },
    { key: 'sku', hint: 'an SKU' },
  ]

  it('offers keys for the last word and keeps the words before it', () => {
    expect(suggestionsFor('mei s', known).map((one) => one.text)).toEqual(['mei status:', 'mei sku:'])
  })

  it('offers the values of a key by value and by word', () => {
    expect(suggestionsFor('status:', known)).toHaveLength(2)
    expect(suggestionsFor('status:down', known)).toMatchObject([{ text: 'status:locked', label: 'Locked down', finished: true }])
  })

  it('offers nothing for a key whose values it does not know', () => {
    expect(suggestionsFor('sku:TB', known)).toEqual([])
    expect(suggestionsFor('zzz', known)).toEqual([])
  })
})
