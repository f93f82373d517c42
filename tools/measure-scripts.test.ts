import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { BACKER_BYTES, DASHBOARD_BYTES, measureRoutes, scriptBytes } from './measure-scripts.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** A built client with these chunks, whose routes are a page of the desk in its layout, and a page of a backer in theirs. */
function build(chunks: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'afterfund-scripts-'))
  folders.push(folder)
  mkdirSync(join(folder, 'assets'))
  const all = { entry: '', root: '', desk: '', page: '', backer: '', pledge: '', ...chunks }
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, 'assets', `${name}.js`), text)
  const route = (id: string, parentId: string | undefined, name: string) => ({
    id,
    parentId,
    module: `/assets/${name}.js`,
    imports: [],
  })
  const routes = [
    route('root', undefined, 'root'),
    route('routes/creator/layout', 'root', 'desk'),
    route('routes/creator/page', 'routes/creator/layout', 'page'),
    route('routes/backer/layout', 'root', 'backer'),
    route('routes/backer/pledge', 'routes/backer/layout', 'pledge'),
  ]
  const manifest = {
    entry: { module: '/assets/entry.js', imports: [] },
    routes: Object.fromEntries(routes.map((each) => [each.id, each])),
  }
  writeFileSync(join(folder, 'assets', 'manifest-1a2b.js'), `window.__reactRouterManifest=${JSON.stringify(manifest)};`)
  return folder
}

/** Text that cannot be pressed. */
const noise = (bytes: number) => `export const noise = '${randomBytes(bytes / 2).toString('hex')}'`

test('a page over the budget is found, also when the weight is in a chunk that its chunk imports', () => {
  const heavy = noise(2 * (DASHBOARD_BYTES + 1000))
  const folder = build({ page: `import{noise as a}from"./shared.js";a()`, shared: `import('./late.js')`, late: heavy })
  const found = measureRoutes(folder).filter(({ bytes }) => bytes > DASHBOARD_BYTES)
  expect(found.map(({ id }) => id)).toEqual(['routes/creator/page'])
  expect(found[0]?.chunks[0]?.name).toBe('/assets/late.js')
})

test('the weight of a layout counts for each page in it, and that of backers’ pages for none: they load nothing', () => {
  const folder = build({ desk: noise(20_000), pledge: noise(600_000), page: noise(4000) })
  const routes = measureRoutes(folder)
  expect(routes.map(({ id }) => id)).toEqual(['routes/creator/page', 'routes/creator/layout', 'root'])
  expect(routes[0]?.bytes).toBeGreaterThan(12_000)
  expect(routes[0]?.bytes).toBeLessThan(DASHBOARD_BYTES)
})

test('a shared chunk counts once', () => {
  const both = `import"./shared.js"`
  const folder = build({ desk: both, page: both, shared: noise(50_000) })
  const [page] = measureRoutes(folder)
  expect(page?.chunks.filter(({ name }) => name === '/assets/shared.js')).toHaveLength(1)
  expect(page?.bytes).toBeLessThan(30_000)
})

test('statements of the database are found in what a page carries', () => {
  const folder = build({ page: `import"./queries.js"`, queries: 'const a=`select 1 from orders o where o.campaign_id=`' })
  const found = measureRoutes(folder).filter(({ with_sql }) => with_sql.length > 0)
  expect(found.map(({ id, with_sql }) => [id, with_sql])).toEqual([['routes/creator/page', ['/assets/queries.js']]])
})

test('without a build there is nothing to measure, and that is said', () => {
  expect(() => measureRoutes(join(tmpdir(), 'afterfund-no-build'))).toThrow('npm run build')
})

test('the scripts of a backer’s page are weighed together', () => {
  expect(scriptBytes([])).toBe(0)
  expect(scriptBytes(['document.title', ''])).toBeLessThan(BACKER_BYTES)
  expect(scriptBytes([noise(2000), noise(2000)])).toBeGreaterThan(BACKER_BYTES)
})
