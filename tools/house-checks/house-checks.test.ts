import { describe, expect, test } from 'vitest'
import { addStubs, findMissingStubs } from '../lock-stubs.ts'
import { checkDocs } from './check-docs.ts'
import { checkLock } from './check-lock.ts'
import { checkHouseRules, findLongFiles } from './house-rules.ts'
import { checkImports } from './import-rules.ts'
import { readSourceFiles } from './source-files.ts'

const file = (path: string, text: string) => [{ path, text }]
const messages = (findings: { message: string }[]) => findings.map(({ message }) => message).join('\n')

describe('the import rules bite', () => {
  const planted: [string, string][] = [
    ['src/domain/orders/x.ts', `import { createApi } from '../../http/api.ts'`],
    ['src/domain/orders/x.ts', `import type { Deps } from '../../deps.server.ts'`],
    ['src/domain/orders/x.ts', `import { send } from '../../adapters/smtp/smtp-mailer.ts'`],
    ['src/domain/orders/x.ts', `export { y } from '../../jobs/worker.ts'`],
    ['src/domain/orders/x.ts', `const y = await import('../../web/paths.ts')`],
    ['src/http/x.ts', `import { paths } from '../web/paths.ts'`],
    ['src/http/x.ts', `import { connect } from '../db/client.server.ts'`],
    ['src/web/routes/x.tsx', `import {\n  problem,\n} from '../../http/problem.ts'`],
    ['src/web/routes/x.tsx', `import { createDeps } from '../../deps.server.ts'`],
    ['src/web/ui/x.tsx', `import { lockOrders } from '../../domain/orders/lock-orders.ts'`],
    ['src/adapters/smtp/x.ts', `import { queueMessage } from '../../domain/messages/queue-message.ts'`],
    ['src/jobs/x.ts', `import { createSmtpMailer } from '../adapters/smtp/smtp-mailer.ts'`],
    ['src/lib/x.ts', `import { connect } from '../db/client.server.ts'`],
    ['src/db/x.ts', `import type { Work } from '../domain/shared/tx.ts'`],
  ]
  test.each(planted)('%s: %s', (path, text) => {
    expect(checkImports(file(path, text))).toHaveLength(1)
  })

  const fine: [string, string][] = [
    ['src/domain/orders/x.ts', `import type { Database } from '../../db/types.ts'\nimport { newId } from '../../lib/id.ts'`],
    ['src/web/routes/x.tsx', `import { depsContext } from '../context.ts'\nimport type { Deps } from '../../deps.server.ts'`],
    ['src/web/ui/x.tsx', `import { TRANSITIONS } from '../../domain/orders/lifecycle.ts'`],
    ['src/adapters/smtp/x.ts', `import type { Mailer } from '../../domain/messages/mailer.ts'`],
    ['src/main.ts', `import { createApi } from './http/api.ts'`],
  ]
  test.each(fine)('and leaves alone %s', (path, text) => {
    expect(checkImports(file(path, text))).toEqual([])
  })
})

describe('the rules of the house bite', () => {
  const planted: [string, string, string][] = [
    ['no-default-export', 'src/domain/x.ts', 'export default 1'],
    ['no-default-export', 'src/lib/x.ts', 'const y = 1\nexport { y as default }'],
    ['no-barrel', 'src/domain/orders/x.ts', `export * from './lifecycle.ts'`],
    ['no-palette-class', 'src/web/ui/x.tsx', '<p className="m-2 hover:bg-red-500">'],
    ['no-physical-class', 'src/web/ui/x.tsx', '<p className="ml-2">'],
    ['no-physical-class', 'src/web/ui/x.tsx', '<p className="p-1 text-right">'],
    ['no-physical-class', 'src/web/ui/x.tsx', '<p className="md:pr-4 rounded-l-md">'],
    ['no-physical-property', 'src/web/styles/x.css', '.x { margin-left: 2px }'],
    ['no-physical-property', 'src/web/styles/x.css', '.x { text-align: right }'],
    ['no-physical-property', 'src/web/styles/x.css', '.x {\n  left: 0;\n}'],
    ['one-writer-of-status', 'src/domain/orders/x.ts', `db.updateTable('orders').set({ status: 'locked' }).where('id', '=', id)`],
    ['one-writer-of-status', 'src/jobs/x.ts', 'sql`update orders o\n set version = version + 1, status = ${to} where o.id = 1`'],
    ['one-reader-of-environment', 'src/adapters/x.ts', 'process.env.PORT'],
    ['one-clock', 'src/domain/orders/x.ts', 'const at = new Date()'],
    ['one-clock', 'src/domain/orders/x.ts', 'const at = Date.now()'],
    ['one-clock', 'src/domain/orders/x.ts', 'sql`select now()`'],
    ['domain-says-what-it-does', 'src/domain/orders/x.ts', 'const y = 1\n\nexport async function lockOrders() {}'],
    ['no-loose-ends', 'src/lib/x.ts', `// ${'TO'}${'DO'}: later`],
    ['no-machine-path', 'docs/x.md', `see /${'work'}/shared/design`],
  ]
  test.each(planted)('%s in %s: %s', (name, path, text) => {
    expect(messages(checkHouseRules(file(path, text)))).toContain(name)
  })

  test('and leave alone what they do not mean', () => {
    const files = [
      ...file(
        'src/web/routes/x.tsx',
        'export default function Page() { return <p className="ms-2 pe-1 text-end bg-sheet">left-over</p> }',
      ),
      ...file('src/web/styles/x.css', '.x { margin-inline-start: 2px; inset-inline-end: 0; text-align: start }'),
      ...file('src/domain/orders/w.ts', '/** Locks. */\nexport async function lockOrders() {}\nfunction inner() {}'),
      ...file('src/domain/orders/move-orders.ts', 'sql`update orders o set status = ${to} where true`'),
      ...file(
        'src/domain/orders/y.ts',
        `db.updateTable('orders').set({ version: 2 }).where('status', '=', 'open').execute(); const row = { status: 'x' }`,
      ),
      ...file(
        'src/domain/orders/z.ts',
        'sql`update orders set version = 2 where status = ${from}`; const at = tx.now; clock.now()',
      ),
    ]
    expect(checkHouseRules(files)).toEqual([])
  })

  test('a long file is told', () => {
    expect(findLongFiles(file('src/lib/x.ts', 'a\n'.repeat(301)))).toHaveLength(1)
    expect(findLongFiles(file('src/lib/x.ts', 'a\n'.repeat(300)))).toEqual([])
  })
})

describe('what the documentation names', () => {
  const code = file('src/domain/orders/lock-orders.ts', 'export async function lockOrders() { return findOrder() }')
  const said = (text: string, path = 'ARCHITECTURE.md') =>
    messages(checkDocs([...code, ...file(path, text)], ['docs/pictures/desk.png']))

  test.each([
    ['a file that is gone', '`orders/unlock-orders.ts` does it', 'There is no orders/unlock-orders.ts'],
    ['a folder that is gone', 'in `src/dominion/`', 'There is no src/dominion/'],
    [
      'a room that is gone from the map',
      '```\nsrc/\n  domain/   rules\n    wharf/   none, see gone.ts\n```',
      'There is no wharf/, gone.ts',
    ],
    ['a function that is gone', '`freezeOrders` freezes', 'Nothing is called freezeOrders'],
    [
      'a function that moved',
      '`findOrder` (`lock-orders.ts`) and `unlockOrders` (`lock-orders.ts`)',
      'unlockOrders is not in lock-orders.ts',
    ],
    ['a link that leads nowhere', 'see [this](docs/nowhere.md)', 'The link to docs/nowhere.md leads nowhere'],
    ['a heading that is gone', '# One\n[two](#two)', 'has no heading #two'],
  ])('%s is told', (_, text, message) => {
    expect(said(text)).toContain(message)
  })

  test('a page that no index leads to is told', () => {
    const pages = [...file('docs/README.md', '[run it](guides/run-it.md)'), ...file('docs/guides/run-it.md', '')]
    expect(checkDocs([...pages, ...file('docs/guides/locking.md', '')]).map(({ message }) => message)).toEqual([
      'docs/guides/locking.md is on no list',
    ])
  })

  test('a room that is not on the map is told', () => {
    expect(said('the house')).toContain('orders/ is not on the map')
  })

  test('and what is there is left alone', () => {
    const text =
      '# One house\n[this](#one-house), ![desk](docs/pictures/desk.png), `lockOrders` (`orders/lock-orders.ts`) in `domain/`'
    expect(said(`${text}\n\`\`\`\nsrc/\n  orders/   lock-orders.ts locks\n\`\`\``)).toBe('')
    expect(said('`freezeOrders` of yours', 'docs/guides/locking.md')).toBe('')
  })
})

describe('the lock', () => {
  const lock = {
    packages: {
      'node_modules/tool': {
        version: '1.0.0',
        dev: true,
        optionalDependencies: { '@tool/darwin-arm64': '1.0.0', '@tool/linux-x64': '1.0.0' },
      },
      'node_modules/@tool/linux-x64': { version: '1.0.0' },
    },
  }
  const manifest = (dependencies: object) => file('package.json', JSON.stringify({ dependencies }))

  test('without an entry for an optional package is refused, and a stub mends it', () => {
    expect(checkLock([...file('package-lock.json', JSON.stringify(lock)), ...manifest({})])).toHaveLength(1)
    const mended = addStubs(lock)
    expect(mended.packages['node_modules/@tool/darwin-arm64']).toEqual({
      version: '1.0.0',
      optional: true,
      os: ['darwin'],
      cpu: ['arm64'],
      dev: true,
    })
    expect(findMissingStubs(mended)).toEqual([])
  })

  test('with the address of a registry, or a range, is refused', () => {
    const text = '{ "packages": {},\n"resolved": "https://packages.example/x.tgz" }'
    expect(messages(checkLock([...file('package-lock.json', text), ...manifest({ a: '^1.0.0' })]))).toMatch(/registry.*\n.*exact/)
  })
})

test('the repository itself is read, and big enough to be it', () => {
  expect(readSourceFiles().length).toBeGreaterThan(50)
})
