/** Members of the European Union, as ISO 3166 codes. */
const EUROPEAN_UNION = [
  'AT',
  'BE',
  'BG',
  'CY',
  'CZ',
  'DE',
  'DK',
  'EE',
  'ES',
  'FI',
  'FR',
  'GR',
  'HR',
  'HU',
  'IE',
  'IT',
  'LT',
  'LU',
  'LV',
  'MT',
  'NL',
  'PL',
  'PT',
  'RO',
  'SE',
  'SI',
  'SK',
] as const

/** The countries of a group that people write as one word, such as "EU"; null for anything else. Asked before country names: "EU" is also Spanish for the United States. */
export function countriesOfGroup(text: string): readonly string[] | null {
  const word = text
    .trim()
    .toLowerCase()
    .replace(/^the\s+/, '')
  return word === 'eu' || word === 'european union' ? EUROPEAN_UNION : null
}
