/** The name of a country in the reader's language; a code nobody knows stays as it is. */
export function countryName(code: string, locale = 'en'): string {
  if (!/^[A-Z]{2}$/.test(code)) return code
  let names = namesByLocale.get(locale)
  if (!names) {
    names = { all: new Intl.DisplayNames([locale], { type: 'region', fallback: 'code' }), known: new Map() }
    namesByLocale.set(locale, names)
  }
  let name = names.known.get(code)
  if (name === undefined) {
    name = names.all.of(code) ?? code
    names.known.set(code, name)
  }
  return name
}

// Asked for each row of an export: a name is looked up once.
const namesByLocale = new Map<string, { all: Intl.DisplayNames; known: Map<string, string> }>()
