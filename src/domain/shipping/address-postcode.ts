import { countryFormat } from './country-formats.ts'

// The zeros of the scripts whose digits people type into a form; each is followed by the other nine.
const ZEROS = [
  0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x17e0,
]

/** One way to write what was typed: ASCII digits (from full width, Arabic, Devanagari…), plain hyphens, capitals, single spaces, no 〒. */
function foldPostcode(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .normalize('NFKC')
    .replace(/\p{Nd}/gu, asciiDigit)
    .replace(/[\u2010-\u2015\u2212\u30fc]/g, '-')
    .replace(/〒/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}

function asciiDigit(digit: string): string {
  const point = digit.codePointAt(0) ?? 0
  const zero = ZEROS.find((start) => point >= start && point < start + 10)
  return zero === undefined ? digit : String(point - zero)
}

/** Whether the country's post could have given out this postcode. Spaces and hyphens may be left out, added or swapped. */
export function isUsualPostcode(country: string, postcode: string): boolean {
  return usualWriting(country, foldPostcode(postcode)) !== null
}

/** A postcode as its country writes it: "sw1a1aa" becomes "SW1A 1AA", "1000001" in Japan "100-0001". What does not fit stays as typed. */
export function canonicalPostcode(country: string, typed: string): string {
  const folded = foldPostcode(typed)
  return usualWriting(country, folded) ?? folded
}

function usualWriting(country: string, folded: string): string | null {
  const { postcode, postcode_example } = countryFormat(country)
  if (postcode === null || folded === '') return folded
  const pattern = new RegExp(`^(?:${postcode})$`)
  const fits = (way: string) => pattern.test(way)
  // Letters of a country before its digits ("D-10115") are an old habit of Europe's.
  const plain = folded.replace(/^[A-Z]{1,3}[- ](?=\d)/, '')
  return waysToWrite(folded, postcode_example ?? '').find(fits) ?? waysToWrite(plain, postcode_example ?? '').find(fits) ?? null
}

const LONGEST = 12

function waysToWrite(folded: string, example: string): string[] {
  const bare = folded.replace(/[\s-]/g, '')
  if (bare.length > LONGEST) return [folded]
  const places = [...bare].map((_, index) => index).slice(1)
  return [
    ...likeExample(bare, example),
    folded,
    bare,
    ...places.map((place) => split(bare, place, '-')),
    ...places.map((place) => split(bare, place, ' ')),
  ]
}

/** With the separator where the example has it, counted from the end: in Britain the first part has two to four characters. */
function likeExample(bare: string, example: string): string[] {
  const separator = /[\s-]/.exec(example)
  if (!separator) return []
  const place = bare.length - (example.length - separator.index - 1)
  return place < 1 ? [] : [split(bare, place, separator[0])]
}

function split(bare: string, place: number, separator: string): string {
  return `${bare.slice(0, place)}${separator}${bare.slice(place)}`
}
