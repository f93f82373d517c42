import { describe, expect, it } from 'vitest'
import { findHits, type Searched } from './hits.ts'

const searched: Searched = {
  name: 'Zoë von der Heide',
  email: 'zoe@example.org',
  staff_note: 'Asked twice for the English rulebook instead of the German one, and for gift wrapping.',
  report_note: '',
  pledge_id: 'K5-88121',
  backer_number: 482,
  order_number: 12,
  payments: ['pi_3Qabc', 'pi_3Qxyz'],
}
const told = (...words: string[]) =>
  findHits(words, searched).map(({ field, before, match, after }) => [field, before, match, after])

describe('where a search stands', () => {
  it('tells the field and the letters as they are written there', () => {
    expect(told('ZOË')).toEqual([['name', '', 'Zoë', ' von der Heide']])
    expect(told('example.ORG')).toEqual([['email', 'zoe@', 'example.org', '']])
    expect(told('qxyz')).toEqual([['payment', 'pi_3', 'Qxyz', '']])
    expect(told('88121')).toEqual([['pledge_id', 'K5-', '88121', '']])
  })

  it('cuts a note around the word', () => {
    expect(told('rulebook')).toEqual([
      ['staff_note', 'Asked twice for the English ', 'rulebook', ' instead of the German one, …'],
    ])
    expect(told('wrapping')[0]?.[1]).toBe('…he German one, and for gift ')
  })

  it('knows a number as the order’s first, then the backer’s, with and without #', () => {
    expect(told('#12')).toEqual([['order_number', '', '12', '']])
    expect(told('482')).toEqual([['backer_number', '', '482', '']])
  })

  it('has nothing for a word that stands nowhere, and tells a place once', () => {
    expect(told('nowhere')).toEqual([])
    expect(told('zoe', 'ZOE')).toEqual([['name', '', 'Zoë', ' von der Heide']])
  })

  it('knows a fragment of a number, after what a person wrote', () => {
    expect(told('48')).toEqual([['backer_number', '', '48', '2']])
    expect(told('#48')).toEqual([])
  })

  it.each([
    ['strasse', 'Straße 1', null],
    ['ipek', 'İpek Yılmaz', 'İpek'],
    ['office', 'Oﬃce of Ana', 'Oﬃce'],
    ['佐藤', '佐藤 陽菜', '佐藤'],
    ['محمد', 'محمد عبد الرحمن', 'محمد'],
    ['e\u0301lo', 'Éloïse', 'Élo'],
  ])('%s in %s', (word, name, match) => {
    expect(findHits([word], { ...searched, name, email: '' })[0]?.match ?? null).toBe(match)
  })
})
