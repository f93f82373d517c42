/** The name of a country in the reader's language; a code nobody knows stays as it is. */
export function countryName(code: string, locale = 'en'): string {
  let names = namesByLocale.get(locale)
  if (!names) {
    names = new Intl.DisplayNames([locale], { type: 'region', fallback: 'code' })
    namesByLocale.set(locale, names)
  }
  return /^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code
}

const namesByLocale = new Map<string, Intl.DisplayNames>()
